//! The post that somebody shows first.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, missing, outcome, states, text_of};

async fn pin(who: &Caller, post: Value) -> String {
    attempt(who, "pinPost", json!({ "postId": post })).await
}

/// What `reader` finds pinned on a profile.
async fn pinned(reader: &Caller, whose: &Caller) -> Value {
    let seen = fields(reader, &whose.id, "pinnedPost { body }").await;
    seen["pinnedPost"]["body"].clone()
}

#[tokio::test]
async fn a_person_pins_one_post_of_theirs_at_a_time_and_takes_it_down() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (one, two) = (ada.post("one").await, ada.post("two").await);
    assert_eq!(pinned(&bob, &ada).await, Value::Null);
    for (post, body) in [(&one, "one"), (&two, "two"), (&two, "two")] {
        let input = json!({ "postId": post });
        let done = ada
            .mutate("pinPost", input, "user { handle pinnedPost { body } }")
            .await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(
            done["user"],
            json!({ "handle": "ada", "pinnedPost": { "body": body } })
        );
        assert_eq!(pinned(&bob, &ada).await, body);
        assert_eq!(pinned(&app.guest(), &ada).await, body);
    }
    assert_eq!(pin(&ada, Value::Null).await, "done");
    assert_eq!(pinned(&bob, &ada).await, Value::Null);
    assert_eq!(attempt(&ada, "pinPost", json!({})).await, "done");
}

#[tokio::test]
async fn only_a_post_of_ones_own_that_others_may_read_is_pinned() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let of_bob = bob.post("by bob").await;
    let secret = bob.post_to("for few", "FOLLOWERS").await;
    let mentioned = ada.post_to("for @bob", "MENTIONED").await;
    let hidden = ada.post("hidden").await;
    states::hide(&app, "hidden").await;
    let repost = json!({ "postId": of_bob });
    let repost = ada
        .mutate("repost", repost, "postEdge { node { id } }")
        .await;
    let repost = text_of(&repost["postEdge"]["node"]["id"]);
    for (post, expected) in [
        (&of_bob, "FORBIDDEN at postId"),
        (&repost, "FORBIDDEN at postId"),
        (&mentioned, "FORBIDDEN at postId"),
        (&hidden, "FORBIDDEN at postId"),
        (&secret, "NOT_FOUND at postId"),
        (&missing(NodeKind::Post), "NOT_FOUND at postId"),
        (&ada.id, "BAD_USER_INPUT at postId"),
    ] {
        assert_eq!(pin(&ada, json!(post)).await, expected, "{post}");
    }
    assert_eq!(pinned(&ada, &ada).await, Value::Null);
}

#[tokio::test]
async fn a_repost_of_ones_own_post_stands_for_the_post() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("mine").await;
    let repost = json!({ "postId": post });
    let repost = ada
        .mutate("repost", repost, "postEdge { node { id } }")
        .await;
    assert_eq!(
        pin(&ada, repost["postEdge"]["node"]["id"].clone()).await,
        "done"
    );
    assert_eq!(pinned(&ada, &ada).await, "mine");
}

#[tokio::test]
async fn a_pinned_post_is_seen_by_whoever_may_see_it_and_gone_when_it_is() {
    let app = TestApp::start().await;
    let [ada, bob, eve] = app.users(["ada", "bob", "eve"]).await;
    bob.follow(&ada).await;
    let post = ada.post_to("for friends", "FOLLOWERS").await;
    assert_eq!(pin(&ada, json!(post)).await, "done");
    assert_eq!(pinned(&bob, &ada).await, "for friends");
    assert_eq!(pinned(&eve, &ada).await, Value::Null);
    states::block(&app, &bob, &ada).await;
    assert_eq!(pinned(&bob, &ada).await, Value::Null, "the reduced form");
    let gone = attempt(&ada, "deletePost", json!({ "postId": post })).await;
    assert_eq!(gone, "done");
    assert_eq!(pinned(&ada, &ada).await, Value::Null);
    assert_eq!(pin(&ada, json!(post)).await, "NOT_FOUND at postId");
}

#[tokio::test]
async fn the_pinned_posts_of_a_page_of_people_cost_one_statement() {
    let app = TestApp::start().await;
    let handles = ["p_0", "p_1", "p_2", "p_3", "p_4", "p_5", "p_6", "p_7"];
    let people = app.users(handles).await;
    for person in &people[1..] {
        person.follow(&people[0]).await;
        let post = person.post("mine").await;
        assert_eq!(pin(person, json!(post)).await, "done");
    }
    let query = "query($id: ID!, $n: Int) { node(id: $id) { ... on User { followers(first: $n) { \
        nodes { pinnedPost { body } } } } } }";
    for n in [1, 7] {
        app.forget_statements().await;
        let variables = json!({ "id": people[0].id, "n": n });
        let data = app.guest().query(query, variables).await;
        let nodes = data["node"]["followers"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), n);
        assert!(
            nodes
                .iter()
                .all(|node| node["pinnedPost"]["body"] == "mine")
        );
        // The person, the page, what is pinned.
        assert_eq!(app.statements().await.len(), 3, "{n}");
    }
}
