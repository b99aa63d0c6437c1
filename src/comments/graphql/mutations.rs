//! What can be done to comments.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};

use super::types::Comment;
use crate::{
    accounts::Me,
    comments::{
        commands::{self, CommentRef, NewComment},
        entity::comment,
        loaders::CommentsById,
        standing::Sighted,
    },
    error::{Error, Result},
    graphql::{
        connection::Edge,
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
        node::input_id,
    },
    ids::{CommentId, NodeKind, PostId},
    platform::Platform,
    posts::{graphql::Post, loaders::PostsById},
};

/// What to write, and where.
#[derive(InputObject)]
pub struct CreateCommentInput {
    /// The global id of the post to comment on; of a repost the original.
    post_id: ID,
    /// The comment to reply to, under the same post. Without it: the top level.
    parent_id: Option<ID>,
    /// Plain text, 1 to 2,000 characters. `@handle` mentions at the start of a word.
    body: String,
    /// Makes a repeated call answer with the comment that the first one made. 1 to 100 characters,
    /// unique per person.
    idempotency_key: Option<String>,
}

payload! {
    /// What `createComment` answers.
    CreateCommentPayload {
        /// The new comment, with its place in lists ordered by time.
        comment_edge: Edge<Comment>,
        /// The post, with its new count.
        post: Post,
        /// The comment replied to, with its new count; null at the top level.
        parent: Comment,
    }
}

/// What to change in a comment.
#[derive(InputObject)]
pub struct EditCommentInput {
    /// The comment.
    comment_id: ID,
    /// The new text, 1 to 2,000 characters.
    body: String,
}

payload! {
    /// What `editComment` answers.
    EditCommentPayload {
        /// The comment as it is now.
        comment: Comment,
    }
}

/// Which comment to delete.
#[derive(InputObject)]
pub struct DeleteCommentInput {
    /// The comment.
    comment_id: ID,
}

payload! {
    /// What `deleteComment` answers.
    DeleteCommentPayload {
        /// The tombstone, if the comment has replies.
        comment: Comment,
        /// The comment, if nothing of it is left for the viewer: to drop from lists.
        deleted_comment_id: ID,
        /// The post, with its new count; null where the viewer may no longer see it.
        post: Post,
    }
}

/// Which comment to hide or show.
#[derive(InputObject)]
pub struct HideCommentInput {
    /// A comment under a post that the viewer wrote.
    comment_id: ID,
    /// True: a tombstone stands in its place for all but its author and the viewer. False: it shows
    /// again.
    is_hidden: bool,
}

payload! {
    /// What `hideComment` answers.
    HideCommentPayload {
        /// The comment as the viewer sees it now.
        comment: Comment,
    }
}

fn comment_ref(id: &ID, path: &str) -> Result<CommentRef> {
    let node = input_id(id, path, NodeKind::Comment)?;
    let post = node
        .home
        .map(PostId)
        .ok_or_else(|| Error::not_found(path))?;
    Ok(CommentRef {
        post,
        id: CommentId(node.id),
    })
}

async fn create(p: &Platform, me: &Me, input: &CreateCommentInput) -> Result<comment::Model> {
    let post = PostId(input_id(&input.post_id, "postId", NodeKind::Post)?.id);
    let parent = input
        .parent_id
        .as_ref()
        .map(|id| comment_ref(id, "parentId"))
        .transpose()?;
    let (body, idempotency_key) = (input.body.as_str(), input.idempotency_key.as_deref());
    commands::create(
        p,
        me,
        NewComment {
            post,
            parent,
            body,
            idempotency_key,
        },
    )
    .await
}

async fn hide(p: &Platform, me: &Me, input: &HideCommentInput) -> Result<CommentId> {
    let at = comment_ref(&input.comment_id, "commentId")?;
    commands::set_hidden(p, me, at, input.is_hidden).await?;
    Ok(at.id)
}

#[derive(Default)]
pub struct CommentsMutation;

#[Object]
impl CommentsMutation {
    /// Comments on a post or replies to a comment. Needs a session.
    async fn create_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to write, and where.")] input: CreateCommentInput,
    ) -> Nullable<CreateCommentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = create(ctx.platform()?, me, &input).await;
            let comment = match ctx.settle(Some(*me), done)? {
                Ok(row) => Comment(Arc::new(Sighted::own(row))),
                Err(errors) => return Ok(Some(CreateCommentPayload::refused(errors))),
            };
            let (post, parent) = comment.place(ctx).await?;
            let comment_edge = Some(comment.edge());
            Ok(Some(CreateCommentPayload {
                comment_edge,
                post,
                parent,
                user_errors: Vec::new(),
            }))
        })
        .await
    }

    /// Changes a comment of the viewer. Needs a session.
    async fn edit_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: EditCommentInput,
    ) -> Nullable<EditCommentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match comment_ref(&input.comment_id, "commentId") {
                Ok(id) => commands::edit(ctx.platform()?, me, id, &input.body).await,
                Err(error) => Err(error),
            };
            ctx.answer(done, |row| EditCommentPayload {
                comment: Some(Comment(Arc::new(Sighted::own(row)))),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Hides a comment under a post of the viewer from others, or shows it again. Needs a session.
    async fn hide_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment to hide or show.")] input: HideCommentInput,
    ) -> Nullable<HideCommentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = hide(ctx.platform()?, me, &input).await;
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(HideCommentPayload::refused(errors))),
                Ok(id) => {
                    let comment = ctx.loaders()?.one::<CommentsById>(id).await?;
                    Ok(Some(HideCommentPayload {
                        comment: comment.map(Comment),
                        user_errors: Vec::new(),
                    }))
                }
            }
        })
        .await
    }

    /// Deletes a comment of the viewer, also under a post that they may no longer see; its text is
    /// erased. Replies to it stay, under a tombstone. Needs a session.
    async fn delete_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which comment to delete.")] input: DeleteCommentInput,
    ) -> Nullable<DeleteCommentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let id = comment_ref(&input.comment_id, "commentId");
            let done = match &id {
                Ok(id) => commands::delete(ctx.platform()?, me, *id).await,
                Err(error) => Err(error.clone()),
            };
            let (deleted, id) = match (ctx.settle(Some(*me), done)?, id) {
                (Ok(deleted), Ok(id)) => (deleted, id),
                (Err(errors), _) => return Ok(Some(DeleteCommentPayload::refused(errors))),
                (_, Err(error)) => return Err(error),
            };
            let loaders = ctx.loaders()?;
            let post = loaders.one::<PostsById>(deleted.post).await?.map(Post);
            let comment = loaders.one::<CommentsById>(id.id).await?.map(Comment);
            // Without anything below it that the viewer sees there is no tombstone for them.
            let is_gone = deleted.is_gone || comment.is_none();
            let deleted_comment_id = is_gone.then_some(input.comment_id);
            let user_errors = Vec::new();
            Ok(Some(DeleteCommentPayload {
                comment,
                deleted_comment_id,
                post,
                user_errors,
            }))
        })
        .await
    }
}
