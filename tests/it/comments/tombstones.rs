//! Deleting a comment: gone, or a tombstone that holds the replies.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, node, number, outcome};

const TOMBSTONE: &str = "body tombstone editedAt reactionCount viewerCanEdit viewerCanDelete \
    author { handle } mentions { handle } reactionGroups { emoji } reactions { nodes { id } } \
    depth createdAt replyCount replies { nodes { body } } post { commentCount }";

/// What `deleteComment` says became of it: `gone` or `tombstone`, and the post's count.
async fn delete(caller: &Caller, comment: &str) -> (&'static str, Value) {
    let payload = "comment { tombstone body } deletedCommentId post { commentCount }";
    let done = caller
        .mutate("deleteComment", json!({ "commentId": comment }), payload)
        .await;
    assert_eq!(outcome(&done), "done");
    let count = done["post"]["commentCount"].clone();
    if done["deletedCommentId"] == *comment {
        assert!(done["comment"].is_null());
        return ("gone", count);
    }
    assert!(done["deletedCommentId"].is_null());
    assert_eq!(
        done["comment"],
        json!({ "tombstone": "UNAVAILABLE", "body": null })
    );
    ("tombstone", count)
}

async fn is_there(caller: &Caller, id: &str) -> bool {
    node(caller, id, "").await.is_object()
}

#[tokio::test]
async fn a_comment_without_replies_is_gone() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let comment = bob.comment(&post, "text @ada").await;
    let edit = json!({ "commentId": comment, "body": "other text @ada" });
    assert_eq!(attempt(&bob, "editComment", edit.clone()).await, "done");
    ada.react(&comment, "👍").await;
    let reaction = fields(&ada, &comment, "reactions { nodes { id } }").await;
    let reaction = reaction["reactions"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(delete(&bob, &comment).await, ("gone", json!(0)));
    assert!(!is_there(&bob, &comment).await && !is_there(&ada, &reaction).await);
    let list = fields(&ada, &post, "comments { totalCount nodes { id } }").await;
    assert_eq!(list["comments"], json!({ "totalCount": 0, "nodes": [] }));
    let again = attempt(&bob, "deleteComment", json!({ "commentId": comment })).await;
    assert_eq!(again, "NOT_FOUND at commentId");
    assert_eq!(
        attempt(&bob, "editComment", edit).await,
        "NOT_FOUND at commentId"
    );
    for left in [
        "SELECT COUNT(*) AS n FROM comment WHERE body <> ''",
        "SELECT COUNT(*) AS n FROM comment_edit",
        "SELECT COUNT(*) AS n FROM comment_mention",
    ] {
        assert_eq!(number(&app, left).await, 0, "{left}");
    }
}

#[tokio::test]
async fn a_tombstone_tells_nothing_but_its_place() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let comment = bob.comment(&post, "text @ada").await;
    app.advance(60);
    attempt(
        &bob,
        "editComment",
        json!({ "commentId": comment, "body": "more @ada" }),
    )
    .await;
    ada.react(&comment, "👍").await;
    ada.reply(&post, &comment, "a reply").await;
    let reaction = fields(&ada, &comment, "reactions { nodes { id } }").await;
    let reaction = reaction["reactions"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(delete(&bob, &comment).await, ("tombstone", json!(1)));
    for caller in [&ada, &bob, &app.guest()] {
        let mut seen = fields(caller, &comment, TOMBSTONE).await;
        for may in ["viewerCanEdit", "viewerCanDelete"] {
            assert_ne!(seen[may].take(), true, "{may}");
        }
        assert_eq!(
            seen,
            json!({
                "body": null, "tombstone": "UNAVAILABLE", "editedAt": null, "reactionCount": null,
                "viewerCanEdit": null, "viewerCanDelete": null, "author": null, "mentions": null,
                "reactionGroups": null, "reactions": null, "depth": 0,
                "createdAt": "2026-05-01T12:00:00Z", "replyCount": 1,
                "replies": { "nodes": [{ "body": "a reply" }] }, "post": { "commentCount": 1 }
            })
        );
        assert!(!is_there(caller, &reaction).await);
    }
}

#[tokio::test]
async fn nothing_can_be_done_to_a_tombstone() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let comment = bob.comment(&post, "text").await;
    bob.react(&comment, "👍").await;
    ada.reply(&post, &comment, "a reply").await;
    delete(&bob, &comment).await;
    let calls = [
        (
            "editComment",
            json!({ "commentId": comment, "body": "back" }),
            "commentId",
        ),
        (
            "deleteComment",
            json!({ "commentId": comment }),
            "commentId",
        ),
        (
            "addReaction",
            json!({ "subjectId": comment, "emoji": "👍" }),
            "subjectId",
        ),
        (
            "removeReaction",
            json!({ "subjectId": comment, "emoji": "👍" }),
            "subjectId",
        ),
        (
            "createComment",
            json!({ "postId": post, "parentId": comment, "body": "late" }),
            "parentId",
        ),
    ];
    for (field, input, path) in calls {
        for caller in [&ada, &bob] {
            let got = attempt(caller, field, input.clone()).await;
            assert_eq!(got, format!("NOT_FOUND at {path}"), "{field}");
        }
    }
}

#[tokio::test]
async fn tombstones_go_with_the_last_reply_that_they_hold() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let top = ada.comment(&post, "top").await;
    let middle = ada.reply(&post, &top, "middle").await;
    let side = ada.reply(&post, &top, "side").await;
    let leaf = ada.reply(&post, &middle, "leaf").await;
    assert_eq!(delete(&ada, &middle).await, ("tombstone", json!(3)));
    assert_eq!(delete(&ada, &top).await, ("tombstone", json!(2)));
    assert_eq!(fields(&ada, &top, "replyCount").await["replyCount"], 1);
    assert_eq!(delete(&ada, &leaf).await, ("gone", json!(1)));
    assert!(!is_there(&ada, &middle).await, "it held the leaf alone");
    assert!(is_there(&ada, &top).await, "it still holds the side");
    let list = "comments { totalCount nodes { tombstone replies { nodes { body } } } }";
    assert_eq!(
        fields(&ada, &post, list).await["comments"],
        json!({ "totalCount": 1, "nodes": [
            { "tombstone": "UNAVAILABLE", "replies": { "nodes": [{ "body": "side" }] } }
        ] })
    );
    assert_eq!(delete(&ada, &side).await, ("gone", json!(0)));
    assert!(!is_there(&ada, &top).await);
    assert_eq!(
        fields(&ada, &post, "comments { totalCount }").await["comments"]["totalCount"],
        0
    );
}

#[tokio::test]
async fn a_living_comment_stays_when_its_last_reply_goes() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let top = ada.comment(&post, "top").await;
    let reply = ada.reply(&post, &top, "reply").await;
    assert_eq!(delete(&ada, &reply).await, ("gone", json!(1)));
    let seen = fields(&ada, &top, "body replyCount").await;
    assert_eq!(seen, json!({ "body": "top", "replyCount": 0 }));
}
