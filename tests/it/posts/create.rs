//! Publishing a post.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, outcome};

const EDGE: &str = "postEdge { cursor node { body visibility createdAt editedAt commentCount \
    reactionCount viewerCanEdit viewerCanDelete author { handle postCount } } }";

async fn create(caller: &Caller, input: Value) -> Value {
    caller.mutate("createPost", input, EDGE).await
}

#[tokio::test]
async fn a_post_is_public_unless_it_says_otherwise_and_comes_back_whole() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let done = create(&ada, json!({ "body": " Line one\n\tline two \n" })).await;
    assert_eq!(
        done["postEdge"]["node"],
        json!({
            "body": "Line one\n\tline two", "visibility": "PUBLIC",
            "createdAt": "2026-05-01T12:00:00Z", "editedAt": null,
            "commentCount": 0, "reactionCount": 0, "viewerCanEdit": true, "viewerCanDelete": true,
            "author": { "handle": "ada", "postCount": 1 }
        })
    );
    for level in ["PUBLIC", "UNLISTED", "FOLLOWERS", "MENTIONED"] {
        let done = create(&ada, json!({ "body": level, "visibility": level })).await;
        assert_eq!(done["postEdge"]["node"]["visibility"], level);
    }
}

#[tokio::test]
async fn the_new_edges_cursor_is_its_place_in_every_list_of_posts() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    ada.post("older").await;
    app.advance(1);
    let done = create(&ada, json!({ "body": "newer" })).await;
    let lists = "query($after: String) { explore(after: $after) { nodes { body } } \
        viewer { user { posts(after: $after) { nodes { body } } } \
        homeFeed(after: $after) { nodes { body } } } }";
    let data = ada
        .query(lists, json!({ "after": done["postEdge"]["cursor"] }))
        .await;
    let older = json!({ "nodes": [{ "body": "older" }] });
    assert_eq!(
        data,
        json!({ "explore": older, "viewer": { "user": { "posts": older }, "homeFeed": older } })
    );
}

#[tokio::test]
async fn five_thousand_characters_are_a_post_and_one_more_is_not() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let longest = "é".repeat(5_000);
    let done = create(&ada, json!({ "body": format!("  {longest}\n") })).await;
    assert_eq!(done["postEdge"]["node"]["body"], longest);
    let over = json!({ "body": "é".repeat(5_001) });
    assert_eq!(outcome(&create(&ada, over).await), "BAD_USER_INPUT at body");
}

#[tokio::test]
async fn an_empty_post_or_one_with_control_characters_is_refused_and_nothing_is_published() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let wrong = [
        "",
        " ",
        "\n\t \u{3000}",
        "a\u{0}b",
        "bell\u{7}",
        "a\u{1b}[31m",
        "a\rb",
        "a\u{7f}b",
        "a\u{9b}b",
    ];
    for body in wrong {
        let got = attempt(&ada, "createPost", json!({ "body": body })).await;
        assert_eq!(got, "BAD_USER_INPUT at body", "{body:?}");
    }
    let query = "{ explore { nodes { id } } viewer { user { postCount } } }";
    let data = ada.query(query, json!({})).await;
    assert_eq!(
        data,
        json!({ "explore": { "nodes": [] }, "viewer": { "user": { "postCount": 0 } } })
    );
}
