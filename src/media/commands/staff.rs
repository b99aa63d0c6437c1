//! What staff does to an upload: hides it, and shows it again.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType,
};

use crate::{
    accounts::Staff,
    clock::Timestamp,
    error::{Error, Result},
    ids::MediaId,
    media::entity::media,
    platform::db::Txn,
};

/// Hides an upload wherever it hangs, or shows it again; `false` where it was so already. Nobody but
/// its uploader and staff is given an address of it meanwhile.
///
/// # Errors
/// NOT_FOUND at `subjectId`, for a deleted one too.
pub async fn set_hidden(
    txn: &Txn,
    _: &Staff,
    id: MediaId,
    (is_hidden, now): (bool, Timestamp),
) -> Result<bool> {
    let row = media::Entity::find_by_id(id)
        .filter(media::Column::DeletedAt.is_null())
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    let row = row.ok_or_else(|| Error::not_found("subjectId"))?;
    if row.hidden_at.is_some() == is_hidden {
        return Ok(false);
    }
    let change = media::ActiveModel {
        id: Set(id),
        hidden_at: Set(is_hidden.then_some(now)),
        ..Default::default()
    };
    media::Entity::update(change).exec(&**txn).await?;
    Ok(true)
}
