//! Comments that the author of the post hides.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt, fields, missing_within, node, outcome, states},
};

fn set(comment: &str, is_hidden: bool) -> Value {
    json!({ "commentId": comment, "isHidden": is_hidden })
}

const SEEN: &str = "body tombstone author { handle } reactionCount viewerCanHide viewerCanReply";

async fn seen(caller: &Caller, comment: &str) -> Value {
    fields(caller, comment, SEEN).await
}

#[tokio::test]
async fn a_hidden_comment_is_a_tombstone_for_all_but_its_author_and_the_posts() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let comment = bob.comment(&post, "rude").await;
    let reply = cid.reply(&post, &comment, "a reply").await;
    let payload = "comment { body tombstone viewerCanHide }";
    let shown = json!({ "body": "rude", "tombstone": "HIDDEN_BY_AUTHOR", "viewerCanHide": true });
    for _ in 0..2 {
        let done = ada
            .mutate("hideComment", set(&comment, true), payload)
            .await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(done["comment"], shown);
    }
    for (who, can_hide) in [(&ada, true), (&bob, false)] {
        let whole = json!({ "body": "rude", "tombstone": "HIDDEN_BY_AUTHOR",
            "author": { "handle": "bob" }, "reactionCount": 0, "viewerCanHide": can_hide,
            "viewerCanReply": true });
        assert_eq!(seen(who, &comment).await, whole);
    }
    for who in [&cid, &app.guest()] {
        let place = json!({ "body": null, "tombstone": "HIDDEN_BY_AUTHOR", "author": null,
            "reactionCount": null, "viewerCanHide": null, "viewerCanReply": null });
        assert_eq!(seen(who, &comment).await, place);
    }
    let late = json!({ "postId": post, "parentId": comment, "body": "late" });
    assert_eq!(
        attempt(&cid, "createComment", late.clone()).await,
        "NOT_FOUND at parentId"
    );
    assert_eq!(attempt(&bob, "createComment", late).await, "done");
    let react = json!({ "subjectId": comment, "emoji": "👍" });
    assert_eq!(
        attempt(&cid, "addReaction", react).await,
        "NOT_FOUND at subjectId"
    );
    assert!(node(&cid, &reply, "").await.is_object());
    let done = ada
        .mutate("hideComment", set(&comment, false), payload)
        .await;
    let back = json!({ "body": "rude", "tombstone": null, "viewerCanHide": true });
    assert_eq!(done["comment"], back);
    assert_eq!(seen(&cid, &comment).await["body"], "rude");
    invariants::hold(&app).await;
}

#[tokio::test]
async fn without_replies_a_hidden_comment_is_gone_for_others() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let comment = bob.comment(&post, "rude").await;
    assert_eq!(
        attempt(&ada, "hideComment", set(&comment, true)).await,
        "done"
    );
    assert_eq!(node(&app.guest(), &comment, "").await, Value::Null);
    let list = "comments { totalCount nodes { body } } commentCount";
    let none = json!({ "comments": { "totalCount": 0, "nodes": [] }, "commentCount": 1 });
    assert_eq!(fields(&app.guest(), &post, list).await, none);
    let one = json!({ "comments": { "totalCount": 1, "nodes": [{ "body": "rude" }] },
        "commentCount": 1 });
    assert_eq!(fields(&bob, &post, list).await, one);
    let delete = json!({ "commentId": comment });
    assert_eq!(attempt(&bob, "deleteComment", delete).await, "done");
    invariants::hold(&app).await;
}

#[tokio::test]
async fn only_the_posts_author_hides_and_only_what_they_see() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let comment = bob.comment(&post, "a comment").await;
    for who in [&bob, &cid] {
        let told = attempt(who, "hideComment", set(&comment, true)).await;
        assert_eq!(told, "FORBIDDEN at commentId");
        assert_eq!(seen(who, &comment).await["viewerCanHide"], false);
    }
    assert_eq!(seen(&app.guest(), &comment).await["viewerCanHide"], false);
    let elsewhere = cid.post_to("for followers", "FOLLOWERS").await;
    let below = cid.comment(&elsewhere, "below").await;
    let dead = ada.comment(&post, "dead").await;
    let delete = json!({ "commentId": dead });
    assert_eq!(attempt(&ada, "deleteComment", delete).await, "done");
    let never = missing_within(NodeKind::Comment, &post);
    for id in [&below, &dead, &never] {
        for is_hidden in [true, false] {
            let told = attempt(&ada, "hideComment", set(id, is_hidden)).await;
            assert_eq!(told, "NOT_FOUND at commentId");
        }
    }
    assert_eq!(
        attempt(&ada, "hideComment", set(&post, true)).await,
        "BAD_USER_INPUT at commentId"
    );
    states::block(&app, &ada, &bob).await;
    let told = attempt(&ada, "hideComment", set(&comment, true)).await;
    assert_eq!(told, "NOT_FOUND at commentId");
}

#[tokio::test]
async fn staff_hides_from_all_but_the_author_and_the_moment_is_told_to_them() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let comment = bob.comment(&post, "hidden by staff").await;
    let hidden = "body hiddenAt tombstone";
    let alive = json!({ "body": "hidden by staff", "hiddenAt": null, "tombstone": null });
    assert_eq!(fields(&cid, &comment, hidden).await, alive);
    cid.reply(&post, &comment, "a reply").await;
    states::hide(&app, "hidden by staff").await;
    let place = json!({ "body": null, "hiddenAt": null, "tombstone": "UNAVAILABLE" });
    for who in [&ada, &cid, &app.guest()] {
        assert_eq!(fields(who, &comment, hidden).await, place);
    }
    let whole = fields(&bob, &comment, hidden).await;
    let expected = json!({ "body": "hidden by staff", "hiddenAt": "2026-05-01T12:00:00Z",
        "tombstone": null });
    assert_eq!(whole, expected);
}
