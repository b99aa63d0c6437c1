//! Two who act towards each other at the same moment, in both orders (R40).
//!
//! A transaction of the test holds the lock that both want. When the first of the two waits for
//! it, the second is sent; when both wait, it is let go: two real transactions, in a known order.

use std::time::Duration;

use rookery::{
    error::Error,
    ids::{NodeId, PersonId},
    platform::db::Lane,
    social::locks::{Hold, lock_pairs},
};
use serde_json::{Value, json};
use tokio::{sync::oneshot, task::JoinHandle};

use super::invariants;
use crate::support::{Caller, TestApp, attempt, fields, number};

/// Somebody and what they do.
type Act<'a> = (&'a Caller, &'static str, Value);

fn id(person: &Caller) -> PersonId {
    PersonId(NodeId::parse(&person.id).unwrap().id)
}

fn towards<'a>(me: &'a Caller, field: &'static str, other: &Caller) -> Act<'a> {
    (me, field, json!({ "userId": other.id }))
}

async fn app() -> (TestApp, Caller, Caller) {
    let app = TestApp::start_with(|config| {
        config.limits.member_budget = u32::MAX;
        config.database.lock_timeout_ms = 10_000;
    })
    .await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    (app, ada, bob)
}

/// A transaction that holds a pair alone (of one person: their state) until it is let go.
async fn hold(app: &TestApp, pair: (PersonId, PersonId)) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (held, is_held) = oneshot::channel();
    let (let_go, until) = oneshot::channel::<()>();
    let app = app.clone();
    let holding = tokio::spawn(async move {
        let both = std::sync::Mutex::new(Some((held, until)));
        let both = &both;
        let done = app
            .platform()
            .db
            .write_txn(Lane::Request, |txn| async move {
                lock_pairs(&txn, Hold::Exclusive, pair.0, [pair.1]).await?;
                let both = both.lock().unwrap().take();
                let (held, until) = both.ok_or_else(|| Error::internal("held twice"))?;
                let _ = held.send(());
                let _ = until.await;
                Ok(())
            });
        done.await.unwrap();
    });
    is_held.await.unwrap();
    (let_go, holding)
}

/// Waits until so many transactions wait for a lock.
async fn waiting(app: &TestApp, transactions: i64) {
    let sql = "SELECT COUNT(DISTINCT pid) AS n FROM pg_locks WHERE NOT granted AND database = \
        (SELECT oid FROM pg_database WHERE datname = current_database())";
    for _ in 0..500 {
        if number(app, sql).await >= transactions {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{transactions} transactions never waited");
}

fn later((who, field, input): Act<'_>) -> JoinHandle<String> {
    let who = who.clone();
    tokio::spawn(async move { attempt(&who, field, input).await })
}

/// Runs both at once, `first` ahead of `second`, and says what they were told. `pair` is what both
/// want to lock.
async fn race(
    app: &TestApp,
    pair: (&Caller, &Caller),
    first: Act<'_>,
    second: Act<'_>,
) -> [String; 2] {
    let (let_go, holding) = hold(app, (id(pair.0), id(pair.1))).await;
    let first = later(first);
    waiting(app, 1).await;
    let second = later(second);
    waiting(app, 2).await;
    let_go.send(()).unwrap();
    holding.await.unwrap();
    let told = [first.await.unwrap(), second.await.unwrap()];
    invariants::hold(app).await;
    told
}

/// How many follows and requests there are.
async fn ties(app: &TestApp) -> [i64; 2] {
    [
        number(app, "SELECT COUNT(*) AS n FROM following").await,
        number(app, "SELECT COUNT(*) AS n FROM follow_request").await,
    ]
}

async fn done(who: &Caller, field: &str, input: Value) {
    assert_eq!(attempt(who, field, input).await, "done", "{field}");
}

async fn be_private(person: &Caller) {
    done(person, "updateProfile", json!({ "isPrivate": true })).await;
}

const NOBODY: &str = "NOT_FOUND at userId";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn a_block_beside_a_follow_leaves_no_follow() {
    let (app, ada, bob) = app().await;
    let block = || towards(&ada, "blockUser", &bob);
    let follow = || towards(&bob, "followUser", &ada);
    let told = race(&app, (&ada, &bob), block(), follow()).await;
    assert_eq!(told, ["done", NOBODY]);
    assert_eq!(ties(&app).await, [0, 0]);
    done(&ada, "unblockUser", json!({ "userId": bob.id })).await;
    let told = race(&app, (&ada, &bob), follow(), block()).await;
    assert_eq!(told, ["done", "done"]);
    assert_eq!(ties(&app).await, [0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn a_block_beside_the_acceptance_of_a_request_leaves_neither() {
    let (app, ada, bob) = app().await;
    be_private(&ada).await;
    let ask = async || done(&bob, "followUser", json!({ "userId": ada.id })).await;
    let accept = || towards(&ada, "acceptFollowRequest", &bob);
    for blocker in [&ada, &bob] {
        let other = if blocker.id == ada.id { &bob } else { &ada };
        let block = || towards(blocker, "blockUser", other);
        ask().await;
        let told = race(&app, (&ada, &bob), block(), accept()).await;
        assert_eq!(told, ["done", NOBODY]);
        assert_eq!(ties(&app).await, [0, 0]);
        done(blocker, "unblockUser", json!({ "userId": other.id })).await;
        ask().await;
        let told = race(&app, (&ada, &bob), accept(), block()).await;
        assert_eq!(told, ["done", "done"]);
        assert_eq!(ties(&app).await, [0, 0]);
        done(blocker, "unblockUser", json!({ "userId": other.id })).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn a_follow_beside_going_private_was_before_it_or_is_a_request() {
    let (app, ada, bob) = app().await;
    let close = || (&ada, "updateProfile", json!({ "isPrivate": true }));
    let follow = || towards(&bob, "followUser", &ada);
    let told = race(&app, (&ada, &ada), close(), follow()).await;
    assert_eq!(told, ["done", "done"]);
    assert_eq!(ties(&app).await, [0, 1]);
    done(&ada, "updateProfile", json!({ "isPrivate": false })).await;
    let told = race(&app, (&ada, &ada), follow(), close()).await;
    assert_eq!(told, ["done", "done"]);
    assert_eq!(ties(&app).await, [1, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn what_strangers_do_beside_going_private_was_before_it_or_is_refused() {
    let (app, ada, bob) = app().await;
    let post = ada.post("a post").await;
    let close = || (&ada, "updateProfile", json!({ "isPrivate": true }));
    let comment = json!({ "postId": post, "body": "a comment" });
    let reaction = json!({ "subjectId": post, "emoji": "👍" });
    for (field, input, path) in [
        ("createComment", comment, "postId"),
        ("addReaction", reaction, "subjectId"),
    ] {
        let act = || (&bob, field, input.clone());
        let told = race(&app, (&ada, &ada), close(), act()).await;
        assert_eq!(told, ["done".to_owned(), format!("NOT_FOUND at {path}")]);
        done(&ada, "updateProfile", json!({ "isPrivate": false })).await;
        let told = race(&app, (&ada, &ada), act(), close()).await;
        assert_eq!(told, ["done", "done"]);
        done(&ada, "updateProfile", json!({ "isPrivate": false })).await;
    }
    let left = fields(&ada, &post, "commentCount reactionCount").await;
    assert_eq!(left, json!({ "commentCount": 1, "reactionCount": 1 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn a_block_beside_a_comment_leaves_it_or_refuses_it() {
    let (app, ada, bob) = app().await;
    let post = ada.post("a post").await;
    let comment = || {
        (
            &bob,
            "createComment",
            json!({ "postId": post, "body": "late" }),
        )
    };
    let block = || towards(&ada, "blockUser", &bob);
    let told = race(&app, (&ada, &bob), block(), comment()).await;
    assert_eq!(told, ["done", "NOT_FOUND at postId"]);
    done(&ada, "unblockUser", json!({ "userId": bob.id })).await;
    let told = race(&app, (&ada, &bob), comment(), block()).await;
    assert_eq!(told, ["done", "done"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn whoever_is_removed_while_they_follow_ends_as_the_later_one_says() {
    let (app, ada, bob) = app().await;
    let remove = || towards(&ada, "removeFollower", &bob);
    let follow = || towards(&bob, "followUser", &ada);
    let told = race(&app, (&ada, &bob), remove(), follow()).await;
    assert_eq!(told, ["done", "done"]);
    assert_eq!(ties(&app).await, [1, 0]);
    let told = race(&app, (&ada, &bob), follow(), remove()).await;
    assert_eq!(told, ["done", "done"]);
    assert_eq!(ties(&app).await, [0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn whoever_takes_a_request_back_while_it_is_accepted_does_not_follow() {
    let (app, ada, bob) = app().await;
    be_private(&ada).await;
    let ask = async || done(&bob, "followUser", json!({ "userId": ada.id })).await;
    let accept = || towards(&ada, "acceptFollowRequest", &bob);
    let take_back = || towards(&bob, "unfollowUser", &ada);
    ask().await;
    let told = race(&app, (&ada, &bob), take_back(), accept()).await;
    assert_eq!(told, ["done", NOBODY]);
    assert_eq!(ties(&app).await, [0, 0]);
    ask().await;
    let told = race(&app, (&ada, &bob), accept(), take_back()).await;
    assert_eq!(told, ["done", "done"]);
    assert_eq!(ties(&app).await, [0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn of_two_who_block_each_other_the_first_does_and_the_second_finds_nobody() {
    let (app, ada, bob) = app().await;
    ada.follow(&bob).await;
    bob.follow(&ada).await;
    for (first, second) in [(&ada, &bob), (&bob, &ada)] {
        let told = race(
            &app,
            (&ada, &bob),
            towards(first, "blockUser", second),
            towards(second, "blockUser", first),
        )
        .await;
        assert_eq!(told, ["done", NOBODY]);
        assert_eq!(ties(&app).await, [0, 0]);
        assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM blocking").await, 1);
        done(first, "unblockUser", json!({ "userId": second.id })).await;
    }
}
