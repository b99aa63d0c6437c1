//! What the counters and groups of reactions should be.

use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::{
    counters::{Counter, recount::Truth},
    error::Result,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// All reactions on a subject.
pub const TRUTHS: [Truth; 1] = [Truth {
    counter: Counter::Reactions,
    sql: "SELECT subject_id, COUNT(*) AS value FROM reaction GROUP BY subject_id",
}];

const GROUPS: &str = "SELECT subject_id, emoji, COUNT(*) AS n, MIN(created_at) AS first_at \
                      FROM reaction GROUP BY subject_id, emoji";

/// Writes every group at once. For a database that nobody else writes.
pub async fn fill(txn: &Txn) -> Result<()> {
    let sql = format!(
        "INSERT INTO reaction_group (subject_id, emoji, count, first_at) \
         SELECT t.subject_id, t.emoji, t.n, t.first_at FROM ({GROUPS}) t WHERE TRUE \
         ON CONFLICT (subject_id, emoji) DO UPDATE SET count = excluded.count"
    );
    txn.execute_raw(Statement::from_string(txn.backend(), sql))
        .await?;
    Ok(())
}

/// Compares every group with the reactions, beside running writers. Returns how many were wrong
/// or missing and have been put right.
pub async fn prove(p: &Platform) -> Result<u64> {
    let suspects = format!(
        "SELECT t.subject_id, t.emoji FROM ({GROUPS}) t WHERE t.n <> COALESCE((SELECT g.count \
         FROM reaction_group g WHERE g.subject_id = t.subject_id AND g.emoji = t.emoji), 0) \
         UNION SELECT g.subject_id, g.emoji FROM reaction_group g WHERE g.count <> 0 AND NOT EXISTS \
         (SELECT 1 FROM reaction r WHERE r.subject_id = g.subject_id AND r.emoji = g.emoji)"
    );
    let statement = Statement::from_string(p.db.backend(), suspects);
    let mut wrong = 0;
    for row in p.db.background().query_all_raw(statement).await? {
        let (subject, emoji): (Uuid, String) =
            (row.try_get("", "subject_id")?, row.try_get("", "emoji")?);
        let emoji = emoji.as_str();
        let mended = p.db.write_txn(Lane::Background, |txn| async move {
            mend(&txn, subject, emoji).await
        });
        wrong += u64::from(mended.await?);
    }
    Ok(wrong)
}

/// Holds the group's row, so that whoever reacts waits or has committed, then counts.
async fn mend(txn: &Txn, subject: Uuid, emoji: &str) -> Result<bool> {
    let key = || [subject.into(), emoji.into()];
    let hold = "INSERT INTO reaction_group (subject_id, emoji, count, first_at) \
                VALUES ($1, $2, 0, 0) ON CONFLICT (subject_id, emoji) \
                DO UPDATE SET count = reaction_group.count RETURNING count";
    let hold = Statement::from_sql_and_values(txn.backend(), hold, key());
    let stored: i64 = match txn.query_one_raw(hold).await? {
        Some(row) => row.try_get("", "count")?,
        None => 0,
    };
    let count = "SELECT COUNT(*) AS n, COALESCE(MIN(created_at), 0) AS first_at FROM reaction \
                 WHERE subject_id = $1 AND emoji = $2";
    let count = Statement::from_sql_and_values(txn.backend(), count, key());
    let Some(row) = txn.query_one_raw(count).await? else {
        return Ok(false);
    };
    let (counted, first_at): (i64, i64) = (row.try_get("", "n")?, row.try_get("", "first_at")?);
    let set = "UPDATE reaction_group SET count = $3, first_at = $4 \
               WHERE subject_id = $1 AND emoji = $2";
    let values = [
        subject.into(),
        emoji.into(),
        counted.into(),
        first_at.into(),
    ];
    txn.execute_raw(Statement::from_sql_and_values(txn.backend(), set, values))
        .await?;
    Ok(counted != stored)
}
