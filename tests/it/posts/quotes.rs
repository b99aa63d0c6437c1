//! Posts that quote other posts.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt, fields, missing, outcome, states},
};

async fn quote(caller: &Caller, post: &str, body: &str) -> String {
    let input = json!({ "body": body, "quoteOfId": post });
    let payload = "postEdge { node { id } }";
    let done = caller.mutate("createPost", input, payload).await;
    assert_eq!(outcome(&done), "done");
    done["postEdge"]["node"]["id"].as_str().unwrap().to_owned()
}

/// What `caller` reads in the place of the quoted post.
async fn quoted(caller: &Caller, quote: &str) -> Value {
    let named = "quoteOf { __typename ... on Post { body } ... on PostTombstone { reason } }";
    fields(caller, quote, named).await["quoteOf"].clone()
}

fn tombstone(reason: &str) -> Value {
    json!({ "__typename": "PostTombstone", "reason": reason })
}

#[tokio::test]
async fn a_quote_shows_the_post_and_is_counted_and_listed_there() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let one = quote(&bob, &post, "one").await;
    app.advance(1);
    let input = json!({ "body": "two", "quoteOfId": post, "visibility": "FOLLOWERS" });
    assert_eq!(attempt(&cid, "createPost", input).await, "done");
    let whole = json!({ "__typename": "Post", "body": "a post" });
    assert_eq!(quoted(&app.guest(), &one).await, whole);
    let list = "quoteCount quotes { nodes { body } }";
    let for_ada = json!({ "quoteCount": 2, "quotes": { "nodes": [{ "body": "one" }] } });
    assert_eq!(fields(&ada, &post, list).await, for_ada);
    let for_cid = json!([{ "body": "two" }, { "body": "one" }]);
    assert_eq!(fields(&cid, &post, list).await["quotes"]["nodes"], for_cid);
    assert_eq!(
        attempt(&bob, "deletePost", json!({ "postId": one })).await,
        "done"
    );
    let left = fields(&ada, &post, list).await;
    assert_eq!(left, json!({ "quoteCount": 1, "quotes": { "nodes": [] } }));
    assert_eq!(
        fields(&ada, &post, "quoteOf { __typename }").await["quoteOf"],
        Value::Null
    );
    invariants::hold(&app).await;
}

#[tokio::test]
async fn only_what_one_sees_is_quoted_and_nothing_that_staff_has_hidden() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let followers = ada.post_to("for followers", "FOLLOWERS").await;
    let dead = ada.post("dead").await;
    attempt(&ada, "deletePost", json!({ "postId": dead })).await;
    let hidden = ada.post("hidden by staff").await;
    states::hide(&app, "hidden by staff").await;
    let own = bob.post("by somebody blocked").await;
    let input = |id: &str| json!({ "body": "look", "quoteOfId": id });
    let not_found = "NOT_FOUND at quoteOfId";
    for id in [&followers, &dead, &hidden, &missing(NodeKind::Post)] {
        assert_eq!(attempt(&bob, "createPost", input(id)).await, not_found);
    }
    for id in [&ada.id, &"Post_x".to_owned()] {
        let got = attempt(&bob, "createPost", input(id)).await;
        assert_eq!(got, "BAD_USER_INPUT at quoteOfId");
    }
    assert_eq!(
        attempt(&ada, "createPost", input(&hidden)).await,
        "FORBIDDEN at quoteOfId"
    );
    states::block(&app, &ada, &bob).await;
    let seen = ada.post("seen by others").await;
    assert_eq!(attempt(&bob, "createPost", input(&seen)).await, not_found);
    assert_eq!(attempt(&ada, "createPost", input(&own)).await, not_found);
    invariants::hold(&app).await;
}

#[tokio::test]
async fn a_tombstone_stands_for_what_is_not_seen_and_tells_only_ones_own_block() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    cid.follow(&ada).await;
    for (cause, reason) in [
        ("blocking", "BLOCKED_BY_VIEWER"),
        ("blocked", "UNAVAILABLE"),
        ("followers", "UNAVAILABLE"),
        ("private", "UNAVAILABLE"),
        ("hidden", "UNAVAILABLE"),
        ("suspended", "UNAVAILABLE"),
        ("deleted", "UNAVAILABLE"),
        ("blocking and hidden", "UNAVAILABLE"),
        ("blocking and deleted", "UNAVAILABLE"),
    ] {
        let level = if cause == "followers" {
            "FOLLOWERS"
        } else {
            "PUBLIC"
        };
        let post = ada.post_to(cause, level).await;
        let own = quote(if level == "PUBLIC" { &bob } else { &cid }, &post, "look").await;
        if cause.starts_with("blocking") {
            states::block(&app, &bob, &ada).await;
        }
        match cause {
            "blocked" => states::block(&app, &ada, &bob).await,
            "private" => states::set_private(&app, &ada, true).await,
            "suspended" => states::suspend(&app, &ada).await,
            "hidden" | "blocking and hidden" => states::hide(&app, cause).await,
            _ if cause.ends_with("deleted") => {
                let gone = attempt(&ada, "deletePost", json!({ "postId": post })).await;
                assert_eq!(gone, "done");
            }
            _ => {}
        }
        assert_eq!(quoted(&bob, &own).await, tombstone(reason), "{cause}");
        if cause != "blocked" && cause != "blocking" {
            let guest = quoted(&app.guest(), &own).await;
            assert_eq!(guest, tombstone("UNAVAILABLE"), "{cause}");
        }
        states::unblock_all(&app).await;
        states::set_private(&app, &ada, false).await;
        app.sql("UPDATE person SET suspended_until = 0").await;
    }
}

#[tokio::test]
async fn a_key_is_bound_to_what_is_quoted_and_who_may_comment() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (one, two) = (ada.post("one").await, ada.post("two").await);
    let input = |quote: &str, policy: &str| json!({ "body": "look", "quoteOfId": quote, "replyPolicy": policy, "idempotencyKey": "k" });
    let payload = "postEdge { node { id replyPolicy } }";
    let first = bob
        .mutate("createPost", input(&one, "NOBODY"), payload)
        .await;
    assert_eq!(first["postEdge"]["node"]["replyPolicy"], "NOBODY");
    let mismatch = "IDEMPOTENCY_MISMATCH at idempotencyKey";
    assert_eq!(
        attempt(&bob, "createPost", input(&two, "NOBODY")).await,
        mismatch
    );
    assert_eq!(
        attempt(&bob, "createPost", input(&one, "EVERYONE")).await,
        mismatch
    );
    attempt(&ada, "deletePost", json!({ "postId": one })).await;
    assert_eq!(
        bob.mutate("createPost", input(&one, "NOBODY"), payload)
            .await,
        first
    );
    assert_eq!(fields(&ada, &two, "quoteCount").await["quoteCount"], 0);
    invariants::hold(&app).await;
}
