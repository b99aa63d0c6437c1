//! Marks: a row stands in public numbers while it is marked as counted.
//!
//! Whoever makes a row marks it and counts it. It is counted no more while its person is suspended
//! or about to be erased (R33): a consumer further up turns the marks of all their rows, in chunks,
//! and takes as much off the numbers. Whoever takes a row away counts down only what is marked, so
//! nothing is counted off twice.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::Deltas;
use crate::{error::Result, platform::db::Txn};

/// Rows of one domain that are marked.
pub trait Marked: Send + Sync {
    /// Makes at most `room` rows of `person` agree with how that person stands now, adds what that
    /// changes to `deltas`, and says how many did not agree.
    fn align<'a>(
        &'a self,
        txn: &'a Txn,
        person: Uuid,
        room: usize,
        deltas: &'a mut Deltas,
    ) -> BoxFuture<'a, Result<usize>>;
}

/// What a mark that was turned adds.
pub fn delta(is_counted: bool) -> i64 {
    if is_counted { 1 } else { -1 }
}

/// The person in the table `alias` stands: they are neither suspended nor about to be erased, as
/// the log has told. SQL.
pub fn stands(alias: &str) -> String {
    format!("({alias}.deleted_at IS NULL AND NOT {alias}.is_suspended)")
}
