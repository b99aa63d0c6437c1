//! How far consumers have come, and how large the log is: what operators look at, and metrics.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::Serialize;
use uuid::Uuid;

use super::positions::database_now;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    platform::db::{Db, Session, Viewer},
};

/// The log and everybody who follows it, at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    pub consumers: Vec<Following>,
    pub log: Extent,
}

/// One consumer.
#[derive(Clone, Debug, Serialize)]
pub struct Following {
    pub name: String,
    /// How many events stand between its positions and the heads.
    pub behind: i64,
    /// The age in seconds of the oldest event behind its positions; 0 if there is none.
    pub lag_seconds: f64,
    /// How many events failed for good, and wait with those behind them.
    pub parked: i64,
    /// How many of them somebody wants tried again.
    pub due: i64,
    /// Who works for it now.
    pub workers: Vec<Worker>,
    /// Shards that nobody who is alive holds.
    pub unheld: usize,
    /// Shards that have not moved for a minute though there was something to do.
    pub stuck: Vec<Stuck>,
}

/// A living process that follows the log for a consumer.
#[derive(Clone, Debug, Serialize)]
pub struct Worker {
    pub worker: Uuid,
    pub host: String,
    /// How many shards it holds.
    pub shards: usize,
}

/// A shard that does not move.
#[derive(Clone, Debug, Serialize)]
pub struct Stuck {
    pub shard: i32,
    /// The first event that is not handled.
    pub position: i64,
    pub kind: String,
}

/// What the log holds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Extent {
    /// How many events there ever were: the sum of all heads.
    pub recorded: i64,
    /// How many of them are kept.
    pub kept: i64,
    /// When the oldest that is kept was recorded, in microseconds since 1970.
    pub oldest_at: Option<i64>,
    /// Over the last ten minutes; of a shard that is busier, over its last events.
    pub per_minute: f64,
}

/// A shard that has something to do stands still longer than this: it is stuck.
const STUCK: i64 = 60_000_000;

/// Looks at the log, without taking any lock.
pub async fn status(db: &Db) -> Result<Status> {
    let connection = reader(db);
    let now = now(&connection).await?;
    let alive = rows::<Alive>(&connection, &alive_sql(db.backend())).await?;
    let parked = rows::<Aside>(&connection, PARKED).await?;
    let mut places: BTreeMap<String, Vec<Stand>> = BTreeMap::new();
    for stand in rows::<Stand>(&connection, STANDS).await? {
        places.entry(stand.name.clone()).or_default().push(stand);
    }
    let consumers = places.into_iter().map(|(name, stands)| {
        let parked = parked.iter().find(|parked| parked.consumer == name);
        following(name, &stands, &alive, parked, now)
    });
    Ok(Status {
        consumers: consumers.collect(),
        log: extent(&connection, db.backend(), now).await?,
    })
}

/// How many bytes the log takes on disk.
pub async fn bytes(db: &Db) -> Result<i64> {
    let sql = match db.backend() {
        DbBackend::Postgres => "SELECT pg_total_relation_size('activity') AS n",
        _ => {
            "SELECT CAST(TOTAL(pgsize) AS INTEGER) AS n FROM dbstat('main', 1) WHERE name IN ('activity', 'sqlite_autoindex_activity_1')"
        }
    };
    number(&reader(db), sql).await
}

/// An event that failed for good, or waits behind one that did.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
pub struct Parked {
    pub consumer: String,
    pub shard: i32,
    pub position: i64,
    pub kind: String,
    pub reason: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Whether somebody wants it tried again.
    pub is_due: bool,
}

/// What is parked, of one consumer or of all.
pub async fn parked(db: &Db, consumer: Option<&str>) -> Result<Vec<Parked>> {
    let sql = "SELECT consumer, shard, position, kind, reason, attempts, is_due \
               FROM activity_parked WHERE consumer = COALESCE($1, consumer) \
               ORDER BY consumer, shard, position";
    let statement = Statement::from_sql_and_values(db.backend(), sql, [consumer.into()]);
    Ok(Parked::find_by_statement(statement)
        .all(&reader(db))
        .await?)
}

fn following(
    name: String,
    stands: &[Stand],
    alive: &[Alive],
    parked: Option<&Aside>,
    now: i64,
) -> Following {
    let workers = alive.iter().filter(|alive| alive.name == name);
    let workers: Vec<Worker> = workers
        .map(|alive| Worker {
            worker: alive.worker,
            host: alive.host.clone(),
            shards: stands
                .iter()
                .filter(|s| s.worker == Some(alive.worker))
                .count(),
        })
        .collect();
    let waiting = stands
        .iter()
        .filter_map(|stand| Some((stand, stand.oldest_at?)));
    let oldest = waiting.clone().map(|(_, at)| at).min();
    let stuck = waiting.filter(|(stand, at)| now - at > STUCK && now - stand.moved_at > STUCK);
    Following {
        behind: stands.iter().map(|stand| stand.head - stand.position).sum(),
        lag_seconds: oldest.map_or(0.0, |at| seconds(now - at)),
        parked: parked.map_or(0, |parked| parked.parked),
        due: parked.map_or(0, |parked| parked.due),
        unheld: stands.len() - workers.iter().map(|worker| worker.shards).sum::<usize>(),
        workers,
        stuck: stuck
            .map(|(stand, _)| Stuck {
                shard: stand.shard,
                position: stand.next.unwrap_or(stand.position + 1),
                kind: stand.kind.clone().unwrap_or_default(),
            })
            .collect(),
        name,
    }
}

/// Where a consumer stands in one shard, with the first event behind that.
#[derive(FromQueryResult)]
struct Stand {
    name: String,
    shard: i32,
    position: i64,
    worker: Option<Uuid>,
    moved_at: i64,
    head: i64,
    next: Option<i64>,
    kind: Option<String>,
    oldest_at: Option<i64>,
}

const STANDS: &str = "\
SELECT c.name, c.shard, c.position, c.worker, c.moved_at, s.head, a.position AS next, a.kind, \
a.recorded_at AS oldest_at FROM activity_consumer c JOIN activity_shard s ON s.shard = c.shard \
LEFT JOIN activity a ON a.shard = c.shard AND a.position = (SELECT MIN(b.position) FROM activity b \
WHERE b.shard = c.shard AND b.position > c.position) ORDER BY c.name, c.shard";

#[derive(FromQueryResult)]
struct Alive {
    name: String,
    worker: Uuid,
    host: String,
}

fn alive_sql(backend: DbBackend) -> String {
    let now = database_now(backend);
    format!(
        "SELECT name, worker, host FROM activity_worker WHERE alive_until > {now} \
         ORDER BY name, host, worker"
    )
}

#[derive(FromQueryResult)]
struct Aside {
    consumer: String,
    parked: i64,
    due: i64,
}

const PARKED: &str = "SELECT consumer, COUNT(*) AS parked, \
    COUNT(CASE WHEN is_due THEN 1 END) AS due FROM activity_parked GROUP BY consumer";

/// One shard of the log.
#[derive(FromQueryResult)]
struct Part {
    head: i64,
    oldest: Option<i64>,
    oldest_at: Option<i64>,
    recent: i64,
    since: Option<i64>,
}

/// How far back the rate looks: in time, and in events of one shard.
const WINDOW: i64 = 600_000_000;
const LAST: i64 = 200;

async fn extent(connection: &Session, backend: DbBackend, now: i64) -> Result<Extent> {
    let from = now - WINDOW;
    let recent = format!(
        "FROM activity a WHERE a.shard = s.shard AND a.position > s.head - {LAST} \
         AND a.recorded_at > {from}"
    );
    let sql = format!(
        "SELECT s.head, o.position AS oldest, o.recorded_at AS oldest_at, \
         (SELECT COUNT(*) {recent}) AS recent, (SELECT MIN(a.recorded_at) {recent}) AS since \
         FROM activity_shard s LEFT JOIN activity o ON o.shard = s.shard AND o.position = \
         (SELECT MIN(b.position) FROM activity b WHERE b.shard = s.shard)"
    );
    let statement = Statement::from_string(backend, sql);
    let parts = Part::find_by_statement(statement).all(connection).await?;
    let kept = |part: &Part| part.oldest.map_or(0, |oldest| part.head - oldest + 1);
    let rate = |part: &Part| {
        let span = match part.since {
            Some(since) if part.recent >= LAST => (now - since).max(1_000_000),
            _ => WINDOW,
        };
        f64::from(i32::try_from(part.recent).unwrap_or(i32::MAX)) * 60.0 / seconds(span)
    };
    Ok(Extent {
        recorded: parts.iter().map(|part| part.head).sum(),
        kept: parts.iter().map(kept).sum(),
        oldest_at: parts.iter().filter_map(|part| part.oldest_at).min(),
        per_minute: parts.iter().map(rate).sum(),
    })
}

fn seconds(micros: i64) -> f64 {
    std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(0)).as_secs_f64()
}

/// What no writer waits for.
pub(super) fn reader(db: &Db) -> Session {
    let nobody = Viewer::guest(Timestamp::default());
    db.reader(nobody).connection().clone()
}

async fn now(connection: &Session) -> Result<i64> {
    let now = database_now(connection.get_database_backend());
    number(connection, &format!("SELECT {now} AS n")).await
}

async fn number(connection: &Session, sql: &str) -> Result<i64> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal("the database answers nothing"))?;
    Ok(row.try_get("", "n")?)
}

async fn rows<T: FromQueryResult>(connection: &Session, sql: &str) -> Result<Vec<T>> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    Ok(T::find_by_statement(statement).all(connection).await?)
}
