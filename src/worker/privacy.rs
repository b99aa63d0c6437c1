//! Writes the copies of people's data that were asked for, removes old ones, and erases accounts when
//! their time comes.

use std::time::Duration;

use crate::{
    error::Result,
    personal::PersonalData,
    platform::{Platform, store::Store},
    privacy::{erasure::erase_due, writing::work},
};

/// How often it is looked for copies, and for accounts.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];

/// Looks for copies, for ever.
pub(super) async fn copies(p: Platform, store: Store, personal: Vec<&'static dyn PersonalData>) {
    loop {
        tell("Copies of people's data", work(&p, &store, &personal).await);
        tokio::time::sleep(PAUSES[0]).await;
    }
}

/// Looks for accounts, for ever.
pub(super) async fn erasures(p: Platform, personal: Vec<&'static dyn PersonalData>) {
    loop {
        tell("Accounts to erase", erase_due(&p, &personal).await);
        tokio::time::sleep(PAUSES[1]).await;
    }
}

fn tell(what: &str, done: Result<usize>) {
    match done {
        Ok(0) => {}
        Ok(seen) => tracing::info!(seen, "{what} were looked after."),
        Err(error) => tracing::warn!(%error, "{what} could not be looked after; the next time."),
    }
}
