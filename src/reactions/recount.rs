//! What the counters of reactions should be, groups and scores included.

use sea_orm::{ConnectionTrait, Statement};

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

/// Writes every group and score at once. For a database that nobody else writes.
pub async fn fill(txn: &Txn) -> Result<()> {
    let groups = format!(
        "INSERT INTO reaction_group (subject_id, emoji, count, first_at) \
         SELECT t.subject_id, t.emoji, t.n, t.first_at FROM ({GROUPS}) t WHERE TRUE \
         ON CONFLICT (subject_id, emoji) DO UPDATE SET count = excluded.count"
    );
    let scores = "UPDATE comment SET score = (SELECT COUNT(*) FROM reaction r \
                  WHERE r.subject_id = comment.id)";
    for sql in [groups, scores.to_owned()] {
        txn.execute_raw(Statement::from_string(txn.backend(), sql))
            .await?;
    }
    Ok(())
}

/// Puts right every group and every comment's score that differs from the reactions, or is missing,
/// beside running writers: the rows are held, then counted. Returns how many were wrong.
pub async fn prove(p: &Platform) -> Result<u64> {
    // Each UPDATE counts anew for the rows that it has locked; a writer who is under way holds
    // its row, so the count that decides is made after it has committed.
    let groups = "UPDATE reaction_group SET count = (SELECT COUNT(*) FROM reaction r \
                  WHERE r.subject_id = reaction_group.subject_id AND r.emoji = reaction_group.emoji) \
                  WHERE count <> (SELECT COUNT(*) FROM reaction r \
                  WHERE r.subject_id = reaction_group.subject_id AND r.emoji = reaction_group.emoji)";
    let missing = format!(
        "INSERT INTO reaction_group (subject_id, emoji, count, first_at) \
         SELECT t.subject_id, t.emoji, t.n, t.first_at FROM ({GROUPS}) t WHERE NOT EXISTS \
         (SELECT 1 FROM reaction_group g WHERE g.subject_id = t.subject_id AND g.emoji = t.emoji)"
    );
    let scores = "UPDATE comment SET score = (SELECT COUNT(*) FROM reaction r \
                  WHERE r.subject_id = comment.id) WHERE score <> (SELECT COUNT(*) FROM reaction r \
                  WHERE r.subject_id = comment.id)";
    let mut wrong = 0;
    for sql in [groups, &missing, scores] {
        wrong +=
            p.db.write_txn(Lane::Background, |txn| async move {
                let lock = match txn.backend() {
                    sea_orm::DbBackend::Postgres => Some("LOCK TABLE reaction IN SHARE MODE"),
                    _ => None,
                };
                if let Some(lock) = lock {
                    txn.execute_raw(Statement::from_string(txn.backend(), lock))
                        .await?;
                }
                let done = txn
                    .execute_raw(Statement::from_string(txn.backend(), sql))
                    .await?;
                Ok(done.rows_affected())
            })
            .await?;
    }
    Ok(wrong)
}
