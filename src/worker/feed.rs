//! Keeps home feeds to their size.

use std::time::Duration;

use crate::{feed::sweep, platform::Platform};

/// Between two readers or, where there is nothing to do, some fifty of them.
const PAUSE: Duration = Duration::from_millis(500);

/// Between the last reader and the first.
const REST: Duration = Duration::from_secs(60);

/// Looks after one reader after the other, for ever.
pub(super) async fn run(p: Platform) {
    let mut after = None;
    loop {
        match sweep::step(&p, after).await {
            Ok(next) => after = next,
            Err(error) => tracing::warn!(%error, "Home feeds could not be tended; the next time."),
        }
        tokio::time::sleep(if after.is_some() { PAUSE } else { REST }).await;
    }
}
