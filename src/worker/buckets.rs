//! Takes buckets of limits out of the database that are full again.

use std::time::Duration;

use crate::platform::Platform;

const PAUSE: Duration = Duration::from_secs(60);

/// Sweeps once a minute, for ever.
pub(super) async fn run(p: Platform) {
    loop {
        if let Err(error) = p.limiter.sweep(&p.db, p.now()).await {
            tracing::warn!(%error, "The buckets of limits could not be swept.");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
