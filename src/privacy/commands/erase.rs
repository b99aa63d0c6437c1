//! Takes away the copies that somebody asked for.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    error::Result,
    personal::{Erasure, Leaving},
    platform::{Platform, db::Lane},
    privacy::{entity::data_export, objects::key},
};

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase). Objects go first: without its
/// row nobody finds one.
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    let own = data_export::Column::PersonId.eq(leaving.person);
    let rows = data_export::Entity::find()
        .filter(own.clone())
        .all(p.db.background())
        .await?;
    let keys: Vec<String> = rows.iter().map(key).collect();
    match &p.store {
        Some(store) => store.delete(&keys).await?,
        None if keys.is_empty() => {}
        None => {
            return Ok(Erasure::Waiting(
                "no store is configured that keeps the copies",
            ));
        }
    }
    let own = &own;
    p.db.write_txn(Lane::Background, |txn| async move {
        let gone = data_export::Entity::delete_many().filter(own.clone());
        gone.exec(&*txn).await?;
        Ok(())
    })
    .await?;
    Ok(Erasure::Done)
}
