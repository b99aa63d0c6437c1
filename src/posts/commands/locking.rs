//! Closing a post's comments, and opening them again.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::edit::edited;
use crate::{
    accounts::Me,
    activity::{By, record},
    error::Result,
    ids::PostId,
    platform::{
        Platform,
        db::{Gate, Lane},
    },
    posts::{aim::Aim, entity::post, events::PostPart, policy, queries},
};

/// Locks a post, so that nobody comments any more, or opens it again. Returns the post that it was
/// done to: of a plain repost the original.
///
/// # Errors
/// NOT_FOUND; FORBIDDEN for all but its author.
pub async fn set_locked(p: &Platform, me: &Me, id: PostId, is_locked: bool) -> Result<PostId> {
    let now = p.now();
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, "postId").await?;
        let mut post = aim.lock(&txn, me, "postId").await?;
        policy::may_lock(me, &post)?;
        if post.is_locked == is_locked {
            return Ok(post.id);
        }
        let changed = post::ActiveModel {
            id: Set(post.id),
            is_locked: Set(is_locked),
            ..Default::default()
        };
        post = post::Entity::update(changed).exec(&*txn).await?;
        let exposure = queries::exposure(&txn, post.id).await?;
        let fact = edited(&post, vec![PostPart::Lock], exposure);
        record(&txn, By::person(me.id(), now), &fact, [])?;
        Ok(post.id)
    })
    .await
}
