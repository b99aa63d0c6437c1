//! What faults happen to: servers as processes, a load on them, and its judgement.

#[path = "../../it/process/cluster.rs"]
pub mod cluster;
pub mod instance;
#[expect(dead_code, reason = "tests/it uses the rest")]
#[path = "../../it/process/server.rs"]
pub mod server;
pub mod topics;
pub mod trial;
#[expect(dead_code, reason = "tests/it uses the rest")]
#[path = "../../it/process/wire.rs"]
pub mod wire;

use std::{
    future::Future,
    net::{SocketAddr, TcpListener},
    time::{Duration, Instant},
};

/// How long a test goes on with what it repeats: FAULT_SECONDS, or a little while.
pub fn length() -> Duration {
    let wanted = std::env::var("FAULT_SECONDS");
    Duration::from_secs(wanted.map_or(8, |n| n.parse().expect("a number of seconds")))
}

/// Waits until something is so, and says how long that took.
///
/// # Panics
/// Where it is not so in time.
pub async fn until<F>(what: &str, patience: Duration, is_so: impl Fn() -> F) -> Duration
where
    F: Future<Output = bool>,
{
    let begun = Instant::now();
    while !is_so().await {
        assert!(
            begun.elapsed() < patience,
            "not within {patience:?}: {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed()
}

/// An address that nobody listens on; below those that the system hands out by itself.
pub fn free_address() -> SocketAddr {
    loop {
        let address = SocketAddr::from(([127, 0, 0, 1], fastrand::u16(20_000..32_000)));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// Whether what a test needs is here. Left out where it is not: a failure with CI=true.
pub fn is_here(what: &str, found: bool) -> bool {
    if !found {
        let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!is_ci, "{what} is missing");
        eprintln!("NOT TESTED: {what} is missing");
    }
    found
}
