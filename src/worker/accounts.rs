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
    loop {
        let forgotten = forget_expired_returns(&p).await;
        tell("Sign-ins that nobody ended were forgotten", forgotten);
        tell("Tokens that had run out were removed", sweep(&p).await);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Seals with the present key what is sealed with the one before. For whoever has these keys: a
/// worker beside the servers has not.
pub async fn seal_anew(p: Platform) {
    while !tell("Secrets were sealed with the present key", reseal(&p).await) {
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether it was done.
fn tell(what: &str, done: Result<u64>) -> bool {
    match done {
        Ok(0) => {}
        Ok(number) => tracing::info!(number, "{what}."),
        Err(ref error) => tracing::warn!(%error, "{what}: not yet, it failed; the next time."),
    }
    done.is_ok()
}
