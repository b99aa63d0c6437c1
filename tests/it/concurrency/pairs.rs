//! Random pairs of all commands at once.

use super::{invariants, town::Town};
use crate::support::{TestApp, on_postgres};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_people_do_at_once_nothing_breaks_and_no_locks_cross() {
    let app = TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        // Longer than PostgreSQL waits before it looks for a deadlock: none ends unnoticed.
        config.database.lock_timeout_ms = 4_000;
    })
    .await;
    let town = Town::found(&app).await;
    let (at_once, each) = if on_postgres() { (8, 250) } else { (8, 40) };
    let mut acting = tokio::task::JoinSet::new();
    for n in 0..at_once {
        let town = town.clone();
        acting.spawn(async move {
            let mut dice = fastrand::Rng::with_seed(n);
            for _ in 0..each {
                town.act(&mut dice).await;
            }
        });
    }
    while let Some(done) = acting.join_next().await {
        done.expect("no command fails");
    }
    town.is_believable();
    invariants::hold(&app).await;
}
