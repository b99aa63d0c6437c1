//! Reposting, and taking that back.

use async_graphql::{Context, ID, InputObject, Object};

use super::{post::Post, writing::post_id};
use crate::{
    accounts::Me,
    error::Result,
    graphql::{
        connection::Edge,
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
    },
    ids::{NodeId, NodeKind},
    platform::Platform,
    posts::{
        Visibility,
        commands::{self, NewRepost, Reposted, Undone},
        loaders::PostsById,
    },
};

/// What to repost, and to whom.
#[derive(InputObject)]
pub struct RepostInput {
    /// The post; of a repost the original is reposted.
    post_id: ID,
    /// Who may see the repost, among those who see the original. PUBLIC without it.
    visibility: Option<Visibility>,
    /// Makes a repeated call answer with the repost that the first one made. 1 to 100 characters,
    /// unique per person.
    idempotency_key: Option<String>,
}

payload! {
    /// What `repost` answers.
    RepostPayload {
        /// The repost, with its place in lists of posts.
        post_edge: Edge<Post>,
        /// The original, with its new count.
        post: Post,
    }
}

/// Which repost to take back.
#[derive(InputObject)]
pub struct UndoRepostInput {
    /// The original, or the viewer's repost of it.
    post_id: ID,
}

payload! {
    /// What `undoRepost` answers.
    UndoRepostPayload {
        /// The original, with its new count; null where the viewer may no longer see it.
        post: Post,
        /// The repost that is gone, to drop from lists; null where there was none.
        deleted_post_id: ID,
    }
}

async fn repost(p: &Platform, me: &Me, input: &RepostInput) -> Result<Reposted> {
    let new = NewRepost {
        post: post_id(&input.post_id, "postId")?,
        visibility: input.visibility.unwrap_or(Visibility::Public),
        idempotency_key: input.idempotency_key.as_deref(),
    };
    commands::repost(p, me, new).await
}

async fn undo(p: &Platform, me: &Me, input: &UndoRepostInput) -> Result<Undone> {
    commands::undo_repost(p, me, post_id(&input.post_id, "postId")?).await
}

#[derive(Default)]
pub struct RepostsMutation;

#[Object]
impl RepostsMutation {
    /// Repeats a post to those who follow the viewer. Doing it twice gives the first repost. What is
    /// not for everybody is reposted by its author alone. Needs a session.
    async fn repost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to repost, and to whom.")] input: RepostInput,
    ) -> Nullable<RepostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = repost(ctx.platform()?, me, &input).await;
            let done = match ctx.settle(Some(*me), done)? {
                Ok(done) => done,
                Err(errors) => return Ok(Some(RepostPayload::refused(errors))),
            };
            let both = vec![done.repost, done.original];
            let mut posts = ctx.loaders()?.many::<PostsById>(both).await?;
            Ok(Some(RepostPayload {
                post_edge: posts.remove(&done.repost).map(|row| Post(row).edge()),
                post: posts.remove(&done.original).map(Post),
                user_errors: Vec::new(),
            }))
        })
        .await
    }

    /// Takes back a repost of the viewer, also of what they may no longer see. Without effect where
    /// there is none. Needs a session.
    async fn undo_repost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which repost to take back.")] input: UndoRepostInput,
    ) -> Nullable<UndoRepostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = undo(ctx.platform()?, me, &input).await;
            let done = match ctx.settle(Some(*me), done)? {
                Ok(done) => done,
                Err(errors) => return Ok(Some(UndoRepostPayload::refused(errors))),
            };
            let post = ctx.loaders()?.one::<PostsById>(done.original).await?;
            let gone = done.repost.map(|id| NodeId::new(NodeKind::Post, id.0));
            Ok(Some(UndoRepostPayload {
                post: post.map(Post),
                deleted_post_id: gone.map(ID::from),
                user_errors: Vec::new(),
            }))
        })
        .await
    }
}
