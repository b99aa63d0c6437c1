//! Removes what has run out.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    accounts::entity::{mailed_token, refresh_token},
    clock::Timestamp,
    error::Result,
    platform::{Platform, db::Lane},
};

/// Rows of one transaction.
const CHUNK: u64 = 500;

/// Removes tokens that have run out, a chunk of each kind, and returns how many there were.
pub async fn sweep(p: &Platform) -> Result<u64> {
    let now = p.now();
    Ok(refresh_tokens(p, now).await? + mailed_tokens(p, now).await?)
}

async fn refresh_tokens(p: &Platform, now: Timestamp) -> Result<u64> {
    use refresh_token::{Column, Entity};
    let ended: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Hash)
        .filter(Column::ExpiresAt.lte(now))
        .limit(CHUNK)
        .into_tuple()
        .all(p.db.background())
        .await?;
    if ended.is_empty() {
        return Ok(0);
    }
    let ended = &ended;
    p.db.write_txn(Lane::Background, |txn| async move {
        let delete = Entity::delete_many().filter(Column::Hash.is_in(ended));
        Ok(delete.exec(&*txn).await?.rows_affected)
    })
    .await
}

async fn mailed_tokens(p: &Platform, now: Timestamp) -> Result<u64> {
    use mailed_token::{Column, Entity};
    p.db.write_txn(Lane::Background, |txn| async move {
        let delete = Entity::delete_many().filter(Column::ExpiresAt.lte(now));
        Ok(delete.exec(&*txn).await?.rows_affected)
    })
    .await
}
