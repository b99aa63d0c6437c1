//! Mails the letters that accounts ask for.

use std::time::Duration;

use crate::{accounts::commands::deliver_due, platform::Platform};

const PAUSE: Duration = Duration::from_secs(1);

/// Looks once a second, for ever.
pub(super) async fn run(p: Platform) {
    loop {
        if let Err(error) = deliver_due(&p).await {
            tracing::warn!(%error, "Letters could not be looked at; the next time.");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
