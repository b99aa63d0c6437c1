//! What a commit writes.

use std::collections::BTreeMap;

use axum::{body::Body, http::Request};
use rookery::{
    activity::{SHARDS, shard_of},
    error::{Error, Result},
    platform::db::{Lane, Place},
};

use serde_json::json;

use super::facts::{all, commit, happen, thing};
use crate::support::{TestApp, number, on_postgres};

#[tokio::test]
async fn events_of_one_transaction_stand_in_their_order_and_without_gaps() {
    let app = TestApp::start().await;
    let done = app
        .platform()
        .db
        .write_txn(Lane::Request, |txn| async move {
            for n in 0..100 {
                happen(&txn, n % 5, n, i64::try_from(n).unwrap())?;
            }
            Ok(())
        });
    done.await.unwrap();
    let mut numbers: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
    for entry in all(&app).await {
        let payload: serde_json::Value = entry.read().unwrap();
        let of_shard = numbers.entry(entry.shard).or_default();
        of_shard.push(payload["number"].as_i64().unwrap());
        assert_eq!(of_shard.len(), usize::try_from(entry.position).unwrap());
        assert_eq!(entry.shard, shard_of(entry.home));
        assert_eq!(entry.source, "/rookery/default");
    }
    assert!(numbers.values().all(|of_shard| of_shard.is_sorted()));
    assert_eq!(numbers.values().map(Vec::len).sum::<usize>(), 100);
}

#[tokio::test]
async fn what_is_rolled_back_leaves_no_event_and_no_gap() {
    let app = TestApp::start().await;
    commit(&app, 1, 1, 1).await;
    let failed: Result<()> = app
        .platform()
        .db
        .write_txn(Lane::Request, |txn| async move {
            happen(&txn, 1, 1, 2)?;
            Err(Error::unauthenticated())
        })
        .await;
    assert!(failed.is_err());
    commit(&app, 1, 1, 3).await;
    let positions: Vec<i64> = all(&app).await.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, [1, 2]);
}

#[tokio::test]
async fn a_commit_tells_this_process_at_once_how_far_the_log_goes() {
    let app = TestApp::start().await;
    let mut news = app.heads().watch();
    commit(&app, 1, 1, 1).await;
    assert!(news.has_changed().unwrap());
    news.mark_unchanged();
    assert_eq!(app.heads().of(shard_of(thing(1))), 1);
    app.heads().saw([Place {
        shard: shard_of(thing(1)),
        position: 1,
    }]);
    assert!(!news.has_changed().unwrap(), "old news wakes nobody");
}

#[tokio::test]
async fn a_database_has_sixty_four_shards_from_its_creation_on() {
    let app = TestApp::start().await;
    let sql = "SELECT COUNT(*) AS n FROM activity_shard";
    assert_eq!(number(&app, sql).await, i64::from(SHARDS));
}

#[tokio::test]
async fn a_mutation_writes_its_event_by_one_statement_more() {
    let app = TestApp::start().await;
    app.forget_statements().await;
    commit(&app, 1, 1, 1).await;
    let statements = app.statements().await;
    let of_log = statements.iter().filter(|sql| sql.contains("activity"));
    // SQLite cannot update inside a WITH.
    assert_eq!(of_log.count(), if on_postgres() { 1 } else { 2 });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL"]
async fn positions_are_in_commit_order_whoever_commits_at_the_same_time() {
    let app = TestApp::start().await;
    let writers = (0..8_u128).map(|writer| {
        let app = app.clone();
        tokio::spawn(async move {
            for n in 0..50 {
                let thing = writer * 1_000 + n;
                // One home for all: they meet in one shard.
                commit(&app, 7, thing, i64::try_from(n).unwrap()).await;
            }
        })
    });
    // Whoever reads meanwhile never sees a position without all before it.
    let reader = {
        let app = app.clone();
        tokio::spawn(async move {
            while app.heads().of(shard_of(thing(7))) < 400 {
                let entries = all(&app).await;
                let dense = entries
                    .iter()
                    .zip(1..)
                    .all(|(entry, n)| entry.position == n);
                assert!(dense, "a gap below the head");
            }
        })
    };
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    reader.await.unwrap();
    assert_eq!(all(&app).await.len(), 400);
}

/// The trace that a mutation with this header is recorded with.
async fn traced(header: &str) -> Option<String> {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let query = "mutation { createPost(input: { body: \"hello\" }) { userErrors { code } } }";
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", ada.token.unwrap()))
        .header("traceparent", header)
        .body(Body::from(json!({ "query": query }).to_string()));
    assert_eq!(app.send(request.unwrap()).await.status(), 200);
    let entries = all(&app).await;
    let published = entries.into_iter().find(|e| e.kind == "post.published.v1");
    published.unwrap().traceparent
}

#[tokio::test]
async fn an_event_carries_the_trace_of_its_request_if_it_is_well_formed() {
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    assert_eq!(traced(trace).await.as_deref(), Some(trace));
    for wrong in [
        "mara@example.org",
        "00-4bf9-00f0-01",
        &trace.to_uppercase()[..54],
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    ] {
        assert_eq!(traced(wrong).await, None, "{wrong}");
    }
}
