//! What staff does to a comment: hides it, and shows it again.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType,
};

use super::{CommentRef, add_counts};
use crate::{
    accounts::Staff,
    clock::Timestamp,
    comments::entity::comment,
    counters::Deltas,
    error::{Error, Result},
    people,
    platform::db::Txn,
    posts,
};

/// Hides a comment, or shows it again, and says what public numbers change by that; `None` where it
/// was so already. Shown again, it counts again unless its author is gone or suspended. Whoever asks
/// holds the state of its author.
///
/// # Errors
/// NOT_FOUND at `subjectId`: deleted, or under a post that is.
pub async fn set_hidden(
    txn: &Txn,
    _: &Staff,
    at: CommentRef,
    (is_hidden, now): (bool, Timestamp),
) -> Result<Option<Deltas>> {
    let lives = posts::queries::lock_living(txn, at.post).await?;
    let comment = comment::Entity::find_by_id(at.id)
        .filter(comment::Column::PostId.eq(at.post))
        .filter(comment::Column::DeletedAt.is_null())
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    let comment = comment.filter(|_| lives);
    let comment = comment.ok_or_else(|| Error::not_found("subjectId"))?;
    if comment.hidden_at.is_some() == is_hidden {
        return Ok(None);
    }
    let counts = !is_hidden && people::queries::counts(txn, comment.author_id).await?;
    let change = comment::ActiveModel {
        id: Set(at.id),
        hidden_at: Set(is_hidden.then_some(now)),
        is_counted: Set(counts),
        ..Default::default()
    };
    comment::Entity::update(change).exec(&**txn).await?;
    let mut deltas = Deltas::default();
    let delta = i64::from(counts) - i64::from(comment.is_counted);
    add_counts(&mut deltas, &comment, delta);
    Ok(Some(deltas))
}
