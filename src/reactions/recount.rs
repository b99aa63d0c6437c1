//! What the counters and groups of reactions should be, and how groups are kept.

use crate::{
    counters::{
        Counter, Deltas, Fold,
        recount::{Proof, Truth},
    },
    error::Result,
    platform::db::Txn,
    reactions::GROUP,
};
use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ConnectionTrait, Statement};

/// All reactions on a subject.
pub const TRUTHS: [Truth; 1] = [Truth {
    counter: Counter::Reactions,
    sql: "SELECT subject_id, COUNT(*) AS value FROM reaction WHERE is_counted GROUP BY subject_id",
}];

const GROUPS: &str = "SELECT subject_id, emoji, COUNT(*) AS n, MIN(created_at) AS first_at \
                      FROM reaction WHERE is_counted GROUP BY subject_id, emoji";

/// Every group is its number of reactions, since the oldest of them.
pub const GROUPS_PROOF: Proof = Proof {
    name: "GROUPS",
    prove: mend,
};

fn mend(txn: &Txn) -> BoxFuture<'_, Result<u64>> {
    async move {
        let missing = format!(
            "INSERT INTO reaction_group (subject_id, emoji, count, first_at) \
             SELECT t.subject_id, t.emoji, t.n, t.first_at FROM ({GROUPS}) t \
             LEFT JOIN reaction_group g ON g.subject_id = t.subject_id AND g.emoji = t.emoji \
             WHERE g.count IS NULL OR g.count <> t.n OR g.first_at <> t.first_at \
             ON CONFLICT (subject_id, emoji) \
             DO UPDATE SET count = excluded.count, first_at = excluded.first_at"
        );
        let empty = "UPDATE reaction_group SET count = 0 WHERE count <> 0 AND NOT EXISTS \
                     (SELECT 1 FROM reaction r WHERE r.subject_id = reaction_group.subject_id \
                     AND r.emoji = reaction_group.emoji AND r.is_counted)"
            .to_owned();
        let mut wrong = 0;
        for sql in [missing, empty] {
            let done = txn.execute_raw(Statement::from_string(txn.backend(), sql));
            wrong += done.await?.rows_affected();
        }
        Ok(wrong)
    }
    .boxed()
}

/// Adds reactions to the groups of their emoji.
pub struct Groups;

impl Fold for Groups {
    /// A group's age is looked up, not added: it is that of its oldest reaction, whatever was
    /// taken back before.
    fn fold<'a>(&'a self, txn: &'a Txn, deltas: &'a Deltas) -> BoxFuture<'a, Result<()>> {
        async move {
            let emoji = |kind: &'a str| kind.strip_prefix(GROUP);
            let Some((rows, values)) = deltas.rows(txn.backend(), emoji) else {
                return Ok(());
            };
            let sql = format!(
                "INSERT INTO reaction_group (subject_id, emoji, count, first_at) \
                 SELECT d.subject_id, d.name, d.delta, COALESCE((SELECT MIN(r.created_at) \
                 FROM reaction r WHERE r.subject_id = d.subject_id AND r.emoji = d.name \
                 AND r.is_counted), 0) \
                 FROM {rows} AS d WHERE TRUE ON CONFLICT (subject_id, emoji) DO UPDATE SET \
                 count = reaction_group.count + excluded.count, first_at = excluded.first_at"
            );
            txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, [values]))
                .await?;
            Ok(())
        }
        .boxed()
    }
}
