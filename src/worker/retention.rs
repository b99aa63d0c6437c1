//! Takes events out of the log that are old and that every consumer has handled.

use std::time::Duration;

use crate::{activity::retention, platform::Platform};

const PAUSE: Duration = Duration::from_secs(60);

/// Cleans once a minute, for ever.
pub(super) async fn run(p: Platform, keep: Duration) {
    loop {
        match retention::clean(&p.db, p.now(), keep).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "Old events were taken out of the log."),
            Err(error) => tracing::warn!(%error, "The log could not be cleaned."),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
