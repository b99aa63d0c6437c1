//! What the counters of comments should be.

use crate::counters::{Counter, recount::Truth};

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
