//! Bookmarks, muting a thread, locking a post, and pinning one.

use async_graphql::{Context, ID, InputObject, Object};

use super::{post::Post, writing::post_id};
use crate::{
    error::Result,
    graphql::{
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
    },
    ids::{NodeId, NodeKind, PostId},
    people::{graphql::User, loaders::PeopleById},
    posts::{commands, loaders::PostsById},
};

/// Which post to keep.
#[derive(InputObject)]
pub struct BookmarkPostInput {
    /// The post; of a repost the original is kept.
    post_id: ID,
}

payload! {
    /// What `bookmarkPost` answers.
    BookmarkPostPayload {
        /// The post that is kept now.
        post: Post,
    }
}

/// Which post to let go of.
#[derive(InputObject)]
pub struct UnbookmarkPostInput {
    /// The post, or a repost of it.
    post_id: ID,
}

payload! {
    /// What `unbookmarkPost` answers.
    UnbookmarkPostPayload {
        /// The post; null where the viewer may no longer see it.
        post: Post,
        /// The post that was kept until now, to drop from `bookmarks`; null where it was not kept.
        removed_post_id: ID,
    }
}

/// Which thread to mute, or to hear of again.
#[derive(InputObject)]
pub struct MuteThreadInput {
    /// The post whose thread it is; of a repost the original's.
    post_id: ID,
    /// True: no more is told of it. False: what happens there is told again.
    is_muted: bool,
}

payload! {
    /// What `muteThread` answers.
    MuteThreadPayload {
        /// The post whose thread it is; null where the viewer may no longer see it.
        post: Post,
    }
}

/// Which post to lock or open.
#[derive(InputObject)]
pub struct LockPostInput {
    /// A post that the viewer wrote.
    post_id: ID,
    /// True: nobody comments any more, the author included. False: the reply policy holds again.
    is_locked: bool,
}

payload! {
    /// What `lockPost` answers.
    LockPostPayload {
        /// The post as it is now.
        post: Post,
    }
}

/// Which post to pin.
#[derive(InputObject)]
pub struct PinPostInput {
    /// A post that the viewer wrote; of a repost of it the original. Absent or null: none is pinned
    /// any more.
    post_id: Option<ID>,
}

payload! {
    /// What `pinPost` answers.
    PinPostPayload {
        /// The viewer as others see them now.
        user: User,
    }
}

/// The post as the viewer sees it after a mutation.
async fn seen(ctx: &Context<'_>, id: PostId) -> Result<Option<Post>> {
    Ok(ctx.loaders()?.one::<PostsById>(id).await?.map(Post))
}

#[derive(Default)]
pub struct KeepingMutation;

#[Object]
impl KeepingMutation {
    /// Keeps a post in `bookmarks`, which only the viewer reads. Doing it twice changes nothing.
    /// Needs a session.
    async fn bookmark_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post to keep.")] input: BookmarkPostInput,
    ) -> Nullable<BookmarkPostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match post_id(&input.post_id, "postId") {
                Ok(id) => commands::bookmark(ctx.platform()?, me, id).await,
                Err(error) => Err(error),
            };
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(BookmarkPostPayload::refused(errors))),
                Ok(id) => Ok(Some(BookmarkPostPayload {
                    post: seen(ctx, id).await?,
                    user_errors: Vec::new(),
                })),
            }
        })
        .await
    }

    /// Lets go of a bookmark, also of what the viewer may no longer see. Without effect where there
    /// is none. Needs a session.
    async fn unbookmark_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post to let go of.")] input: UnbookmarkPostInput,
    ) -> Nullable<UnbookmarkPostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match post_id(&input.post_id, "postId") {
                Ok(id) => commands::unbookmark(ctx.platform()?, me, id).await,
                Err(error) => Err(error),
            };
            let done = match ctx.settle(Some(*me), done)? {
                Ok(done) => done,
                Err(errors) => return Ok(Some(UnbookmarkPostPayload::refused(errors))),
            };
            let id = NodeId::new(NodeKind::Post, done.post.0);
            Ok(Some(UnbookmarkPostPayload {
                post: seen(ctx, done.post).await?,
                removed_post_id: done.was_kept.then(|| id.into()),
                user_errors: Vec::new(),
            }))
        })
        .await
    }

    /// Stops notifications of a thread, or has them again: of reactions to the post and to comments
    /// under it, of comments and replies, of reposts and quotes. Mentions are told all the same,
    /// and what was told before stays. Doing it twice changes nothing. Needs a session.
    async fn mute_thread(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which thread, and whether to mute it.")] input: MuteThreadInput,
    ) -> Nullable<MuteThreadPayload> {
        nullable(async move {
            let (me, p) = (ctx.me()?, ctx.platform()?);
            let done = match (post_id(&input.post_id, "postId"), input.is_muted) {
                (Ok(id), true) => commands::mute_thread(p, me, id).await,
                (Ok(id), false) => commands::unmute_thread(p, me, id).await,
                (Err(error), _) => Err(error),
            };
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(MuteThreadPayload::refused(errors))),
                Ok(id) => Ok(Some(MuteThreadPayload {
                    post: seen(ctx, id).await?,
                    user_errors: Vec::new(),
                })),
            }
        })
        .await
    }

    /// Closes a post of the viewer, so that nobody comments any more, or opens it again. Needs a
    /// session.
    async fn lock_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post to lock or open.")] input: LockPostInput,
    ) -> Nullable<LockPostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match post_id(&input.post_id, "postId") {
                Ok(id) => commands::set_locked(ctx.platform()?, me, id, input.is_locked).await,
                Err(error) => Err(error),
            };
            match ctx.settle(Some(*me), done)? {
                Err(errors) => Ok(Some(LockPostPayload::refused(errors))),
                Ok(id) => Ok(Some(LockPostPayload {
                    post: seen(ctx, id).await?,
                    user_errors: Vec::new(),
                })),
            }
        })
        .await
    }

    /// Pins a post of the viewer, to be shown before all others, in the place of the one pinned
    /// before. Not one that is MENTIONED, nor one that staff has hidden. Needs a session.
    async fn pin_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which post to pin.")] input: PinPostInput,
    ) -> Nullable<PinPostPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let id = input.post_id.as_ref().map(|id| post_id(id, "postId"));
            let done = match id.transpose() {
                Ok(id) => commands::pin(ctx.platform()?, me, id).await,
                Err(error) => Err(error),
            };
            if let Err(errors) = ctx.settle(Some(*me), done)? {
                return Ok(Some(PinPostPayload::refused(errors)));
            }
            let user = ctx.loaders()?.one::<PeopleById>(me.id()).await?;
            Ok(Some(PinPostPayload {
                user: user.map(User::from),
                user_errors: Vec::new(),
            }))
        })
        .await
    }
}
