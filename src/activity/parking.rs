//! Events that failed for good, with their successors of the same aggregate behind them.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use uuid::Uuid;

use super::{
    log::{COLUMNS, Entry},
    positions::{database_now, execute},
};
use crate::{
    error::Result,
    platform::db::{Db, Lane, Place, Txn},
};

/// How often an event is tried before it is parked.
pub const MAX_ATTEMPTS: u32 = 10;

/// Puts a full copy of an event aside, with the reason. It is tried again at once where those
/// before it of its aggregate are.
pub async fn park(
    txn: &Txn,
    consumer: &str,
    place: Place,
    reason: &str,
    attempts: u32,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO activity_parked (consumer, {COLUMNS}, reason, attempts, parked_at, is_due) \
         SELECT $1, {COLUMNS}, $4, $5, {}, EXISTS (SELECT 1 FROM activity_parked p \
         WHERE p.consumer = $1 AND p.aggregate = activity.aggregate AND p.is_due) \
         FROM activity WHERE shard = $2 AND position = $3 \
         ON CONFLICT (consumer, shard, position) DO NOTHING",
        database_now(txn.backend())
    );
    let reason: String = reason.chars().take(500).collect();
    let attempts = i32::try_from(attempts).unwrap_or(i32::MAX);
    let values = [
        consumer.into(),
        place.shard.into(),
        place.position.into(),
        reason.into(),
        attempts.into(),
    ];
    execute(txn, &sql, values).await?;
    metrics::counter!("rookery_events_parked_total", "consumer" => consumer.to_owned())
        .increment(1);
    Ok(())
}

/// The aggregates that have parked events: what follows of them has to wait behind.
pub async fn aggregates(
    connection: &impl ConnectionTrait,
    consumer: &str,
) -> Result<HashSet<Uuid>> {
    let sql = "SELECT DISTINCT aggregate FROM activity_parked WHERE consumer = $1";
    let backend = connection.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [consumer.into()]);
    let rows = connection.query_all_raw(statement).await?;
    let aggregate = |row: &sea_orm::QueryResult| Ok(row.try_get("", "aggregate")?);
    rows.iter().map(aggregate).collect()
}

/// Parked events that somebody wants tried again, oldest first.
pub async fn due(db: &Db, consumer: &str) -> Result<Vec<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM activity_parked WHERE consumer = $1 AND is_due \
         ORDER BY shard, position LIMIT 500"
    );
    let statement = Statement::from_sql_and_values(db.backend(), sql, [consumer.into()]);
    Ok(Entry::find_by_statement(statement)
        .all(db.background())
        .await?)
}

/// Takes an event out of the parking: it was handled.
pub async fn take_out(txn: &Txn, consumer: &str, place: Place) -> Result<()> {
    let sql = "DELETE FROM activity_parked WHERE consumer = $1 AND shard = $2 AND position = $3";
    let values = [consumer.into(), place.shard.into(), place.position.into()];
    execute(txn, sql, values).await?;
    Ok(())
}

/// Leaves an event, and what follows of its aggregate, until somebody asks again.
pub async fn failed_again(
    db: &Db,
    consumer: &str,
    place: Place,
    aggregate: Uuid,
    reason: &str,
) -> Result<()> {
    db.write_txn(Lane::Background, |txn| async move {
        let wait = "UPDATE activity_parked SET is_due = FALSE \
                    WHERE consumer = $1 AND shard = $2 AND position >= $3 AND aggregate = $4";
        let key = || [consumer.into(), place.shard.into(), place.position.into()];
        execute(&txn, wait, key().into_iter().chain([aggregate.into()])).await?;
        let note = "UPDATE activity_parked SET reason = $4, attempts = attempts + 1 \
                    WHERE consumer = $1 AND shard = $2 AND position = $3";
        execute(&txn, note, key().into_iter().chain([reason.into()])).await?;
        Ok(())
    })
    .await
}

/// Asks for all parked events of a consumer to be tried again. Says how many.
pub async fn retry(db: &Db, consumer: &str) -> Result<u64> {
    db.write_txn(Lane::Background, |txn| async move {
        let sql = "UPDATE activity_parked SET is_due = TRUE WHERE consumer = $1";
        execute(&txn, sql, [consumer.into()]).await
    })
    .await
}
