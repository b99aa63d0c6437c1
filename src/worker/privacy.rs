//! Writes the copies of people's data that were asked for, and removes old ones.

use std::time::Duration;

use crate::{
    personal::PersonalData,
    platform::{Platform, store::Store},
    privacy::writing::work,
};

const PAUSE: Duration = Duration::from_secs(2);

/// Looks every other second, for ever.
pub(super) async fn run(p: Platform, store: Store, personal: Vec<&'static dyn PersonalData>) {
    loop {
        match work(&p, &store, &personal).await {
            Ok(0) => {}
            Ok(seen) => tracing::info!(seen, "Copies of people's data were looked at."),
            Err(error) => tracing::warn!(%error, "Copies could not be looked at; the next time."),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
