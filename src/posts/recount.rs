//! What the counters of posts should be.

use crate::counters::{Counter, recount::Truth};

/// Living posts and reposts of every level for a person, PUBLIC ones by public accounts for a
/// hashtag; living reposts and quotes of every level for a post.
pub const TRUTHS: [Truth; 3] = [
    Truth {
        counter: Counter::Posts,
        sql: "SELECT author_id AS subject_id, COUNT(*) AS value FROM post \
              WHERE deleted_at IS NULL GROUP BY author_id \
              UNION ALL SELECT h.hashtag_id, COUNT(*) FROM post_hashtag h \
              JOIN post p ON p.id = h.post_id JOIN person a ON a.id = p.author_id \
              WHERE p.deleted_at IS NULL AND p.visibility = 'PUBLIC' AND NOT a.is_private \
              GROUP BY h.hashtag_id",
    },
    Truth {
        counter: Counter::Reposts,
        sql: "SELECT repost_of_id AS subject_id, COUNT(*) AS value FROM post \
              WHERE repost_of_id IS NOT NULL AND deleted_at IS NULL GROUP BY repost_of_id",
    },
    Truth {
        counter: Counter::Quotes,
        sql: "SELECT quote_of_id AS subject_id, COUNT(*) AS value FROM post \
              WHERE quote_of_id IS NOT NULL AND deleted_at IS NULL GROUP BY quote_of_id",
    },
];
