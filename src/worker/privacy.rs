//! Erases accounts when their time comes.

use std::time::Duration;

use crate::{
    platform::Platform,
    privacy::erasure::{Domains, erase_due},
};

const PAUSE: Duration = Duration::from_secs(10);

/// Looks every ten seconds, for ever.
pub(super) async fn run(p: Platform, domains: &'static Domains) {
    loop {
        match erase_due(&p, domains).await {
            Ok(0) => {}
            Ok(erased) => tracing::info!(erased, "Accounts were erased."),
            Err(error) => tracing::warn!(%error, "Accounts could not be erased; the next time."),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
