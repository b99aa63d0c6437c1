//! Deleting a post: it is gone on every path.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, node, number, outcome};

/// Ids of a post, a comment, a reply, a reaction on each level, and an earlier text.
async fn grow(ada: &Caller, bob: &Caller) -> Vec<String> {
    let post = ada.post("one #tag @bob").await;
    let edit = json!({ "postId": post, "body": "two #tag @bob" });
    assert_eq!(attempt(ada, "editPost", edit).await, "done");
    let comment = bob.comment(&post, "a comment").await;
    let reply = ada.reply(&post, &comment, "a reply").await;
    bob.react(&post, "👍").await;
    ada.react(&comment, "👍").await;
    let of_post = "reactions { nodes { id } } edits { nodes { id } }";
    let parts = fields(ada, &post, of_post).await;
    let more = fields(ada, &comment, "reactions { nodes { id } }").await;
    let id = |found: &Value| found["nodes"][0]["id"].as_str().unwrap().to_owned();
    let leaves = [
        id(&parts["reactions"]),
        id(&parts["edits"]),
        id(&more["reactions"]),
    ];
    [post, comment, reply].into_iter().chain(leaves).collect()
}

#[tokio::test]
async fn a_deleted_post_is_gone_for_everybody_and_on_every_path() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.follow(&ada).await;
    let ids = grow(&ada, &bob).await;
    for id in &ids {
        assert!(node(&bob, id, "").await.is_object(), "{id} was there");
    }
    let done = ada
        .mutate("deletePost", json!({ "postId": ids[0] }), "deletedPostId")
        .await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["deletedPostId"], ids[0]);
    for caller in [&ada, &bob, &app.guest()] {
        for id in &ids {
            assert_eq!(
                node(caller, id, "").await,
                Value::Null,
                "{id} for {}",
                caller.handle
            );
        }
        let lists = "{ explore { nodes { id } } hashtag(name: \"tag\") { postCount posts { nodes { id } } } \
            user(handle: \"ada\") { postCount posts { nodes { id } } } \
            viewer { homeFeed { nodes { id } } } }";
        let mut data = caller.query(lists, json!({})).await;
        let empty = json!({ "nodes": [] });
        if !data["viewer"].is_null() {
            assert_eq!(data["viewer"].take(), json!({ "homeFeed": empty }));
        }
        let none = json!({ "postCount": 0, "posts": empty });
        assert_eq!(
            data,
            json!({ "explore": empty, "hashtag": null, "user": none, "viewer": null })
        );
    }
}

#[tokio::test]
async fn nothing_can_be_done_to_a_deleted_post_or_below_it() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let ids = grow(&ada, &bob).await;
    let (post, comment) = (&ids[0], &ids[1]);
    let delete = json!({ "postId": post });
    assert_eq!(
        attempt(&bob, "deletePost", delete.clone()).await,
        "FORBIDDEN at postId"
    );
    assert_eq!(attempt(&ada, "deletePost", delete.clone()).await, "done");
    let calls = [
        ("deletePost", delete, "NOT_FOUND at postId"),
        (
            "editPost",
            json!({ "postId": post, "body": "back" }),
            "NOT_FOUND at postId",
        ),
        (
            "createComment",
            json!({ "postId": post, "body": "late" }),
            "NOT_FOUND at postId",
        ),
        (
            "editComment",
            json!({ "commentId": comment, "body": "late" }),
            "NOT_FOUND at commentId",
        ),
        (
            "deleteComment",
            json!({ "commentId": comment }),
            "NOT_FOUND at commentId",
        ),
        (
            "addReaction",
            json!({ "subjectId": post, "emoji": "🎉" }),
            "NOT_FOUND at subjectId",
        ),
        (
            "addReaction",
            json!({ "subjectId": comment, "emoji": "🎉" }),
            "NOT_FOUND at subjectId",
        ),
        (
            "removeReaction",
            json!({ "subjectId": post, "emoji": "👍" }),
            "NOT_FOUND at subjectId",
        ),
    ];
    for (field, input, expected) in calls {
        for caller in [&ada, &bob] {
            assert_eq!(
                attempt(caller, field, input.clone()).await,
                expected,
                "{field} {input}"
            );
        }
    }
}

#[tokio::test]
async fn the_text_of_a_deleted_post_is_erased() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let ids = grow(&ada, &bob).await;
    attempt(&ada, "deletePost", json!({ "postId": ids[0] })).await;
    for left in [
        "SELECT COUNT(*) AS n FROM post WHERE body <> ''",
        "SELECT COUNT(*) AS n FROM post_edit",
        "SELECT COUNT(*) AS n FROM post_mention",
        "SELECT COUNT(*) AS n FROM post_hashtag",
    ] {
        assert_eq!(number(&app, left).await, 0, "{left}");
    }
}
