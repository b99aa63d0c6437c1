//! One's own comments under posts that one no longer sees.

use serde_json::{Value, json};

use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt, fields, node, states},
};

const PAYLOAD: &str = "comment { id } deletedCommentId post { id }";

async fn delete(caller: &Caller, comment: &str) -> Value {
    caller
        .mutate("deleteComment", json!({ "commentId": comment }), PAYLOAD)
        .await
}

#[tokio::test]
async fn one_deletes_ones_own_comment_whatever_became_of_the_post() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    for cause in ["block", "hidden", "private", "suspended"] {
        let post = ada.post(cause).await;
        let alone = bob.comment(&post, "alone").await;
        let holding = bob.comment(&post, "holding").await;
        cid.reply(&post, &holding, "a reply").await;
        let other = cid.comment(&post, "of another").await;
        match cause {
            "block" => states::block(&app, &ada, &bob).await,
            "hidden" => states::hide(&app, "hidden").await,
            "private" => states::set_private(&app, &ada, true).await,
            _ => states::suspend(&app, &ada).await,
        }
        // Public numbers as those would have left them who do that.
        invariants::mended(&app).await;
        for comment in [&alone, &holding] {
            let done = json!({ "comment": null, "deletedCommentId": comment, "post": null,
                "userErrors": [] });
            assert_eq!(delete(&bob, comment).await, done, "{cause}");
        }
        for comment in [&alone, &holding, &other] {
            let input = json!({ "commentId": comment });
            let told = attempt(&bob, "deleteComment", input).await;
            assert_eq!(told, "NOT_FOUND at commentId", "{cause}");
            let input = json!({ "commentId": comment, "body": "new" });
            let told = attempt(&bob, "editComment", input).await;
            assert_eq!(told, "NOT_FOUND at commentId", "{cause}");
        }
        invariants::hold(&app).await;
        states::unblock_all(&app).await;
        states::set_private(&app, &ada, false).await;
        app.sql("UPDATE person SET suspended_until = 0").await;
        app.sql("UPDATE post SET hidden_at = NULL").await;
        assert_eq!(node(&cid, &alone, "").await, Value::Null);
        let left = fields(&cid, &holding, "tombstone replyCount").await;
        assert_eq!(left, json!({ "tombstone": "UNAVAILABLE", "replyCount": 1 }));
    }
}

#[tokio::test]
async fn a_parent_is_judged_after_the_post_that_it_is_said_to_stand_under() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let comment = ada.comment(&post, "a comment").await;
    let hidden = ada.post_to("for followers", "FOLLOWERS").await;
    let never = crate::support::missing(rookery::ids::NodeKind::Post);
    for id in [&hidden, &never] {
        let input = json!({ "postId": id, "parentId": comment, "body": "hi" });
        let told = attempt(&bob, "createComment", input).await;
        assert_eq!(told, "NOT_FOUND at postId");
    }
}
