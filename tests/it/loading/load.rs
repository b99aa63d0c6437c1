//! Batches are exact: the number of statements does not depend on how busy the machine is.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::json;

use super::town::app;
use crate::support::{Caller, TestApp};

/// People are asked for by comments, by reactions and by mentions of one level, whose statements
/// end in any order, and by the replies below.
const DIAMOND: &str = "{ explore(first: 3) { nodes { comments(first: 4) { nodes { author { handle } \
                       replies(first: 1) { nodes { author { handle } } } } } \
                       reactions(first: 2) { nodes { user { handle } } } mentions { handle } \
                       commentCount } } user(handle: \"ada_01\") { followers(first: 2) { nodes { handle } } } }";
/// Posts and a person; comments, reactions, mentions and followers; replies; at last the people of
/// all levels, and counters.
const STATEMENTS: usize = 9;
const RUNS: usize = 1_024;
/// How many clients ask at once.
const CLIENTS: usize = 32;

async fn scene() -> (TestApp, Caller) {
    let app = app().await;
    let [ada, bob, eve] = app.users(["ada_01", "bob_01", "eve_01"]).await;
    bob.follow(&ada).await;
    let mut critics = Vec::new();
    for n in 0..8 {
        critics.push(app.user(&format!("critic_{n}")).await);
    }
    for n in 0..3 {
        let post = ada.post(&format!("Post {n} for @bob_01")).await;
        for k in 0..4 {
            let comment = critics[k].comment(&post, "A comment").await;
            critics[k + 4].reply(&post, &comment, "A reply").await;
        }
        eve.react(&post, "👍").await;
    }
    let guest = app.guest();
    (app, guest)
}

/// Keeps the runtime's threads busy for longer and shorter moments until `done`.
async fn work(done: Arc<AtomicBool>, mut seed: u64) {
    while !done.load(Ordering::Relaxed) {
        for _ in 0..seed % 20_000 {
            seed =
                std::hint::black_box(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_thousand_runs_by_many_clients_under_load_take_the_same_number_of_statements() {
    let (app, guest) = scene().await;
    let expected = guest.query(DIAMOND, json!({})).await;
    let done = Arc::<AtomicBool>::default();
    let load: Vec<_> = (0..3)
        .map(|n| tokio::spawn(work(done.clone(), n + 7)))
        .collect();
    app.forget_statements().await;
    let runners = (0..CLIENTS).map(|_| {
        let (guest, expected) = (guest.clone(), expected.clone());
        tokio::spawn(async move {
            for _ in 0..RUNS / CLIENTS {
                assert_eq!(guest.query(DIAMOND, json!({})).await, expected);
            }
        })
    });
    for runner in runners.collect::<Vec<_>>() {
        runner.await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for load in load {
        load.await.unwrap();
    }
    // No run can take fewer, so the sum shows that none took more.
    assert_eq!(app.statements().await.len(), RUNS * STATEMENTS);
}
