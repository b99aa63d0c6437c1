//! What staff does to a message: hides it, and shows it again.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    accounts::Staff,
    clock::Timestamp,
    error::{Error, Result},
    messaging::{
        entity::message,
        queries::{self, MessageRef},
    },
    platform::db::Txn,
};

/// Hides a message, or shows it again; `false` where it was so already. No member of the
/// conversation has to be staff.
///
/// # Errors
/// NOT_FOUND at `subjectId`, for a deleted one too.
pub async fn set_hidden(
    txn: &Txn,
    _: &Staff,
    at: MessageRef,
    (is_hidden, now): (bool, Timestamp),
) -> Result<bool> {
    queries::lock(txn, at.conversation).await?;
    let message = message::Entity::find_by_id(at.id)
        .filter(message::Column::ConversationId.eq(at.conversation))
        .filter(message::Column::DeletedAt.is_null())
        .one(&**txn)
        .await?;
    let message = message.ok_or_else(|| Error::not_found("subjectId"))?;
    if message.hidden_at.is_some() == is_hidden {
        return Ok(false);
    }
    let change = message::ActiveModel {
        id: Set(at.id),
        hidden_at: Set(is_hidden.then_some(now)),
        ..Default::default()
    };
    message::Entity::update(change).exec(&**txn).await?;
    Ok(true)
}
