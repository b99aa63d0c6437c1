//! The home feed as it grows.

use async_graphql::{Context, Subscription};
use futures_util::Stream;

use crate::{
    error::Result,
    feed::loaders::HomeFeedById,
    graphql::{connection::Edge, context::Ask, live::each},
    ids::PostId,
    posts::graphql::Post,
    realtime::Topic,
};

#[derive(Default)]
pub struct FeedSubscription;

#[Subscription]
impl FeedSubscription {
    /// New posts and reposts in the viewer's home feed, their own included. Needs a session.
    /// Subscribe, then fetch the first page, and both again after RESUME_EXPIRED and after every
    /// reconnect.
    async fn feed_post_added<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
    ) -> Result<impl Stream<Item = Option<Edge<Post>>> + 'ctx> {
        let listener = ctx.listen(Topic::Feed(ctx.me()?.id()))?;
        each(ctx, listener, move |id| async move {
            let post = ctx.loaders()?.one::<HomeFeedById>(PostId(id)).await?;
            Ok(post.map(|post| Post(post).edge()))
        })
    }
}
