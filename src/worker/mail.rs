//! Mails the letters that accounts ask for, and removes their tokens that have run out.

use std::time::Duration;

use crate::{
    accounts::commands::{deliver_due, sweep},
    platform::Platform,
};

const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked for what has run out.
const SWEEP: Duration = Duration::from_secs(60);

/// Looks once a second, for ever.
pub(super) async fn run(p: Platform) {
    loop {
        if let Err(error) = deliver_due(&p).await {
            tracing::warn!(%error, "Letters could not be looked at; the next time.");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Removes what has run out, for ever.
pub(super) async fn run_sweep(p: Platform) {
    loop {
        match sweep(&p).await {
            Ok(0) => tokio::time::sleep(SWEEP).await,
            Ok(removed) => tracing::info!(removed, "Tokens that had run out were removed."),
            Err(error) => {
                tracing::warn!(%error, "Tokens could not be removed; the next time.");
                tokio::time::sleep(SWEEP).await;
            }
        }
    }
}
