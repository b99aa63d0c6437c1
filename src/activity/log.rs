//! The log: what is written by a commit, and how it is read again.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::heads::Heads;
use crate::{
    clock::{Clock, Timestamp},
    error::{Error, Result},
    ids::Ids,
    platform::db::{Count, Journal, Place, Record, Txn},
};

/// How many shards a database has from its creation on. Never changed: a home would move.
pub const SHARDS: i32 = 64;

/// The shard of everything that lives with `home`.
pub fn shard_of(home: Uuid) -> i32 {
    let digest = Sha256::digest(home.as_bytes());
    let bytes = digest.first_chunk::<8>().copied().unwrap_or_default();
    let shards = u64::from(SHARDS.unsigned_abs());
    i32::try_from(u64::from_be_bytes(bytes) % shards).unwrap_or(0)
}

/// One event, read from the log.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Entry {
    pub shard: i32,
    pub position: i64,
    pub id: Uuid,
    /// E.g. `post.published.v1`.
    pub kind: String,
    pub aggregate: Uuid,
    pub home: Uuid,
    /// The account id of who did it.
    pub actor: Option<Uuid>,
    pub visibility: String,
    /// JSON of the event's data; people are marked (see [`super::event::Person`]).
    pub payload: String,
    /// JSON of what it adds to public numbers.
    pub counts: Option<String>,
    pub source: String,
    pub traceparent: Option<String>,
    pub happened_at: Timestamp,
    pub recorded_at: Timestamp,
}

/// The columns of [`Entry`], in the table's order.
pub(super) const COLUMNS: &str = "shard, position, id, kind, aggregate, home, actor, visibility, \
                                  payload, counts, source, traceparent, happened_at, recorded_at";

impl Entry {
    /// The event's data.
    ///
    /// # Errors
    /// The data is not of this type.
    pub fn read<E: DeserializeOwned>(&self) -> Result<E> {
        serde_json::from_str(&self.payload).map_err(Error::internal)
    }

    /// What it adds to public numbers.
    pub fn counted(&self) -> Result<Vec<Count>> {
        let Some(counts) = &self.counts else {
            return Ok(Vec::new());
        };
        let counts: Vec<Tally> = serde_json::from_str(counts).map_err(Error::internal)?;
        Ok(counts.into_iter().map(Count::from).collect())
    }
}

/// A [`Count`] as it is stored.
#[derive(Serialize, Deserialize)]
struct Tally(Uuid, String, i64);

impl From<Tally> for Count {
    fn from(Tally(subject, kind, delta): Tally) -> Self {
        Self {
            subject,
            kind,
            delta,
        }
    }
}

/// Writes what transactions record.
pub struct Log {
    clock: Clock,
    ids: Arc<Ids>,
    source: String,
    heads: Heads,
}

impl Log {
    /// A log of the instances that call themselves `group`.
    pub fn new(clock: Clock, ids: Arc<Ids>, group: &str, heads: Heads) -> Self {
        Self {
            clock,
            ids,
            source: format!("/rookery/{group}"),
            heads,
        }
    }

    async fn append(
        &self,
        txn: &Txn,
        records: &[Record],
        traceparent: Option<&str>,
    ) -> Result<Vec<Place>> {
        let now = self.clock.now();
        let mut rows = Vec::with_capacity(records.len());
        for record in records {
            rows.push(Row {
                shard: shard_of(record.home),
                id: self.ids.next(now),
                counts: tallied(&record.counts)?,
                record,
            });
        }
        let mut places = vec![None; rows.len()];
        let mut shards: Vec<i32> = rows.iter().map(|row| row.shard).collect();
        shards.sort_unstable();
        shards.dedup();
        for shard in shards {
            let batch: Vec<&Row<'_>> = rows.iter().filter(|row| row.shard == shard).collect();
            let head = self.write(txn, shard, &batch, (now, traceparent)).await?;
            let first = head - i64::try_from(batch.len()).unwrap_or(0) + 1;
            let own = (0..rows.len()).filter(|n| rows.get(*n).is_some_and(|r| r.shard == shard));
            for (n, position) in own.zip(first..) {
                if let Some(place) = places.get_mut(n) {
                    *place = Some(Place { shard, position });
                }
            }
        }
        Ok(places.into_iter().flatten().collect())
    }

    /// Moves the shard's head and writes behind it, and says where it stands now. The row lock on
    /// the head is what makes the order of commits the order of positions, without gaps.
    async fn write(
        &self,
        txn: &Txn,
        shard: i32,
        rows: &[&Row<'_>],
        (now, traceparent): (Timestamp, Option<&str>),
    ) -> Result<i64> {
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let values = columns(rows, &self.source, now, traceparent);
        if txn.backend() == DbBackend::Postgres {
            let values = [shard.into(), count.into()].into_iter().chain(values);
            let statement = Statement::from_sql_and_values(txn.backend(), APPEND, values);
            return head(txn.query_one_raw(statement).await?);
        }
        let moved = Statement::from_sql_and_values(
            txn.backend(),
            "UPDATE activity_shard SET head = head + $2 WHERE shard = $1 RETURNING head",
            [shard.into(), count.into()],
        );
        let head = head(txn.query_one_raw(moved).await?)?;
        let before = head - count;
        let values = [shard.into(), before.into()].into_iter().chain(values);
        let statement = Statement::from_sql_and_values(txn.backend(), APPEND_SQLITE, values);
        txn.execute_raw(statement).await?;
        Ok(head)
    }
}

struct Row<'a> {
    shard: i32,
    id: Uuid,
    counts: Option<String>,
    record: &'a Record,
}

fn tallied(counts: &[Count]) -> Result<Option<String>> {
    if counts.is_empty() {
        return Ok(None);
    }
    let tallies: Vec<_> = counts
        .iter()
        .map(|count| Tally(count.subject, count.kind.clone(), count.delta))
        .collect();
    serde_json::to_string(&tallies)
        .map(Some)
        .map_err(Error::internal)
}

/// One statement a shard: the head moves and the rows follow. Its text is the same for any number
/// of rows.
const APPEND: &str = "\
WITH h AS (UPDATE activity_shard SET head = head + $2 WHERE shard = $1 RETURNING head), \
w AS (INSERT INTO activity (shard, position, id, kind, aggregate, home, actor, visibility, payload, \
counts, source, traceparent, happened_at, recorded_at) \
SELECT $1, h.head - $2 + e.n, (e.row ->> 'id')::uuid, e.row ->> 'kind', \
(e.row ->> 'aggregate')::uuid, (e.row ->> 'home')::uuid, (e.row ->> 'actor')::uuid, \
e.row ->> 'visibility', e.row ->> 'payload', e.row ->> 'counts', $4, $5, \
(e.row ->> 'happened_at')::bigint, $6 \
FROM h, json_array_elements($3::json) WITH ORDINALITY AS e(row, n)) \
SELECT head FROM h";

const APPEND_SQLITE: &str = "\
INSERT INTO activity (shard, position, id, kind, aggregate, home, actor, visibility, payload, \
counts, source, traceparent, happened_at, recorded_at) \
SELECT $1, $2 + e.key + 1, unhex(replace(e.value ->> 'id', '-', '')), e.value ->> 'kind', \
unhex(replace(e.value ->> 'aggregate', '-', '')), unhex(replace(e.value ->> 'home', '-', '')), \
unhex(replace(e.value ->> 'actor', '-', '')), e.value ->> 'visibility', e.value ->> 'payload', \
e.value ->> 'counts', $4, $5, e.value ->> 'happened_at', $6 FROM json_each($3) AS e";

/// The values of both statements from `$3` on.
fn columns(
    rows: &[&Row<'_>],
    source: &str,
    now: Timestamp,
    traceparent: Option<&str>,
) -> [Value; 4] {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "id": row.id,
                "kind": row.record.kind,
                "aggregate": row.record.aggregate,
                "home": row.record.home,
                "actor": row.record.actor.map(|person| person.0),
                "visibility": row.record.visibility,
                "payload": row.record.payload,
                "counts": row.counts,
                "happened_at": row.record.at.0,
            })
        })
        .collect();
    let json = serde_json::Value::from(rows).to_string();
    [
        json.into(),
        source.into(),
        traceparent.map(str::to_owned).into(),
        now.0.into(),
    ]
}

fn head(row: Option<sea_orm::QueryResult>) -> Result<i64> {
    let row = row.ok_or_else(|| Error::internal("the log has no such shard"))?;
    Ok(row.try_get("", "head")?)
}

impl Journal for Log {
    fn write<'a>(
        &'a self,
        txn: &'a Txn,
        records: &'a [Record],
        traceparent: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<Place>>> {
        self.append(txn, records, traceparent).boxed()
    }

    fn committed(&self, places: &[Place]) {
        self.heads.saw(places.iter().copied());
    }
}
