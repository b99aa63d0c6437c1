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

/// Removes tokens that have run out, at most a chunk of each kind, and returns how many there were.
pub async fn sweep(p: &Platform) -> Result<u64> {
    let now = p.now();
    Ok(refresh_tokens(p, now).await? + mailed_tokens(p, now).await?)
}

async fn refresh_tokens(p: &Platform, now: Timestamp) -> Result<u64> {
    let ended: Vec<String> = refresh_token::Entity::find()
        .select_only()
        .column(refresh_token::Column::Hash)
        .filter(refresh_token::Column::ExpiresAt.lte(now))
        .limit(CHUNK)
        .into_tuple()
        .all(p.db.background())
        .await?;
    if ended.is_empty() {
        return Ok(0);
    }
    let ended = &ended;
    p.db.write_txn(Lane::Background, |txn| async move {
        let delete =
            refresh_token::Entity::delete_many().filter(refresh_token::Column::Hash.is_in(ended));
        Ok(delete.exec(&*txn).await?.rows_affected)
    })
    .await
}

async fn mailed_tokens(p: &Platform, now: Timestamp) -> Result<u64> {
    p.db.write_txn(Lane::Background, |txn| async move {
        let delete =
            mailed_token::Entity::delete_many().filter(mailed_token::Column::ExpiresAt.lte(now));
        Ok(delete.exec(&*txn).await?.rows_affected)
    })
    .await
}
