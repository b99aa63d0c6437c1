//! Buckets that all servers share: a row each, for as long as it is not full.

use sea_orm::{ConnectionTrait, Statement};

use super::rate::Claim;
use crate::{clock::Timestamp, error::Result, platform::db::Txn};

const TAKE: &str = "INSERT INTO bucket (key, full_at) VALUES ($1, $2) \
    ON CONFLICT (key) DO UPDATE SET full_at = \
    CASE WHEN bucket.full_at > $3 THEN bucket.full_at ELSE $3 END + $4 \
    WHERE bucket.full_at <= $5 RETURNING full_at";

/// How many are swept in one transaction.
const CHUNK: i64 = 500;

/// The second condition is for a bucket that is taken from meanwhile.
const SWEEP: &str = "DELETE FROM bucket WHERE key IN \
    (SELECT key FROM bucket WHERE full_at <= $1 LIMIT $2) AND full_at <= $1";

/// Takes a claim out of a bucket; the seconds to wait where it does not hold so much.
pub(super) async fn take(txn: &Txn, key: &str, claim: &Claim) -> Result<Result<(), u32>> {
    let Claim { now, cost, latest } = *claim;
    let cost = now.plus(cost).0.saturating_sub(now.0);
    let after = now.0.saturating_add(cost);
    let values = [
        key.into(),
        after.into(),
        now.0.into(),
        cost.into(),
        latest.0.into(),
    ];
    let statement = Statement::from_sql_and_values(txn.backend(), TAKE, values);
    if txn.query_one_raw(statement).await?.is_some() {
        return Ok(Ok(()));
    }
    // The statement above holds its row: nobody has moved it since.
    let sql = "SELECT full_at FROM bucket WHERE key = $1";
    let statement = Statement::from_sql_and_values(txn.backend(), sql, [key.into()]);
    let row = txn.query_one_raw(statement).await?;
    let full_at = row.map(|row| row.try_get("", "full_at")).transpose()?;
    Ok(Err(claim.wait(full_at.map_or(latest, Timestamp))))
}

/// Takes out some that are full again; how many.
pub(super) async fn sweep(txn: &Txn, now: Timestamp) -> Result<u64> {
    let values = [now.0.into(), CHUNK.into()];
    let statement = Statement::from_sql_and_values(txn.backend(), SWEEP, values);
    Ok(txn.execute_raw(statement).await?.rows_affected())
}
