//! What the counters of posts should be.

use crate::counters::{Counter, recount::Truth};

/// Living posts of every level for a person, PUBLIC ones for a hashtag.
pub const TRUTHS: [Truth; 1] = [Truth {
    counter: Counter::Posts,
    sql: "SELECT author_id AS subject_id, COUNT(*) AS value FROM post \
          WHERE deleted_at IS NULL GROUP BY author_id \
          UNION ALL SELECT h.hashtag_id, COUNT(*) FROM post_hashtag h JOIN post p ON p.id = h.post_id \
          WHERE p.deleted_at IS NULL AND p.visibility = 'PUBLIC' GROUP BY h.hashtag_id",
}];
