//! What it costs to read notifications.

use serde_json::json;

use super::stage::{does, quote};
use crate::support::{Caller, TestApp};

const PAGE: &str = "{ viewer { unreadNotificationCount notifications(first: 20) { edges { cursor \
    node { id kind isRead latestAt actorCount actors(first: 3) { nodes { handle } } \
    subject { __typename ... on Post { body author { handle } } \
    ... on Comment { body author { handle } } ... on Message { body sender { handle } } \
    ... on Conversation { title } } } } pageInfo { hasNextPage endCursor } } } }";

/// Everything that somebody can be told of.
async fn tell(ann: &Caller, bob: &Caller, n: usize) {
    let post = ann.post(&format!("post {n}")).await;
    bob.react(&post, "👍").await;
    bob.comment(&post, "c").await;
    does(bob, "repost", json!({ "postId": post })).await;
    quote(bob, &post, "q", "PUBLIC").await;
    let comment = ann.comment(&post, "own").await;
    bob.reply(&post, &comment, "r").await;
    bob.react(&comment, "👍").await;
    bob.post("hello @ann").await;
    let room = bob
        .start(json!({ "kind": "GROUP", "memberIds": [ann.id], "title": "g" }))
        .await;
    let message = ann.say(&room, "m").await;
    bob.react(&message, "👍").await;
}

async fn cost(ann: &Caller) -> (usize, usize) {
    ann.app.forget_statements().await;
    let found = ann.query(PAGE, json!({})).await;
    let edges = found["viewer"]["notifications"]["edges"]
        .as_array()
        .unwrap();
    (edges.len(), ann.app.statements().await.len())
}

#[tokio::test]
async fn a_page_costs_the_same_number_of_statements_however_much_is_on_it() {
    let app = TestApp::start_with(|config| config.limits.member_budget = u32::MAX).await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    tell(&ann, &bob, 0).await;
    let (few, once) = cost(&ann).await;
    for n in 1..5 {
        // So that whole rounds stand on the page, with all that somebody can be told of.
        app.advance(1);
        tell(&ann, &bob, n).await;
    }
    let (many, again) = cost(&ann).await;
    assert_eq!((few, many), (9, 20));
    assert_eq!(once, again);
    // Actors and their number: one statement for each sort of thing that is done to each sort.
    assert!(again <= 30, "{again}");
}
