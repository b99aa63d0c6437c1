//! Deleting uploads.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    accounts::Me,
    activity::{By, record},
    error::Result,
    ids::MediaId,
    media::{
        Parents,
        entity::{media, media_attachment},
        events::Deleted,
        policy::AFTERMATH,
        queries::find_own,
    },
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Deletes an upload of the caller and takes it off everything that it hangs on. Nobody is given
/// an address of it any more; its objects go soon after.
///
/// # Errors
/// NOT_FOUND, FORBIDDEN.
pub async fn delete(p: &Platform, me: &Me, id: MediaId, parents: Parents) -> Result<()> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let row = find_own(&*txn, me, id, parents, true).await?;
        discard(&txn, row, By::person(me.id(), now)).await
    })
    .await
}

/// Deletes an upload that is locked.
pub async fn discard(txn: &Txn, row: media::Model, by: By) -> Result<()> {
    media_attachment::Entity::delete_many()
        .filter(media_attachment::Column::MediaId.eq(row.id))
        .exec(&**txn)
        .await?;
    let change = media::ActiveModel {
        id: Set(row.id),
        alt_text: Set(None),
        blurhash: Set(None),
        deleted_at: Set(Some(by.at)),
        // Until then somebody may still upload it, or make it ready.
        sweep_at: Set(Some(by.at.max(row.upload_until).plus(AFTERMATH))),
        ..Default::default()
    };
    media::Entity::update(change).exec(&**txn).await?;
    record(txn, by, &Deleted::of(&row), [])
}
