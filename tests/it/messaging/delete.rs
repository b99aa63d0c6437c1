//! Deleting messages.

use serde_json::json;

use crate::support::{TestApp, attempt, chat::done, fields, number};

const ALL: &str = "tombstone body sender { handle } replyTo { id } editedAt idempotencyKey \
    sharedPost { __typename } reactionCount sequence viewerCanEdit viewerCanDelete";

#[tokio::test]
async fn a_deleted_message_is_a_tombstone_for_everybody_on_every_path() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    let first = bob.say(&talk, "first").await;
    let post = bob.post("a post").await;
    let message = ada
        .say_with(
            json!({ "conversationId": talk, "body": "secret", "replyToId": first,
            "sharedPostId": post, "idempotencyKey": "k" }),
        )
        .await;
    bob.react(&message, "👍").await;
    let input = json!({ "conversationId": talk, "body": "reply", "replyToId": message });
    let reply = bob.say_with(input).await;
    let input = json!({ "messageId": message });
    let deleted = ada
        .mutate("deleteMessage", input, &format!("message {{ id {ALL} }}"))
        .await;
    let mut tombstone = json!({ "tombstone": "UNAVAILABLE", "body": null, "sender": null,
        "replyTo": null, "editedAt": null, "idempotencyKey": null, "sharedPost": null,
        "reactionCount": null, "sequence": 2, "viewerCanEdit": false, "viewerCanDelete": false });
    for who in [&ada, &bob] {
        assert_eq!(fields(who, &message, ALL).await, tombstone);
        let seen = fields(who, &reply, "replyTo { tombstone body }").await;
        assert_eq!(
            seen["replyTo"],
            json!({ "tombstone": "UNAVAILABLE", "body": null })
        );
        assert_eq!(
            who.hears(&talk).await,
            Some(json!(["first", null, "reply"]))
        );
    }
    tombstone["id"] = json!(message);
    assert_eq!(done(&deleted)["message"], tombstone);
    let left = "SELECT COUNT(*) AS n FROM message WHERE body = 'secret' OR (deleted_at IS NOT NULL \
        AND (reply_to_id IS NOT NULL OR shared_post_id IS NOT NULL))";
    assert_eq!(number(&app, left).await, 0);
}

#[tokio::test]
async fn deleting_twice_changes_nothing_and_others_cannot() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let group = ada.gather(&[&bob]).await;
    let message = bob.say(&group, "mine").await;
    let input = json!({ "messageId": message });
    for (who, told) in [
        // Owning a group is no power over words.
        (&ada, "FORBIDDEN at messageId"),
        (&cyd, "NOT_FOUND at messageId"),
        (&bob, "done"),
        (&bob, "done"),
        (&ada, "NOT_FOUND at messageId"),
    ] {
        assert_eq!(
            attempt(who, "deleteMessage", input.clone()).await,
            told,
            "{}",
            who.handle
        );
    }
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.message_deleted.v1'";
    assert_eq!(number(&app, facts).await, 1);
}

#[tokio::test]
async fn a_deleted_message_is_not_unread() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    let message = ada.say(&talk, "one").await;
    ada.say(&talk, "two").await;
    assert_eq!(fields(&bob, &talk, "unreadCount").await["unreadCount"], 2);
    attempt(&ada, "deleteMessage", json!({ "messageId": message })).await;
    assert_eq!(fields(&bob, &talk, "unreadCount").await["unreadCount"], 1);
}
