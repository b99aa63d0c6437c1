//! Commenting and replying.

use rookery::ids::NodeKind;
use serde_json::json;

use crate::support::{TestApp, attempt, fields, missing, missing_within, number, outcome};

const ALL: &str = "commentEdge { cursor node { body depth createdAt editedAt tombstone replyCount \
    reactionCount viewerCanEdit viewerCanDelete author { handle } mentions { handle } \
    post { id } parent { id } } } post { commentCount } parent { body replyCount }";

#[tokio::test]
async fn a_reply_comes_back_whole_with_the_new_counts() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let first = ada.comment(&post, "first").await;
    let input = json!({ "postId": post, "parentId": first, "body": " hi @ada @bob @nobody\n" });
    let mut done = bob.mutate("createComment", input, ALL).await;
    assert!(done["commentEdge"]["cursor"].take().is_string());
    assert_eq!(
        done,
        json!({
            "commentEdge": { "cursor": null, "node": {
                "body": "hi @ada @bob @nobody", "depth": 1, "createdAt": "2026-05-01T12:00:00Z",
                "editedAt": null, "tombstone": null, "replyCount": 0, "reactionCount": 0,
                "viewerCanEdit": true, "viewerCanDelete": true, "author": { "handle": "bob" },
                "mentions": [{ "handle": "ada" }, { "handle": "bob" }],
                "post": { "id": post }, "parent": { "id": first }
            } },
            "post": { "commentCount": 2 },
            "parent": { "body": "first", "replyCount": 1 },
            "userErrors": []
        })
    );
    let seen = fields(
        &ada,
        &post,
        "comments { totalCount nodes { body replies { nodes { body } } } }",
    );
    assert_eq!(
        seen.await["comments"],
        json!({ "totalCount": 1, "nodes": [
            { "body": "first", "replies": { "nodes": [{ "body": "hi @ada @bob @nobody" }] } }
        ] })
    );
}

#[tokio::test]
async fn the_new_edges_cursor_is_its_place_in_the_thread() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    ada.comment(&post, "before").await;
    let input = json!({ "postId": post, "body": "now" });
    let done = ada
        .mutate("createComment", input, "commentEdge { cursor }")
        .await;
    ada.comment(&post, "after").await;
    let query = "query($id: ID!, $at: String) { node(id: $id) { ... on Post { \
        comments(after: $at) { nodes { body } } } } }";
    let at = &done["commentEdge"]["cursor"];
    let data = ada.query(query, json!({ "id": post, "at": at })).await;
    assert_eq!(
        data["node"]["comments"]["nodes"],
        json!([{ "body": "after" }])
    );
}

#[tokio::test]
async fn replies_stand_thirty_two_deep_and_not_deeper() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let mut last = ada.comment(&post, "0").await;
    for depth in 1..=32 {
        last = ada.reply(&post, &last, &depth.to_string()).await;
        assert_eq!(fields(&ada, &last, "depth").await["depth"], depth);
    }
    let deeper = json!({ "postId": post, "parentId": last, "body": "33" });
    assert_eq!(
        attempt(&ada, "createComment", deeper).await,
        "BAD_USER_INPUT at parentId"
    );
    assert_eq!(
        fields(&ada, &post, "commentCount").await["commentCount"],
        33
    );
}

#[tokio::test]
async fn a_comment_needs_a_post_and_a_parent_that_are_there_and_belong_together() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (post, other) = (ada.post("one").await, ada.post("two").await);
    let hidden = ada.post_to("hidden", "FOLLOWERS").await;
    let parent = ada.comment(&other, "under two").await;
    let dead = ada.comment(&post, "dead").await;
    ada.reply(&post, &dead, "keeps it").await;
    attempt(&ada, "deleteComment", json!({ "commentId": dead })).await;
    let gone = ada.comment(&post, "gone").await;
    attempt(&ada, "deleteComment", json!({ "commentId": gone })).await;
    let below = ada.comment(&hidden, "below hidden").await;
    let nowhere = missing_within(NodeKind::Comment, &post);
    let wrong = [
        (missing(NodeKind::Post), None, "NOT_FOUND at postId"),
        (hidden.clone(), None, "NOT_FOUND at postId"),
        (hidden, Some(&below), "NOT_FOUND at postId"),
        (ada.id.clone(), None, "BAD_USER_INPUT at postId"),
        (parent.clone(), None, "BAD_USER_INPUT at postId"),
        ("x".to_owned(), None, "BAD_USER_INPUT at postId"),
        (post.clone(), Some(&parent), "NOT_FOUND at parentId"),
        (post.clone(), Some(&dead), "NOT_FOUND at parentId"),
        (post.clone(), Some(&gone), "NOT_FOUND at parentId"),
        (post.clone(), Some(&below), "NOT_FOUND at parentId"),
        (post.clone(), Some(&nowhere), "NOT_FOUND at parentId"),
        (post.clone(), Some(&post), "BAD_USER_INPUT at parentId"),
    ];
    let before = number(&app, "SELECT COUNT(*) AS n FROM comment").await;
    for (post, parent, expected) in wrong {
        let input = json!({ "postId": post, "parentId": parent, "body": "x" });
        assert_eq!(
            attempt(&bob, "createComment", input.clone()).await,
            expected,
            "{input}"
        );
    }
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM comment").await,
        before
    );
}

#[tokio::test]
async fn two_thousand_characters_are_a_comment_and_one_more_is_not() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let write = |body: &str| {
        let input = json!({ "postId": post, "body": body });
        let ada = ada.clone();
        async move { outcome(&ada.mutate("createComment", input, "post { id }").await) }
    };
    assert_eq!(write(&"é".repeat(2_000)).await, "done");
    let many = (0..51)
        .map(|n| format!("@name_{n}"))
        .collect::<Vec<_>>()
        .join(" ");
    for wrong in ["", " \n", "a\u{0}", "a\rb", &"é".repeat(2_001), &many] {
        assert_eq!(write(wrong).await, "BAD_USER_INPUT at body", "{wrong:?}");
    }
    assert_eq!(fields(&ada, &post, "commentCount").await["commentCount"], 1);
}
