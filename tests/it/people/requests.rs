//! Asking to follow a private account, and the answers.

use serde_json::{Value, json};

use super::{RELATIONSHIP, act, acted, be_private, facts, is_nobody, numbers, own, standing};
use crate::support::{Caller, TestApp, node, number, outcome};

async fn answer(me: &Caller, field: &str, requester: &Caller) -> Value {
    let payload = format!("user {{ handle {RELATIONSHIP} }} removedRequestUserId");
    let done = me
        .mutate(field, json!({ "userId": requester.id }), &payload)
        .await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["removedRequestUserId"], *requester.id);
    done["user"].clone()
}

async fn sees(viewer: &Caller, post: &str) -> bool {
    !node(viewer, post, "").await.is_null()
}

/// Everything that a private account of bob's and a request of ada's need.
async fn asked() -> (TestApp, Caller, Caller) {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    be_private(&bob, true).await;
    assert_eq!(act(&ada, "followUser", &bob).await, "done");
    (app, ada, bob)
}

#[tokio::test]
async fn following_a_private_account_asks_once_and_shows_nothing_yet() {
    let (app, ada, bob) = asked().await;
    let post = bob.post("for followers").await;
    for _ in 0..2 {
        let seen = acted(
            &ada,
            "followUser",
            &bob,
            &format!("followerCount {RELATIONSHIP}"),
        )
        .await;
        assert_eq!(seen["followerCount"], 0);
        assert_eq!(facts(&seen), ["requested"]);
    }
    assert_eq!(
        standing(&bob, &ada).await,
        [""; 0],
        "a request is no follow"
    );
    assert_eq!(own(&bob, "followRequests").await, ["ada"]);
    assert_eq!(own(&ada, "followRequests").await, [""; 0]);
    assert!(!sees(&ada, &post).await);
    for table in ["following", "follower"] {
        let rows = number(&app, &format!("SELECT COUNT(*) AS n FROM {table}")).await;
        assert_eq!(rows, 0);
    }
}

#[tokio::test]
async fn an_accepted_request_is_a_follow_and_can_be_answered_once() {
    let (app, ada, bob) = asked().await;
    let post = bob.post("for followers").await;
    let seen = answer(&bob, "acceptFollowRequest", &ada).await;
    assert_eq!(facts(&seen), ["followedBy"]);
    assert_eq!(standing(&ada, &bob).await, ["following"]);
    assert_eq!(numbers(&app, &bob).await, [json!(1), json!(0)]);
    assert_eq!(numbers(&app, &ada).await, [json!(0), json!(1)]);
    assert_eq!(own(&bob, "followRequests").await, [""; 0]);
    assert!(sees(&ada, &post).await);
    for field in ["acceptFollowRequest", "rejectFollowRequest"] {
        is_nobody(&bob, field, &ada).await;
    }
    assert_eq!(act(&ada, "followUser", &bob).await, "done");
    assert_eq!(
        standing(&ada, &bob).await,
        ["following"],
        "and asks no more"
    );
    assert_eq!(own(&bob, "followRequests").await, [""; 0]);
}

#[tokio::test]
async fn a_rejected_request_is_gone_in_silence_and_may_be_made_again() {
    let (app, ada, bob) = asked().await;
    let seen = answer(&bob, "rejectFollowRequest", &ada).await;
    assert_eq!(facts(&seen), [""; 0]);
    assert_eq!(standing(&ada, &bob).await, [""; 0]);
    assert_eq!(own(&bob, "followRequests").await, [""; 0]);
    assert_eq!(numbers(&app, &bob).await, [json!(0), json!(0)]);
    is_nobody(&bob, "rejectFollowRequest", &ada).await;
    assert_eq!(act(&ada, "followUser", &bob).await, "done");
    assert_eq!(own(&bob, "followRequests").await, ["ada"]);
}

#[tokio::test]
async fn unfollowing_takes_a_request_back() {
    let (app, ada, bob) = asked().await;
    let seen = acted(&ada, "unfollowUser", &bob, RELATIONSHIP).await;
    assert_eq!(facts(&seen), [""; 0]);
    assert_eq!(own(&bob, "followRequests").await, [""; 0]);
    is_nobody(&bob, "acceptFollowRequest", &ada).await;
    assert_eq!(numbers(&app, &bob).await, [json!(0), json!(0)]);
}

#[tokio::test]
async fn requests_stay_when_the_account_becomes_public_and_end_with_a_follow() {
    let (app, ada, bob) = asked().await;
    let cid = app.user("cid").await;
    act(&cid, "followUser", &bob).await;
    be_private(&bob, false).await;
    assert_eq!(standing(&ada, &bob).await, ["requested"]);
    let seen = acted(&ada, "followUser", &bob, RELATIONSHIP).await;
    assert_eq!(facts(&seen), ["following"]);
    assert_eq!(own(&bob, "followRequests").await, ["cid"]);
    let seen = answer(&bob, "acceptFollowRequest", &cid).await;
    assert_eq!(facts(&seen), ["followedBy"]);
    assert_eq!(numbers(&app, &bob).await, [json!(2), json!(0)]);
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM follow_request").await,
        0
    );
}

#[tokio::test]
async fn only_a_request_that_is_there_can_be_answered_and_only_by_whom_it_asks() {
    let (app, ada, bob) = asked().await;
    let cid = app.user("cid").await;
    for field in ["acceptFollowRequest", "rejectFollowRequest"] {
        is_nobody(&bob, field, &cid).await;
        is_nobody(&ada, field, &bob).await;
        assert_eq!(act(&bob, field, &bob).await, "BAD_USER_INPUT at userId");
    }
    assert_eq!(standing(&ada, &bob).await, ["requested"]);
}

#[tokio::test]
async fn requests_are_listed_newest_first_without_those_who_are_gone() {
    let app = TestApp::start().await;
    let bob = app.user("bob").await;
    be_private(&bob, true).await;
    for handle in ["one", "two", "three", "four"] {
        app.advance(1);
        let person = app.user(handle).await;
        assert_eq!(act(&person, "followUser", &bob).await, "done");
    }
    assert_eq!(
        own(&bob, "followRequests").await,
        ["four", "three", "two", "one"]
    );
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'three'")
        .await;
    assert_eq!(own(&bob, "followRequests").await, ["four", "two", "one"]);
    let query = "query($after: String) { viewer { followRequests(first: 2, after: $after) { \
        nodes { handle } pageInfo { hasNextPage endCursor } } } }";
    let page = bob.query(query, json!({})).await["viewer"]["followRequests"].clone();
    assert_eq!(
        page["nodes"],
        json!([{ "handle": "four" }, { "handle": "two" }])
    );
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let after = json!({ "after": page["pageInfo"]["endCursor"] });
    let page = bob.query(query, after).await["viewer"]["followRequests"].clone();
    assert_eq!(page["nodes"], json!([{ "handle": "one" }]));
    assert_eq!(page["pageInfo"]["hasNextPage"], false);
}
