//! Hiding a comment under one's own post, and showing it again.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{CommentRef, lock};
use crate::{
    accounts::Me,
    comments::{entity::comment, policy},
    error::Result,
    platform::{Platform, db::Lane},
    posts,
};

/// Hides a comment from all but its author and the post's, or shows it again.
///
/// # Errors
/// NOT_FOUND; FORBIDDEN for all but the post's author.
pub async fn set_hidden(p: &Platform, me: &Me, at: CommentRef, is_hidden: bool) -> Result<()> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let post = posts::commands::lock(&txn, me, at.post, "commentId").await?;
        let comment = lock(&txn, me, at, "commentId").await?;
        policy::may_hide(me.id(), post.author_id)?;
        if comment.hidden_by_author_at.is_some() == is_hidden {
            return Ok(());
        }
        let changed = comment::ActiveModel {
            id: Set(at.id),
            hidden_by_author_at: Set(is_hidden.then_some(now)),
            ..Default::default()
        };
        comment::Entity::update(changed).exec(&*txn).await?;
        Ok(())
    })
    .await
}
