//! Tidies up behind people who sign in, and brings secrets under the present key.

use std::time::Duration;

use crate::{
    accounts::commands::{forget_expired_returns, reseal, sweep},
    error::Result,
    platform::Platform,
};

const PAUSE: Duration = Duration::from_secs(60);

/// Looks once a minute, for ever.
pub(super) async fn run(p: Platform) {
    let mut is_sealed = false;
    loop {
        if !is_sealed {
            // Keys change at a start only.
            is_sealed = tell("Secrets were sealed with the present key", reseal(&p).await);
        }
        tell(
            "Sign-ins that nobody ended were forgotten",
            forget_expired_returns(&p).await,
        );
        tell("Tokens that had run out were removed", sweep(&p).await);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether it was done.
fn tell(what: &str, done: Result<u64>) -> bool {
    match done {
        Ok(0) => true,
        Ok(number) => {
            tracing::info!(number, "{what}.");
            true
        }
        Err(error) => {
            tracing::warn!(%error, "{what}: not yet, it failed; the next time.");
            false
        }
    }
}
