//! What the counters of posts should be.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ConnectionTrait, Statement};

use super::consumers::HASHTAG_PRIVACY;
use crate::{
    counters::{
        Counter,
        recount::{Proof, Truth},
    },
    error::Result,
    platform::db::Txn,
};

/// A hashtag counts PUBLIC posts of public accounts. Posts that are deleted have no hashtags.
/// Proven where the consumer that keeps the marks is at rest: one that is behind is not wrong.
pub const MARKS: Proof = Proof {
    name: "HASHTAGS",
    prove: mend_marks,
};

fn mend_marks(txn: &Txn) -> BoxFuture<'_, Result<u64>> {
    async move {
        let behind = "SELECT 1 FROM activity_consumer c JOIN activity_shard s ON s.shard = c.shard \
                      WHERE c.name = $1 AND c.position < s.head";
        let name = [HASHTAG_PRIVACY.into()];
        let behind = Statement::from_sql_and_values(txn.backend(), behind, name);
        if txn.query_one_raw(behind).await?.is_some() {
            return Ok(0);
        }
        let is_counted = "(is_public AND EXISTS (SELECT 1 FROM post JOIN person \
                          ON person.id = post.author_id WHERE post.id = post_hashtag.post_id \
                          AND post.is_counted AND NOT person.is_private))";
        let sql = format!(
            "UPDATE post_hashtag SET is_counted = {is_counted} WHERE is_counted <> {is_counted}"
        );
        let done = txn.execute_raw(Statement::from_string(txn.backend(), sql));
        Ok(done.await?.rows_affected())
    }
    .boxed()
}

/// Living posts and reposts of every level for a person, those marked as counted for a hashtag;
/// living reposts and quotes of every level for a post; who voted in its poll, and who chose each
/// option.
pub const TRUTHS: [Truth; 4] = [
    Truth {
        counter: Counter::Posts,
        sql: "SELECT author_id AS subject_id, COUNT(*) AS value FROM post \
              WHERE deleted_at IS NULL AND is_counted GROUP BY author_id \
              UNION ALL SELECT hashtag_id, COUNT(*) FROM post_hashtag \
              WHERE is_counted GROUP BY hashtag_id",
    },
    Truth {
        counter: Counter::Reposts,
        sql: "SELECT repost_of_id AS subject_id, COUNT(*) AS value FROM post \
              WHERE repost_of_id IS NOT NULL AND deleted_at IS NULL AND is_counted GROUP BY repost_of_id",
    },
    Truth {
        counter: Counter::Quotes,
        sql: "SELECT quote_of_id AS subject_id, COUNT(*) AS value FROM post \
              WHERE quote_of_id IS NOT NULL AND deleted_at IS NULL AND is_counted GROUP BY quote_of_id",
    },
    Truth {
        counter: Counter::Votes,
        sql: "SELECT post_id AS subject_id, COUNT(*) AS value FROM poll_vote GROUP BY post_id \
              UNION ALL SELECT o.id, COUNT(*) FROM poll_option o JOIN poll_vote v \
              ON v.post_id = o.post_id WHERE ((v.choices >> o.position) & 1) = 1 GROUP BY o.id",
    },
];
