//! What the counters of people should be.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ConnectionTrait, Statement};

use super::consumers::MARKS;
use crate::{
    counters::{
        Counter,
        recount::{Proof, Truth},
    },
    error::Result,
    platform::db::Txn,
    reactions, social,
};

/// Has `update` put marks right that are wrong, and says how many were: where the consumer that
/// turns them is at rest. One that is behind is not wrong.
pub fn mend(txn: &Txn, update: String) -> BoxFuture<'_, Result<u64>> {
    async move {
        let behind = "SELECT 1 FROM activity_consumer c JOIN activity_shard s ON s.shard = c.shard \
                      WHERE c.name = $1 AND c.position < s.head";
        let behind = Statement::from_sql_and_values(txn.backend(), behind, [MARKS.into()]);
        if txn.query_one_raw(behind).await?.is_some() {
            return Ok(0);
        }
        let done = txn.execute_raw(Statement::from_string(txn.backend(), update));
        Ok(done.await?.rows_affected())
    }
    .boxed()
}

/// Follows are marked while they are counted.
pub const FOLLOW_MARKS: Proof = Proof {
    name: "FOLLOW MARKS",
    prove: |txn| mend(txn, social::marks::wrong()),
};

/// Reactions likewise.
pub const REACTION_MARKS: Proof = Proof {
    name: "REACTION MARKS",
    prove: |txn| mend(txn, reactions::marks::wrong()),
};

/// Follows count while they are marked.
pub const TRUTHS: [Truth; 2] = [
    Truth {
        counter: Counter::Followers,
        sql: "SELECT followed_id AS subject_id, COUNT(*) AS value FROM following \
              WHERE is_counted GROUP BY followed_id",
    },
    Truth {
        counter: Counter::Following,
        sql: "SELECT person_id AS subject_id, COUNT(*) AS value FROM following \
              WHERE is_counted GROUP BY person_id",
    },
];
