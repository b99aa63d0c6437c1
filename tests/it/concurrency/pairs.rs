//! Random pairs of all commands at once.

use tokio::task::JoinSet;

use super::{invariants, town::Town};
use crate::support::{TestApp, on_postgres};

/// An app whose lock timeout is longer than PostgreSQL waits before it looks for a deadlock: with
/// the default of half a second none would ever be seen.
async fn patient_app() -> TestApp {
    TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.database.lock_timeout_ms = 4_000;
    })
    .await
}

/// Eight people's worth of random commands at once, `each` as long.
fn crowd(town: &Town, each: u32) -> JoinSet<()> {
    let act = |seed| {
        let town = town.clone();
        async move {
            let mut dice = fastrand::Rng::with_seed(seed);
            for _ in 0..each {
                town.act(&mut dice).await;
            }
        }
    };
    (0..8).map(act).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_people_do_at_once_nothing_breaks_and_no_locks_cross() {
    let app = patient_app().await;
    let town = Town::found(&app).await;
    let mut acting = crowd(&town, if on_postgres() { 250 } else { 40 });
    while let Some(done) = acting.join_next().await {
        done.expect("no command fails");
    }
    town.is_believable();
    // Forty acts each are too few to meet the rarest command for sure.
    if on_postgres() {
        town.has_done_everything();
    }
    invariants::hold(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_that_are_proven_beside_those_who_write_are_never_wrong() {
    let app = patient_app().await;
    let town = Town::found(&app).await;
    let mut acting = crowd(&town, if on_postgres() { 60 } else { 20 });
    while !acting.is_empty() {
        assert_eq!(invariants::mended(&app).await, []);
        while let Some(done) = acting.try_join_next() {
            done.expect("no command fails");
        }
    }
    invariants::hold(&app).await;
}
