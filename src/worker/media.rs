//! Takes away what uploads have left behind.

use std::time::Duration;

use crate::{
    media::sweep::sweep,
    platform::{Platform, store::Store},
};

const PAUSE: Duration = Duration::from_secs(60);

/// Makes the bucket if it is missing, then sweeps once a minute, for ever.
pub(super) async fn run(p: Platform, store: Store) {
    prepare(&store).await;
    loop {
        match sweep(&p, &store).await {
            Ok(0) => {}
            Ok(seen) => tracing::info!(seen, "Uploads were swept."),
            Err(error) => tracing::warn!(%error, "Uploads could not be swept; the next time."),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A store that does not answer yet is asked again.
async fn prepare(store: &Store) {
    loop {
        let prepared = store.prepare(&[]).await;
        let said = prepared.said.join(" ");
        if prepared.is_ready {
            if !said.is_empty() {
                tracing::info!("{said}");
            }
            return;
        }
        tracing::warn!("{said} Media wait; it is asked again in a minute.");
        tokio::time::sleep(PAUSE).await;
    }
}
