//! Checkpoints: how far each consumer has come in each shard, and which worker may move it.
//!
//! A worker shows that it is alive by its row in `activity_worker`, on the database's clock. A
//! shard whose worker is silent is claimed by another one, which raises the fence: whoever moves a
//! position compares position and fence, so a worker that was only asleep moves nothing.

use std::{collections::BTreeMap, time::Duration};

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::heads;
use crate::{
    error::{Error, Result},
    platform::db::{Db, Lane, Place, Txn},
};

/// The present on the database's clock, in microseconds.
pub(super) fn database_now(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint",
        _ => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    }
}

/// A shard that this worker may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Held {
    pub shard: i32,
    /// As stored.
    pub position: i64,
    pub fence: i64,
}

/// A move of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub held: Held,
    pub to: i64,
}

/// Where a consumer that is new to this database begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the oldest event that is kept.
    Oldest,
    /// Behind everything there is.
    Now,
}

/// Makes the rows of a consumer that has none. `true` if it is new.
pub async fn register(db: &Db, name: &str, start: Start) -> Result<bool> {
    let position = match start {
        Start::Now => "s.head",
        Start::Oldest => {
            "COALESCE((SELECT MIN(a.position) - 1 FROM activity a WHERE a.shard = s.shard), s.head)"
        }
    };
    let sql = format!(
        "INSERT INTO activity_consumer (name, shard, position, moved_at) \
         SELECT $1, s.shard, {position}, {} FROM activity_shard s WHERE TRUE \
         ON CONFLICT (name, shard) DO NOTHING",
        database_now(db.backend())
    );
    let made = db.write_txn(Lane::Background, |txn| {
        let sql = sql.clone();
        async move { execute(&txn, &sql, [name.into()]).await }
    });
    Ok(made.await? > 0)
}

/// Forgets a consumer's positions: it is new again.
pub async fn forget(db: &Db, name: &str) -> Result<()> {
    db.write_txn(Lane::Background, |txn| async move {
        for table in ["activity_consumer", "activity_worker"] {
            let sql = format!("DELETE FROM {table} WHERE name = $1");
            execute(&txn, &sql, [name.into()]).await?;
        }
        Ok(())
    })
    .await
}

/// Shows that `worker` is alive for `life` from now on, and says how many are.
pub async fn beat(
    db: &Db,
    name: &str,
    (worker, host): (Uuid, &str),
    life: Duration,
) -> Result<u64> {
    let life = i64::try_from(life.as_micros()).unwrap_or(i64::MAX);
    let now = database_now(db.backend());
    let beat = format!(
        "INSERT INTO activity_worker (name, worker, host, alive_until) \
         VALUES ($1, $2, $3, {now} + $4) \
         ON CONFLICT (name, worker) DO UPDATE SET alive_until = excluded.alive_until"
    );
    let count = format!(
        "SELECT COUNT(*) AS n FROM activity_worker WHERE name = $1 AND alive_until > {now}"
    );
    let n: i64 = db
        .write_txn(Lane::Background, |txn| {
            let (beat, count) = (beat.clone(), count.clone());
            async move {
                let values = [name.into(), worker.into(), host.into(), life.into()];
                execute(&txn, &beat, values).await?;
                let row = txn.query_one_raw(statement(&txn, &count, [name.into()]));
                let row = row.await?.ok_or_else(|| Error::internal("no count"))?;
                Ok(row.try_get("", "n")?)
            }
        })
        .await?;
    Ok(u64::try_from(n).unwrap_or(1).max(1))
}

/// Takes up to `limit` shards whose worker is silent or gone, and raises their fences.
pub async fn claim(db: &Db, name: &str, worker: Uuid, limit: u64) -> Result<Vec<Held>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let (now, lock) = match db.backend() {
        DbBackend::Postgres => (
            database_now(DbBackend::Postgres),
            "FOR NO KEY UPDATE SKIP LOCKED",
        ),
        backend => (database_now(backend), ""),
    };
    let sql = format!(
        "WITH free AS (SELECT c.shard FROM activity_consumer c WHERE c.name = $1 \
         AND (c.worker IS NULL OR c.worker NOT IN (SELECT w.worker FROM activity_worker w \
         WHERE w.name = $1 AND w.alive_until > {now})) ORDER BY c.shard LIMIT $3 {lock}) \
         UPDATE activity_consumer SET worker = $2, fence = fence + 1 \
         WHERE name = $1 AND shard IN (SELECT shard FROM free) \
         RETURNING shard, position, fence"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut held = db
        .write_txn(Lane::Background, |txn| {
            let sql = sql.clone();
            async move {
                let values = [name.into(), worker.into(), limit.into()];
                rows(&txn, &sql, values).await
            }
        })
        .await?;
    held.sort_by_key(|held: &Held| held.shard);
    Ok(held)
}

/// The fences of the shards that `worker` holds.
pub async fn held_by(db: &Db, name: &str, worker: Uuid) -> Result<BTreeMap<i32, i64>> {
    let sql =
        "SELECT shard, position, fence FROM activity_consumer WHERE name = $1 AND worker = $2";
    let values = [name.into(), worker.into()];
    let statement = Statement::from_sql_and_values(db.backend(), sql, values);
    let held = Held::find_by_statement(statement)
        .all(db.background())
        .await?;
    Ok(held
        .into_iter()
        .map(|held| (held.shard, held.fence))
        .collect())
}

/// Gives shards back, for others to claim.
pub async fn release(db: &Db, name: &str, worker: Uuid, shards: &[i32]) -> Result<()> {
    db.write_txn(Lane::Background, |txn| async move {
        for shard in shards {
            let sql = "UPDATE activity_consumer SET worker = NULL \
                       WHERE name = $1 AND shard = $2 AND worker = $3";
            let values = [name.into(), (*shard).into(), worker.into()];
            execute(&txn, sql, values).await?;
        }
        Ok(())
    })
    .await
}

/// Says goodbye: `worker` holds nothing any more.
pub async fn leave(db: &Db, name: &str, worker: Uuid) -> Result<()> {
    db.write_txn(Lane::Background, |txn| async move {
        let values = || [name.into(), worker.into()];
        let gone = "DELETE FROM activity_worker WHERE name = $1 AND worker = $2";
        execute(&txn, gone, values()).await?;
        let free = "UPDATE activity_consumer SET worker = NULL WHERE name = $1 AND worker = $2";
        execute(&txn, free, values()).await?;
        Ok(())
    })
    .await
}

/// Takes all shards away from whoever holds them: no effect that is under way commits any more.
pub async fn take_away(db: &Db, name: &str) -> Result<()> {
    db.write_txn(Lane::Background, |txn| async move {
        let sql = "UPDATE activity_consumer SET worker = NULL, fence = fence + 1 WHERE name = $1";
        execute(&txn, sql, [name.into()]).await?;
        Ok(())
    })
    .await
}

/// Moves positions, each from where its worker believes it to be: the first statement of an
/// effect. Rows are taken ascending by shard.
///
/// # Errors
/// [`is_stale`]: another worker has taken one of them. Nothing has moved then.
pub async fn advance(txn: &Txn, name: &str, moves: &[Move]) -> Result<()> {
    let moves = serde_json::Value::from_iter(
        moves
            .iter()
            .map(|m| serde_json::json!([m.held.shard, m.held.position, m.held.fence, m.to])),
    );
    let count = moves.as_array().map_or(0, Vec::len);
    let sql = match txn.backend() {
        DbBackend::Postgres => ADVANCE,
        _ => ADVANCE_SQLITE,
    };
    let moved = execute(txn, sql, [name.into(), moves.to_string().into()]).await?;
    match usize::try_from(moved) == Ok(count) {
        true => Ok(()),
        false => Err(Error::internal(Stale)),
    }
}

const ADVANCE: &str = "\
WITH m AS (SELECT (v ->> 0)::int AS shard, (v ->> 1)::bigint AS was, (v ->> 2)::bigint AS fence, \
(v ->> 3)::bigint AS position FROM json_array_elements($2::json) AS j(v)), \
held AS (SELECT c.shard, m.position FROM activity_consumer c JOIN m ON m.shard = c.shard \
WHERE c.name = $1 AND c.position = m.was AND c.fence = m.fence ORDER BY c.shard \
FOR NO KEY UPDATE OF c) \
UPDATE activity_consumer c SET position = held.position, \
moved_at = (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint \
FROM held WHERE c.name = $1 AND c.shard = held.shard";

const ADVANCE_SQLITE: &str = "\
UPDATE activity_consumer SET position = m.position, \
moved_at = CAST(unixepoch('subsec') * 1000000 AS INTEGER) \
FROM (SELECT value ->> 0 AS shard, value ->> 1 AS was, value ->> 2 AS fence, \
value ->> 3 AS position FROM json_each($2)) AS m \
WHERE name = $1 AND activity_consumer.shard = m.shard AND activity_consumer.position = m.was \
AND activity_consumer.fence = m.fence";

/// Another worker has taken a shard.
#[derive(Debug, thiserror::Error)]
#[error("another worker has taken this shard")]
struct Stale;

/// Whether an effect failed because another worker has taken its shard.
pub fn is_stale(error: &Error) -> bool {
    matches!(error, Error::Internal(cause) if cause.is::<Stale>())
}

/// Moves all positions of a consumer to the heads that `txn` sees: what it derives was rebuilt in
/// the same snapshot.
pub async fn jump(txn: &Txn, name: &str) -> Result<()> {
    for Place { shard, position } in heads::read(&**txn).await? {
        let sql = "UPDATE activity_consumer SET position = $3, fence = fence + 1, worker = NULL \
                   WHERE name = $1 AND shard = $2";
        let values = [name.into(), shard.into(), position.into()];
        execute(txn, sql, values).await?;
    }
    Ok(())
}

/// All positions of a consumer, ascending by shard.
pub async fn of(connection: &impl ConnectionTrait, name: &str) -> Result<Vec<Held>> {
    let sql = "SELECT shard, position, fence FROM activity_consumer WHERE name = $1 ORDER BY shard";
    let statement =
        Statement::from_sql_and_values(connection.get_database_backend(), sql, [name.into()]);
    Ok(Held::find_by_statement(statement).all(connection).await?)
}

/// Waits until nobody else derives rows for `name`, and keeps others out until the transaction
/// ends: two that look at the same tables at once could write what the slower one saw. Nothing to
/// do on SQLite, which has one writer.
pub async fn alone(txn: &Txn, name: &str) -> Result<()> {
    if txn.backend() == DbBackend::Postgres {
        let digest = Sha256::digest(name.as_bytes());
        let key = digest.first_chunk::<8>().copied().map(i64::from_be_bytes);
        let sql = "SELECT pg_advisory_xact_lock($1) IS NULL";
        txn.query_all_raw(statement(txn, sql, [key.into()])).await?;
    }
    Ok(())
}

pub(super) fn statement(
    txn: &Txn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(txn.backend(), sql, values)
}

pub(super) async fn execute(
    txn: &Txn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64> {
    let done = txn.execute_raw(statement(txn, sql, values)).await?;
    Ok(done.rows_affected())
}

pub(super) async fn rows<T: FromQueryResult>(
    txn: &Txn,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>> {
    let statement = statement(txn, sql, values);
    Ok(T::find_by_statement(statement).all(&**txn).await?)
}
