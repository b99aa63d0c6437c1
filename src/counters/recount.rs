//! Proves counters from the tables, and mends those that are wrong.
//!
//! Tables, log and counters are looked at in one snapshot: what the consumer has not folded yet is
//! folded first, in the same transaction. So a number is found wrong only if it is.

use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait, Statement};

use super::{Counter, Counters};
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
    let differ = format!(
        "INSERT INTO counter (subject_id, kind, value) SELECT t.subject_id, '{kind}', t.value \
         FROM ({sql}) t LEFT JOIN counter c ON c.subject_id = t.subject_id AND c.kind = '{kind}' \
         WHERE t.value <> COALESCE(c.value, 0) \
         ON CONFLICT (subject_id, kind) DO UPDATE SET value = excluded.value"
    );
    let none = format!(
        "UPDATE counter SET value = 0 WHERE kind = '{kind}' AND subject_id IN \
         (SELECT c.subject_id FROM counter c LEFT JOIN ({sql}) t ON t.subject_id = c.subject_id \
         WHERE c.kind = '{kind}' AND c.value <> 0 AND t.subject_id IS NULL)"
    );
    let mut wrong = 0;
    for sql in [differ, none] {
        let done = txn.execute_raw(Statement::from_string(txn.backend(), sql));
        wrong += done.await?.rows_affected();
    }
    Ok(wrong)
}
