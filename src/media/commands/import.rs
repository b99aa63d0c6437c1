//! Media that are ready already.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::{
    activity::{By, record},
    error::Result,
    media::{
        ParentRef,
        entity::{media, media_attachment},
        events::{Ready, Uploaded},
    },
    platform::db::Txn,
};

/// Something that is in the store, and what it hangs on.
#[derive(Clone, Debug)]
pub struct Imported {
    pub media: media::Model,
    pub parent: ParentRef,
    pub position: i64,
}

/// Adds many at once: for seeding.
pub async fn import(txn: &Txn, imported: &[Imported]) -> Result<()> {
    if imported.is_empty() {
        return Ok(());
    }
    let rows = imported.iter().map(|one| &one.media);
    let rows = rows.map(|row| row.clone().into_active_model().reset_all());
    media::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    let hangs = imported.iter().map(|one| {
        media_attachment::Model {
            parent_id: one.parent.1,
            parent_kind: one.parent.0,
            media_id: one.media.id,
            position: one.position,
        }
        .into_active_model()
        .reset_all()
    });
    media_attachment::Entity::insert_many(hangs)
        .exec_without_returning(&**txn)
        .await?;
    for Imported { media: row, .. } in imported {
        let by = By::person(row.uploader_id, row.created_at);
        let fact = Uploaded::of(row, row.purpose, row.format, row.byte_size);
        record(txn, by, &fact, [])?;
        let by = By::system(row.created_at);
        let fact = Ready::of(row, row.byte_size, row.width, row.height, row.duration_ms);
        record(txn, by, &fact, [])?;
    }
    Ok(())
}
