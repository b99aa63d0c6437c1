//! Proves counters from the tables, and mends those that are wrong.

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::{Counter, Deltas};
use crate::{
    error::Result,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// What a counter should be: a SELECT of `subject_id` and `value` (BIGINT) for every subject whose
/// number is not zero.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    pub counter: Counter,
    pub sql: &'static str,
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

/// Compares every counter of `truth` with the tables, beside running writers. Returns the
/// subjects whose number was wrong and has been put right.
pub async fn prove(p: &Platform, truth: Truth) -> Result<Vec<Uuid>> {
    let suspects = suspects(p, truth).await?;
    let mut wrong = Vec::new();
    for subject in suspects {
        let mended = p.db.write_txn(Lane::Background, |txn| async move {
            mend(&txn, truth, subject).await
        });
        if mended.await? {
            wrong.push(subject);
        }
    }
    Ok(wrong)
}

/// Subjects whose number looks wrong. Writers may be under way, so each is looked at again.
async fn suspects(p: &Platform, truth: Truth) -> Result<Vec<Uuid>> {
    let (kind, sql) = (truth.counter.name(), truth.sql);
    let both = [
        format!(
            "SELECT t.subject_id FROM ({sql}) t WHERE t.value <> COALESCE((SELECT c.value FROM \
             counter c WHERE c.subject_id = t.subject_id AND c.kind = '{kind}'), 0)"
        ),
        format!(
            "SELECT c.subject_id FROM counter c WHERE c.kind = '{kind}' AND c.value <> 0 \
             AND c.subject_id NOT IN (SELECT t.subject_id FROM ({sql}) t)"
        ),
    ];
    let mut subjects = Vec::new();
    for sql in both {
        let statement = Statement::from_string(p.db.backend(), sql);
        for row in p.db.background().query_all_raw(statement).await? {
            subjects.push(row.try_get("", "subject_id")?);
        }
    }
    Ok(subjects)
}

/// Holds the counter's row, so that whoever changes the truth waits or has committed, then counts.
async fn mend(txn: &Txn, truth: Truth, subject: Uuid) -> Result<bool> {
    let kind = truth.counter.name();
    let hold = "INSERT INTO counter (subject_id, kind, value) VALUES ($1, $2, 0) \
                ON CONFLICT (subject_id, kind) DO UPDATE SET value = counter.value RETURNING value";
    let hold = Statement::from_sql_and_values(txn.backend(), hold, [subject.into(), kind.into()]);
    let stored: i64 = match txn.query_one_raw(hold).await? {
        Some(row) => row.try_get("", "value")?,
        None => 0,
    };
    let count = format!(
        "SELECT t.value AS value FROM ({}) t WHERE t.subject_id = $1",
        truth.sql
    );
    let count = Statement::from_sql_and_values(txn.backend(), count, [subject.into()]);
    let counted: i64 = match txn.query_one_raw(count).await? {
        Some(row) => row.try_get("", "value")?,
        None => 0,
    };
    let mut deltas = Deltas::default();
    deltas.add(subject, truth.counter, counted - stored);
    deltas.write(txn).await?;
    Ok(counted != stored)
}
