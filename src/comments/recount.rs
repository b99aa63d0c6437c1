//! What the counters and scores of comments should be, and how scores are kept.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ConnectionTrait, Statement};

use crate::{
    counters::{
        Counter, Deltas, Fold,
        recount::{Proof, Truth},
    },
    error::Result,
    platform::db::Txn,
};

/// Living comments of every depth for a post, living direct replies for a comment.
pub const TRUTHS: [Truth; 2] = [
    Truth {
        counter: Counter::Comments,
        sql: "SELECT post_id AS subject_id, COUNT(*) AS value FROM comment \
              WHERE deleted_at IS NULL AND is_counted GROUP BY post_id",
    },
    Truth {
        counter: Counter::Replies,
        sql: "SELECT parent_id AS subject_id, COUNT(*) AS value FROM comment \
              WHERE deleted_at IS NULL AND is_counted AND parent_id IS NOT NULL GROUP BY parent_id",
    },
];

/// A comment's score is its number of reactions.
const SCORE: &str = "(SELECT COUNT(*) FROM reaction r WHERE r.subject_id = comment.id)";

/// Every score is the number of the comment's reactions.
pub const SCORES: Proof = Proof {
    name: "SCORES",
    prove: mend,
};

fn mend(txn: &Txn) -> BoxFuture<'_, Result<u64>> {
    async move {
        let sql = format!("UPDATE comment SET score = {SCORE} WHERE score <> {SCORE}");
        let done = txn.execute_raw(Statement::from_string(txn.backend(), sql));
        Ok(done.await?.rows_affected())
    }
    .boxed()
}

/// Adds reactions to the scores of comments.
pub struct Scores;

impl Fold for Scores {
    fn fold<'a>(&'a self, txn: &'a Txn, deltas: &'a Deltas) -> BoxFuture<'a, Result<()>> {
        async move {
            // Of posts, too: their ids are no comment's.
            let reactions = |kind| (kind == Counter::Reactions.name()).then_some(kind);
            let Some((rows, values)) = deltas.rows(txn.backend(), reactions) else {
                return Ok(());
            };
            let sql = format!(
                "UPDATE comment SET score = score + d.delta FROM {rows} AS d \
                 WHERE comment.id = d.subject_id"
            );
            txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, [values]))
                .await?;
            Ok(())
        }
        .boxed()
    }
}
