//! Editing a comment.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, missing_within, number, outcome};

async fn edit(caller: &Caller, comment: &str, body: &str) -> String {
    attempt(
        caller,
        "editComment",
        json!({ "commentId": comment, "body": body }),
    )
    .await
}

#[tokio::test]
async fn an_edit_replaces_text_and_mentions_and_keeps_the_old_text() {
    let app = TestApp::start().await;
    let [ada, _bob, _cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let comment = ada.comment(&post, "old @bob").await;
    app.advance(60);
    let input = json!({ "commentId": comment, "body": " new @cid @bob" });
    let payload = "comment { body editedAt mentions { handle } }";
    let done = ada.mutate("editComment", input, payload).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(
        done["comment"],
        json!({ "body": "new @cid @bob", "editedAt": "2026-05-01T12:01:00Z",
            "mentions": [{ "handle": "cid" }, { "handle": "bob" }] })
    );
    app.advance(60);
    assert_eq!(edit(&ada, &comment, "new @cid @bob ").await, "done");
    let seen = fields(&ada, &comment, "editedAt").await;
    assert_eq!(
        seen["editedAt"], "2026-05-01T12:01:00Z",
        "the same text is no edit"
    );
    let kept = "SELECT COUNT(*) AS n FROM comment_edit WHERE body = 'old @bob'";
    assert_eq!(number(&app, kept).await, 1);
}

#[tokio::test]
async fn only_its_author_edits_or_deletes_a_comment() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let seen = ada.post("seen").await;
    let hidden = ada.post_to("for @cid", "MENTIONED").await;
    let comment = cid.comment(&seen, "text").await;
    let below = cid.comment(&hidden, "text").await;
    for (caller, id, expected) in [
        (&bob, comment.as_str(), "FORBIDDEN at commentId"),
        (&ada, &comment, "FORBIDDEN at commentId"),
        (&bob, &below, "NOT_FOUND at commentId"),
        (
            &bob,
            &missing_within(NodeKind::Comment, &seen),
            "NOT_FOUND at commentId",
        ),
        (&bob, &seen, "BAD_USER_INPUT at commentId"),
        (&bob, "Comment_x", "BAD_USER_INPUT at commentId"),
    ] {
        assert_eq!(edit(caller, id, "taken over").await, expected, "{id}");
        let got = attempt(caller, "deleteComment", json!({ "commentId": id })).await;
        assert_eq!(got, expected, "{id}");
    }
    for id in [&comment, &below] {
        let now = fields(
            &cid,
            id,
            "body editedAt tombstone viewerCanEdit viewerCanDelete",
        )
        .await;
        assert_eq!(
            now,
            json!({ "body": "text", "editedAt": null, "tombstone": null,
                "viewerCanEdit": true, "viewerCanDelete": true })
        );
    }
    let others = fields(&bob, &comment, "viewerCanEdit viewerCanDelete").await;
    assert_eq!(
        others,
        json!({ "viewerCanEdit": false, "viewerCanDelete": false })
    );
}

#[tokio::test]
async fn a_text_that_could_not_be_written_does_not_replace_one() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let comment = ada.comment(&post, "fine").await;
    for wrong in ["", "\n", "a\u{0}", &"x".repeat(2_001)] {
        assert_eq!(edit(&ada, &comment, wrong).await, "BAD_USER_INPUT at body");
    }
    assert_eq!(fields(&ada, &comment, "body").await["body"], "fine");
}

#[tokio::test]
async fn a_mention_in_a_comment_opens_no_post() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post_to("hidden", "MENTIONED").await;
    let comment = ada.comment(&post, "look @bob").await;
    assert_eq!(edit(&ada, &comment, "look again @bob").await, "done");
    assert_eq!(fields(&bob, &post, "body").await, Value::Null);
    assert_eq!(fields(&bob, &comment, "body").await, Value::Null);
}
