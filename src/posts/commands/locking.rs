//! Closing a post's comments, and opening them again.

use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    accounts::Me,
    error::Result,
    ids::PostId,
    platform::{
        Platform,
        db::{Gate, Lane},
    },
    posts::{aim::Aim, entity::post, policy},
};

/// Locks a post, so that nobody comments any more, or opens it again. Returns the post that it was
/// done to: of a plain repost the original.
///
/// # Errors
/// NOT_FOUND; FORBIDDEN for all but its author.
pub async fn set_locked(p: &Platform, me: &Me, id: PostId, is_locked: bool) -> Result<PostId> {
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, "postId").await?;
        let post = aim.lock(&txn, me, "postId").await?;
        policy::may_lock(me, &post)?;
        let changed = post::ActiveModel {
            id: Set(post.id),
            is_locked: Set(is_locked),
            ..Default::default()
        };
        post::Entity::update(changed).exec(&*txn).await?;
        Ok(post.id)
    })
    .await
}
