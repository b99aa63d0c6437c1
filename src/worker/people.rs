//! Tells the log of suspensions whose time is over.

use std::time::Duration;

use crate::{people::commands::end_suspensions, platform::Platform};

const PAUSE: Duration = Duration::from_secs(1);

/// Looks once a second, for ever.
pub(super) async fn run(p: Platform) {
    loop {
        match end_suspensions(&p).await {
            Ok(0) => {}
            Ok(seen) => tracing::info!(seen, "Suspensions that are over were looked at."),
            Err(error) => {
                tracing::warn!(%error, "Suspensions could not be looked at; the next time.");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
