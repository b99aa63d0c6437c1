//! Tidies up behind people who sign in, and brings secrets under the present key.

use std::time::Duration;

use crate::{
    accounts::commands::{forget_expired_returns, reseal},
    platform::Platform,
};

const PAUSE: Duration = Duration::from_secs(60);

/// Looks once a minute, for ever.
pub(super) async fn run(p: Platform) {
    loop {
        match reseal(&p).await {
            Ok(0) => {}
            Ok(done) => tracing::info!(done, "Secrets were sealed with the present key."),
            Err(error) => tracing::warn!(%error, "Secrets could not be sealed anew."),
        }
        if let Err(error) = forget_expired_returns(&p).await {
            tracing::warn!(%error, "Sign-ins that nobody ended could not be forgotten.");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
