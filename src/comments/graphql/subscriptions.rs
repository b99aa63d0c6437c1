//! What is told of comments as it happens.

use async_graphql::{Context, ID, Subscription};
use futures_util::Stream;

use super::types::Comment;
use crate::{
    comments::loaders::CommentsById,
    error::{Error, Result},
    graphql::{connection::Edge, context::Ask, live::each, node::input_id},
    ids::{CommentId, NodeKind, PostId},
    posts::loaders::PostsById,
    realtime::Topic,
};

#[derive(Default)]
pub struct CommentsSubscription;

#[Subscription]
impl CommentsSubscription {
    /// New comments under a post, replies included: `node.parent` says where. Those that the viewer
    /// may not see are left out. For whoever sees the post, guests included; NOT_FOUND for others,
    /// and once the viewer loses sight of it. Subscribe, then fetch the first page, and both again
    /// after RESUME_EXPIRED and after every reconnect.
    async fn comment_added<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
        #[graphql(desc = "The post; of a repost the original.")] post_id: ID,
    ) -> Result<impl Stream<Item = Option<Edge<Comment>>> + 'ctx> {
        let post = PostId(input_id(&post_id, "postId", NodeKind::Post)?.id);
        let post = prove_seen(ctx, post).await?;
        let listener = ctx.listen(Topic::Comments(post))?;
        each(ctx, listener, move |id| async move {
            let comment = ctx.loaders()?.one::<CommentsById>(CommentId(id)).await?;
            // Nobody is told of a comment that is a tombstone already.
            match comment.filter(|seen| seen.standing.is_whole()) {
                Some(comment) => Ok(Some(Comment(comment).edge())),
                None => prove_seen(ctx, post).await.map(|_| None),
            }
        })
    }
}

/// The post that comments stand under, if the viewer sees it now.
async fn prove_seen(ctx: &Context<'_>, post: PostId) -> Result<PostId> {
    let found = ctx.loaders()?.one::<PostsById>(post).await?;
    let post = found.ok_or_else(|| Error::not_found("postId"))?;
    Ok(post.repost_of_id.unwrap_or(post.id))
}
