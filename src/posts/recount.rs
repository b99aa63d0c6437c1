//! What the counters of posts should be.

use super::marks::{IS_TAG_COUNTED, is_counted};
use crate::{
    counters::{
        Counter,
        recount::{Proof, Truth},
    },
    people::recount::mend,
};

/// Posts are marked while they are counted, and hashtags under them.
pub const MARKS: [Proof; 2] = [
    Proof {
        name: "POST MARKS",
        prove: |txn| mend(txn, post_marks()),
    },
    Proof {
        name: "HASHTAGS",
        prove: |txn| mend(txn, hashtag_marks()),
    },
];

fn post_marks() -> String {
    let is_counted = is_counted();
    format!(
        "UPDATE post SET is_counted = NOT is_counted WHERE deleted_at IS NULL AND EXISTS \
         (SELECT 1 FROM post p JOIN person a ON a.id = p.author_id WHERE p.id = post.id \
         AND p.is_counted <> {is_counted})"
    )
}

fn hashtag_marks() -> String {
    format!(
        "UPDATE post_hashtag SET is_counted = NOT is_counted WHERE EXISTS (SELECT 1 \
         FROM post_hashtag h JOIN post p ON p.id = h.post_id JOIN person a ON a.id = p.author_id \
         WHERE h.post_id = post_hashtag.post_id AND h.hashtag_id = post_hashtag.hashtag_id \
         AND h.is_counted <> {IS_TAG_COUNTED})"
    )
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
              WHERE repost_of_id IS NOT NULL AND deleted_at IS NULL AND is_counted \
              GROUP BY repost_of_id",
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
