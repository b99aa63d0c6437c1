//! Lists are resolved a level at a time, and answer what they would object by object.

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use rookery::graphql::level;
use serde_json::{Value, json};

use super::town::Town;
use crate::support::{Caller, TestApp};

/// Documents that say the same thing in many ways: names, fragments, types, edges and nodes.
const WAYS: [&str; 6] = [
    "{ explore(first: 4) { nodes { __typename me: id author { handle } author { again: handle \
     posts(first: 2) { nodes { body } } } ...Numbers } } } \
     fragment Numbers on Post { commentCount ... on Post { reactionCount author { id } } }",
    "{ explore(first: 3) { edges { cursor node { id comments(first: 2) { edges { cursor node { body \
     author { displayName } } } pageInfo { hasNextPage endCursor } } } } \
     pageInfo { startCursor } } }",
    "{ explore(first: 3) { nodes { ... on Node { id } ... on Reactable { reactionCount } \
     comments(first: 1) { totalCount nodes { ... on Reactable { reactionCount } } } \
     comments(first: 1) { nodes { replyCount replies(first: 2, order: NEWEST) { nodes { depth \
     body author { handle followerCount } } } } } } } }",
    "query($some: Boolean = false) { explore(first: 2) { nodes { body @include(if: $some) id \
     author @skip(if: true) { id } first: comments(first: 1) { nodes { body } } \
     last: comments(last: 1) { nodes { body } } } } }",
    "{ user(handle: \"author_0\") { posts(first: 3) { nodes { hashtags { name } mentions { handle } \
     media { id } poll { id: closesAt } viewerHasBookmarked reactions(first: 2) { nodes { emoji \
     user { handle } } } } } followers(first: 2) { nodes { postCount following(first: 1) { nodes { \
     handle } } } } } }",
    "{ search(query: \"post\", type: POSTS, first: 3) { nodes { __typename ... on Post { id \
     author { handle } } } } explore(first: 1) { nodes { comments(first: 101) { nodes { id } } } } }",
];

async fn compare(caller: &Caller, query: &str) -> Value {
    let body = |body: Value| {
        let mut body = body;
        for error in body["errors"].as_array_mut().into_iter().flatten() {
            error["extensions"]["requestId"] = Value::Null;
        }
        body
    };
    let together = caller.send(query, json!({})).await.body;
    let alone = level::by_object(caller.send(query, json!({}))).await.body;
    assert_eq!(body(together.clone()), body(alone), "{query}");
    together
}

#[tokio::test]
async fn a_level_says_what_its_objects_say_one_by_one() {
    let Town { app, eve } = Town::build().await;
    for query in WAYS {
        for caller in [&eve, &app.guest()] {
            let body = compare(caller, query).await;
            assert!(body["data"].is_object(), "{body:#}");
        }
    }
}

#[tokio::test]
async fn keys_stand_in_the_order_of_the_document() {
    let Town { app, .. } = Town::build().await;
    let query = "{ explore(first: 1) { nodes { z: id body a: author { handle id } createdAt } } }";
    let body = json!({ "query": query }).to_string();
    let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    let response = app.send(request.body(Body::from(body)).unwrap()).await;
    let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = std::str::from_utf8(&text).unwrap();
    let keys = ["\"z\"", "\"body\"", "\"a\"", "\"createdAt\""];
    let places = keys.map(|key| text.find(key).unwrap());
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn a_query_reads_by_one_connection() {
    let app = TestApp::start_with(|config| config.database.read_connections = 1).await;
    let [ada, bob] = app.users(["ada_01", "bob_01"]).await;
    let post = ada.post("A post").await;
    bob.comment(&post, "A comment").await;
    let query = "{ viewer { homeFeed { nodes { author { handle } } } } explore { nodes { body \
                 commentCount comments { nodes { author { handle } } } } } }";
    let readers = (0..8).map(|_| {
        let ada = ada.clone();
        tokio::spawn(async move { ada.query(query, json!({})).await })
    });
    for reader in readers.collect::<Vec<_>>() {
        let data = reader.await.unwrap();
        assert_eq!(data["explore"]["nodes"][0]["commentCount"], 1);
    }
}
