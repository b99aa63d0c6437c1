//! Proves counters from the tables, and mends those that are wrong.
//!
//! Tables, log and counters are looked at in one snapshot: what the consumer has not folded yet is
//! folded first, in the same transaction. So a number is found wrong only if it is.

use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::{Counter, Counters, Deltas};
use crate::{
    activity::{positions, reading},
    error::Result,
    platform::db::{Db, Lane, Place, Txn},
};

/// What a counter should be: a SELECT of `subject_id` and `value` (BIGINT) for every subject whose
/// number is not zero.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub counter: Counter,
    pub sql: &'static str,
}

/// Proves what a domain derives besides: mends what is wrong, and says how many rows were.
#[derive(Clone, Copy)]
pub struct Proof {
    pub name: &'static str,
    pub prove: for<'a> fn(&'a Txn) -> BoxFuture<'a, Result<u64>>,
}

/// Everything that is counted.
#[derive(Clone, Default)]
pub struct Truths {
    /// Rows that counters are counted from: proven first.
    pub marks: Vec<Proof>,
    pub counters: Vec<Truth>,
    pub others: Vec<Proof>,
}

/// Writes every counter of `truth` at once. For a database that nobody else writes.
pub async fn fill(txn: &Txn, truth: Truth) -> Result<()> {
    let sql = format!(
        "INSERT INTO counter (subject_id, kind, value) \
         SELECT t.subject_id, '{}', t.value FROM ({}) t WHERE TRUE \
         ON CONFLICT (subject_id, kind) DO UPDATE SET value = excluded.value",
        truth.counter.name(),
        truth.sql
    );
    txn.execute_raw(Statement::from_string(txn.backend(), sql))
        .await?;
    Ok(())
}

/// Compares every number with the tables, beside running writers and consumers, and puts right
/// what is wrong. Returns how many were, by name.
pub async fn prove(
    db: &Db,
    counters: &Counters,
    truths: &Truths,
) -> Result<Vec<(&'static str, u64)>> {
    positions::take_away(db, Counters::NAME).await?;
    db.write_txn(Lane::Snapshot, |txn| async move {
        catch_up(&txn, counters).await?;
        let mut wrong = Vec::new();
        for proof in &truths.marks {
            wrong.push((proof.name, (proof.prove)(&txn).await?));
        }
        for truth in &truths.counters {
            wrong.push((truth.counter.name(), mend(&txn, *truth).await?));
        }
        for proof in &truths.others {
            wrong.push((proof.name, (proof.prove)(&txn).await?));
        }
        Ok(wrong)
    })
    .await
}

/// Folds everything that this snapshot holds and the consumer has not come to.
async fn catch_up(txn: &Txn, counters: &Counters) -> Result<()> {
    const BATCH: u64 = 5_000;
    let behind = positions::of(&**txn, Counters::NAME).await?;
    positions::jump(txn, Counters::NAME).await?;
    for held in behind {
        let mut after = Place {
            shard: held.shard,
            position: held.position,
        };
        loop {
            let run = reading::run(&**txn, after, &reading::Interest::Counted, BATCH).await?;
            let Some(last) = run.last() else { break };
            after.position = last.position;
            counters.add_up(txn, &run).await?;
        }
    }
    Ok(())
}

/// Puts right the numbers of one counter, and says how many were wrong.
async fn mend(txn: &Txn, truth: Truth) -> Result<u64> {
    let (kind, sql) = (truth.counter.name(), truth.sql);
    let wrong = format!(
        "SELECT t.subject_id, t.value - COALESCE(c.value, 0) AS delta FROM ({sql}) t \
         LEFT JOIN counter c ON c.subject_id = t.subject_id AND c.kind = '{kind}' \
         WHERE t.value <> COALESCE(c.value, 0) \
         UNION ALL SELECT c.subject_id, -c.value FROM counter c WHERE c.kind = '{kind}' \
         AND c.value <> 0 AND c.subject_id NOT IN (SELECT t.subject_id FROM ({sql}) t)"
    );
    let mut deltas = Deltas::default();
    let mut count = 0;
    let wrong = Statement::from_string(txn.backend(), wrong);
    for row in txn.query_all_raw(wrong).await? {
        let subject: Uuid = row.try_get("", "subject_id")?;
        deltas.add(subject, truth.counter, row.try_get("", "delta")?);
        count += 1;
    }
    deltas.write(txn).await?;
    Ok(count)
}
