//! Trends in the schema.

use async_graphql::{Context, Object};
use uuid::Uuid;

use super::{
    entity::Kind,
    lists::{TrendingHashtags, TrendingPosts, list_of},
    loaders::ListAsOf,
};
use crate::{
    clock::Timestamp,
    error::{Code, Error, Result},
    graphql::{
        connection::{Connection, Listed, connection},
        context::Ask,
        errors::{Nullable, nullable},
    },
    page::RawPageArgs,
    posts::graphql::{Hashtag, Post},
};

impl Listed for TrendingPosts {
    type Node = Post;
}

impl Listed for TrendingHashtags {
    type Node = Hashtag;
}

#[derive(Default)]
pub struct TrendsQuery;

#[Object]
impl TrendsQuery {
    /// The hashtags that most people use now in PUBLIC posts of public accounts, each person counted
    /// once and less after some hours; only those that the viewer finds. Made anew every minute, at
    /// most 500 long. Its cursors stay within one such list; an hour later they are refused with
    /// BAD_CURSOR. For everybody, guests included. 20 without `first` or `last`, at most 100.
    async fn trending_hashtags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; not together with `last`.")]
        first: Option<i64>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; not together with `first`.")]
        last: Option<i64>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Nullable<Connection<Hashtag>> {
        nullable(async move {
            let args = RawPageArgs {
                first,
                after,
                last,
                before,
            };
            trending(ctx, Kind::Hashtag, TrendingHashtags, args).await
        })
        .await
    }
}

/// The page of posts that people took up.
///
/// # Errors
/// BAD_USER_INPUT, BAD_CURSOR.
pub async fn trending_posts(
    ctx: &Context<'_>,
    args: RawPageArgs,
) -> Result<Option<Connection<Post>>> {
    trending(ctx, Kind::Post, TrendingPosts, args).await
}

/// A page of the list that the cursors name, or of the latest.
async fn trending<L: Listed>(
    ctx: &Context<'_>,
    kind: Kind,
    list: fn(Timestamp) -> L,
    args: RawPageArgs,
) -> Result<Option<Connection<L::Node>>> {
    let order = list(Timestamp(0)).order();
    let checked = args.check(order, &ctx.platform()?.seal)?;
    let wanted = checked.after.or(checked.before).map(list_of);
    let found = ctx.loaders()?.one::<ListAsOf>((kind, wanted)).await?;
    let as_of = match (found, wanted) {
        (Some(as_of), _) => as_of,
        // Nothing was ever talked about: an empty list.
        (None, None) => Timestamp(0),
        (None, Some(_)) => {
            let say = "This list is more than an hour old. Begin again without a cursor.";
            return Err(Error::refused(Code::BadCursor, say));
        }
    };
    connection(ctx, list(as_of), Uuid::nil(), args).await
}
