//! Hiding a comment under one's own post, and showing it again.

use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{CommentRef, lock};
use crate::{
    accounts::Me,
    activity::{By, record},
    clock::Timestamp,
    comments::{
        entity::comment,
        events::{Hidden, Unhidden},
        policy,
    },
    error::Result,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
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
        told(&txn, me, &comment, (is_hidden, now)).await
    })
    .await
}

/// Records what the author of the post did.
async fn told(
    txn: &Txn,
    me: &Me,
    comment: &comment::Model,
    (is_hidden, now): (bool, Timestamp),
) -> Result<()> {
    let by = By::person(me.id(), now);
    let (commentid, postid) = (comment.id.0, comment.post_id.0);
    let authorid = comment.author_id.into();
    let exposure = posts::queries::exposure(txn, comment.post_id).await?;
    let visibility = exposure.visibility();
    match is_hidden {
        true => {
            let fact = Hidden {
                commentid,
                postid,
                authorid,
                visibility,
            };
            record(txn, by, &fact, [])
        }
        false => {
            let fact = Unhidden {
                commentid,
                postid,
                authorid,
                visibility,
            };
            record(txn, by, &fact, [])
        }
    }
}
