//! Publishes drafts and tells of polls when their time comes.

use std::time::Duration;

use crate::{
    error::Result,
    platform::Platform,
    posts::commands::{close_due, publish_due},
};

const PAUSE: Duration = Duration::from_secs(1);

/// Looks once a second, for ever.
pub(super) async fn run(p: Platform) {
    loop {
        for (what, done) in [
            ("Scheduled drafts", publish_due(&p).await),
            ("Closed polls", close_due(&p).await),
        ] {
            tell(what, done);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn tell(what: &str, done: Result<usize>) {
    match done {
        Ok(0) => {}
        Ok(seen) => tracing::info!(seen, "{what} were looked at."),
        Err(error) => tracing::warn!(%error, "{what} could not be looked at; the next time."),
    }
}
