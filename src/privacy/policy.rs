//! Rules of copies that need no database.

use std::time::Duration;

use super::entity::data_export::{Model, Stage};
use crate::{
    clock::Timestamp,
    error::{Error, Result},
};

/// One copy in this time.
pub const ONCE_IN: Duration = Duration::from_secs(24 * 60 * 60);
/// How often writing one is begun.
pub const MAX_ATTEMPTS: i32 = 5;
/// How long a worker may be silent before another takes its copy up.
pub const LEASE: Duration = Duration::from_secs(10 * 60);
/// How long a copy waits after the first failure; after each next one twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(60);

/// How far a copy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
#[graphql(name = "DataExportStatus")]
pub enum Status {
    /// It waits for a worker, at first or after a failure.
    Queued,
    /// It is being written.
    Running,
    /// It can be fetched by its `url`.
    Ready,
    /// It could not be written, though it was tried five times. Ask again.
    Failed,
    /// It was there, and has been removed.
    Expired,
}

/// How far `row` has come by `now`.
pub fn status(row: &Model, now: Timestamp) -> Status {
    match row.stage {
        Stage::Queued => Status::Queued,
        Stage::Running => Status::Running,
        Stage::Failed => Status::Failed,
        Stage::Ready if row.expires_at.is_some_and(|at| now < at) => Status::Ready,
        Stage::Ready => Status::Expired,
    }
}

/// Whether somebody who asked for `latest` before may ask again. One that failed does not count.
///
/// # Errors
/// RATE_LIMITED.
pub fn may_ask(latest: Option<&Model>, now: Timestamp) -> Result<()> {
    let Some(latest) = latest.filter(|latest| latest.stage != Stage::Failed) else {
        return Ok(());
    };
    let wait = latest.created_at.plus(ONCE_IN).0 - now.0;
    if wait <= 0 {
        return Ok(());
    }
    let seconds = wait.unsigned_abs().div_ceil(1_000_000);
    let say = "You have asked for a copy of your data within the last 24 hours.";
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    Err(Error::rate_limited(say, seconds))
}

/// How long a copy waits that has failed so often.
pub fn pause(attempts: i32) -> Duration {
    let before = u32::try_from(attempts - 1).unwrap_or_default();
    FIRST_PAUSE.saturating_mul(1 << before.min(10))
}
