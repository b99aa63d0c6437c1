//! What the counters and scores of comments should be.

use sea_orm::{ConnectionTrait, Statement};

use crate::{
    counters::{Counter, recount::Truth},
    error::Result,
    ids::CommentId,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Living comments of every depth for a post, living direct replies for a comment.
pub const TRUTHS: [Truth; 2] = [
    Truth {
        counter: Counter::Comments,
        sql: "SELECT post_id AS subject_id, COUNT(*) AS value FROM comment \
              WHERE deleted_at IS NULL GROUP BY post_id",
    },
    Truth {
        counter: Counter::Replies,
        sql: "SELECT parent_id AS subject_id, COUNT(*) AS value FROM comment \
              WHERE deleted_at IS NULL AND parent_id IS NOT NULL GROUP BY parent_id",
    },
];

/// A comment's score is its number of reactions.
const SCORE: &str = "(SELECT COUNT(*) FROM reaction r WHERE r.subject_id = comment.id)";

/// Writes every score at once. For a database that nobody else writes.
pub async fn fill(txn: &Txn) -> Result<()> {
    let sql = format!("UPDATE comment SET score = {SCORE}");
    txn.execute_raw(Statement::from_string(txn.backend(), sql))
        .await?;
    Ok(())
}

/// Compares every score with the reactions, beside running writers. Returns how many were wrong
/// and have been put right.
pub async fn prove(p: &Platform) -> Result<u64> {
    let suspects = format!("SELECT id FROM comment WHERE score <> {SCORE}");
    let suspects = Statement::from_string(p.db.backend(), suspects);
    let mut wrong = 0;
    for row in p.db.background().query_all_raw(suspects).await? {
        let id: CommentId = row.try_get("", "id")?;
        wrong +=
            p.db.write_txn(Lane::Background, |txn| async move { mend(&txn, id).await })
                .await?;
    }
    Ok(wrong)
}

/// Whoever reacts holds the comment's row until they commit: with it in hand the count is exact.
async fn mend(txn: &Txn, id: CommentId) -> Result<u64> {
    let hold = "UPDATE comment SET score = score WHERE id = $1".to_owned();
    let set = format!("UPDATE comment SET score = {SCORE} WHERE id = $1 AND score <> {SCORE}");
    let mut changed = 0;
    for sql in [hold, set] {
        let statement = Statement::from_sql_and_values(txn.backend(), sql, [id.into()]);
        changed = txn.execute_raw(statement).await?.rows_affected();
    }
    Ok(changed)
}
