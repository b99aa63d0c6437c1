//! How long events are kept: until they are old, and all that follow them have handled them.

use std::time::Duration;

use sea_orm::ConnectionTrait;

use super::positions::{database_now, execute, statement};
use crate::{
    clock::Timestamp,
    error::Result,
    platform::db::{Db, Lane, Place},
};

/// The most rows that one transaction deletes.
const CHUNK: i64 = 500;

/// Deletes, in small chunks, what was recorded more than `keep` ago and lies behind every consumer
/// that is required. Says how many events that were.
///
/// A consumer is required while its position has moved, or a worker has lived for it, within
/// `keep`; a cluster of Kafka that nobody has written to for so long is given up.
pub async fn clean(db: &Db, now: Timestamp, keep: Duration) -> Result<u64> {
    let mut gone = 0;
    for place in handled(db, keep).await? {
        loop {
            let chunk = delete(db, place, now.minus(keep)).await?;
            gone += chunk;
            if chunk < CHUNK.unsigned_abs() {
                break;
            }
        }
    }
    Ok(gone)
}

/// How far all required consumers have come, by shard.
pub(super) async fn handled(db: &Db, keep: Duration) -> Result<Vec<Place>> {
    let (now, keep) = (database_now(db.backend()), keep.as_micros());
    let sql = format!(
        "SELECT c.shard, MIN(c.position) AS position FROM activity_consumer c \
         WHERE c.moved_at > {now} - {keep} OR EXISTS (SELECT 1 FROM activity_worker w \
         WHERE w.name = c.name AND w.alive_until > {now} - {keep}) GROUP BY c.shard"
    );
    let statement = sea_orm::Statement::from_string(db.backend(), sql);
    let rows = db.background().query_all_raw(statement).await?;
    let place = |row: &sea_orm::QueryResult| {
        Ok(Place {
            shard: row.try_get("", "shard")?,
            position: row.try_get("", "position")?,
        })
    };
    rows.iter().map(place).collect()
}

/// One chunk from the oldest on. What is left begins with something young, or not yet handled.
async fn delete(db: &Db, upto: Place, before: Timestamp) -> Result<u64> {
    db.write_txn(Lane::Background, |txn| async move {
        let sql = "SELECT position, recorded_at FROM activity \
                   WHERE shard = $1 AND position <= $2 ORDER BY position LIMIT $3";
        let values = [upto.shard.into(), upto.position.into(), CHUNK.into()];
        let mut last = 0_i64;
        for row in txn.query_all_raw(statement(&txn, sql, values)).await? {
            let recorded_at: Timestamp = row.try_get("", "recorded_at")?;
            if recorded_at >= before {
                break;
            }
            last = row.try_get("", "position")?;
        }
        let delete = "DELETE FROM activity WHERE shard = $1 AND position <= $2";
        execute(&txn, delete, [upto.shard.into(), last.into()]).await
    })
    .await
}
