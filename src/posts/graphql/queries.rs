//! Where posts are found.

use async_graphql::{Context, Enum, Object};
use uuid::Uuid;

use super::{hashtag::Hashtag, post::Post};
use crate::{
    graphql::{
        connection::{Connection, connection},
        context::Ask,
        errors::{Nullable, nullable},
    },
    page::RawPageArgs,
    posts::{lists::Explore, loaders::HashtagsByName},
    text,
    trends::graphql::trending_posts,
};

/// In which order `explore` lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum ExploreOrder {
    /// Newest first.
    #[default]
    Latest,
    /// What people take up: who reacts, comments, reposts or quotes counts, each person once for
    /// each of these, and twice as many are worth six hours of age. Made anew every minute, at most
    /// 500 long. Cursors stay within one such list; an hour later they are refused with BAD_CURSOR.
    Trending,
}

#[derive(Default)]
pub struct PostsQuery;

#[Object]
impl PostsQuery {
    /// PUBLIC posts that the viewer may see. Reposts, what staff has hidden and whom the viewer mutes
    /// are left out. For everybody, guests included. 20 without `first` or `last`, at most 100.
    async fn explore(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Which posts come first.",
            default_with = "Some(ExploreOrder::Latest)"
        )]
        order: Option<ExploreOrder>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Post>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            match order.unwrap_or_default() {
                ExploreOrder::Latest => connection(ctx, Explore, Uuid::nil(), args).await,
                ExploreOrder::Trending => trending_posts(ctx, args).await,
            }
        })
        .await
    }

    /// The hashtag of this name; null if no post that the viewer may see carries it.
    async fn hashtag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The word, with or without `#`; upper and lower case are the same.")]
        name: String,
    ) -> Nullable<Hashtag> {
        nullable(async move {
            let typed = name.trim();
            let Some(name) = text::hashtag(typed.strip_prefix('#').unwrap_or(typed)) else {
                return Ok(None);
            };
            let hashtag = ctx.loaders()?.one::<HashtagsByName>(name).await?;
            Ok(hashtag.map(Hashtag))
        })
        .await
    }
}
