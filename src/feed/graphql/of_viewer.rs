//! The home feed of the signed-in person.

use async_graphql::{Context, Object};
use uuid::Uuid;

use crate::{
    feed::lists::HomeFeed,
    graphql::{
        connection::{Connection, Listed, connection},
        errors::{Nullable, nullable},
    },
    page::RawPageArgs,
    posts::graphql::Post,
};

impl Listed for HomeFeed {
    type Node = Post;
}

/// In which order the home feed is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, async_graphql::Enum)]
pub enum FeedOrder {
    /// Newest first.
    #[default]
    Chronological,
}

/// The viewer with regard to their home feed.
pub struct ViewersFeed;

/// The viewer with regard to their home feed.
#[Object]
impl ViewersFeed {
    /// Posts and reposts by the people whom the viewer follows and by the viewer, newest first:
    /// every level that the viewer may see, MENTIONED posts by others excepted, nothing by people
    /// whom the viewer mutes. 20 without `first` or `last`, at most 100.
    async fn home_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The order; there is one so far.",
            default_with = "Some(FeedOrder::Chronological)"
        )]
        order: Option<FeedOrder>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Post>> {
        nullable(async move {
            let FeedOrder::Chronological = order.unwrap_or_default();
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            connection(ctx, HomeFeed, Uuid::nil(), args).await
        })
        .await
    }
}
