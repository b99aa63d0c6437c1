//! Two who act towards each other at the same moment, in both orders (R40).

use serde_json::{Value, json};

use super::order::{self, Act, Wanted, patient_app};
use crate::support::{Caller, TestApp, attempt, fields, number};

fn towards<'a>(me: &'a Caller, field: &'static str, other: &Caller) -> Act<'a> {
    (me, field, json!({ "userId": other.id }))
}

async fn app() -> (TestApp, Caller, Caller) {
    let app = patient_app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    (app, ada, bob)
}

/// Runs both at once, `first` ahead of `second`. `pair` is what both want to lock.
async fn race(
    app: &TestApp,
    pair: (&Caller, &Caller),
    first: Act<'_>,
    second: Act<'_>,
) -> [String; 2] {
    order::race(app, Wanted::pair(pair.0, pair.1), first, second).await
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
