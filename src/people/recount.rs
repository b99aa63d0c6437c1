//! What the counters of people should be.

use crate::counters::{Counter, recount::Truth};

/// Follows count while both people live.
pub const TRUTHS: [Truth; 2] = [
    Truth {
        counter: Counter::Followers,
        sql: "SELECT f.person_id AS subject_id, COUNT(*) AS value FROM follower f \
              JOIN person a ON a.id = f.person_id AND a.deleted_at IS NULL \
              JOIN person b ON b.id = f.follower_id AND b.deleted_at IS NULL GROUP BY f.person_id",
    },
    Truth {
        counter: Counter::Following,
        sql: "SELECT f.person_id AS subject_id, COUNT(*) AS value FROM following f \
              JOIN person a ON a.id = f.person_id AND a.deleted_at IS NULL \
              JOIN person b ON b.id = f.followed_id AND b.deleted_at IS NULL GROUP BY f.person_id",
    },
];
