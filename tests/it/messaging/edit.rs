//! Changing messages.

use rookery::ids::NodeKind;
use serde_json::json;

use crate::support::{TestApp, attempt, chat::done, fields, missing_within, number};

#[tokio::test]
async fn a_sender_changes_their_own_words_and_nothing_becomes_unread() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    let message = ada.say(&talk, "helo").await;
    let read = json!({ "upToMessageId": message });
    assert_eq!(bob.tries("markConversationRead", &talk, read).await, "done");
    app.advance(60);
    let input = json!({ "messageId": message, "body": " hello " });
    let payload = "message { body editedAt sequence createdAt }";
    let edited = ada.mutate("editMessage", input.clone(), payload).await;
    let expected = json!({ "body": "hello", "editedAt": "2026-05-01T12:01:00Z", "sequence": 1,
        "createdAt": "2026-05-01T12:00:00Z" });
    assert_eq!(done(&edited)["message"], expected);
    // The same text again changes nothing.
    app.advance(60);
    let edited = ada.mutate("editMessage", input, payload).await;
    assert_eq!(done(&edited)["message"], expected);
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.message_edited.v1'";
    assert_eq!(number(&app, facts).await, 1);
    let seen = fields(&bob, &talk, "unreadCount updatedAt lastMessage { body }").await;
    assert_eq!(
        seen,
        json!({ "unreadCount": 0, "updatedAt": "2026-05-01T12:00:00Z",
            "lastMessage": { "body": "hello" } })
    );
}

#[tokio::test]
async fn others_words_tombstones_and_what_is_not_there_stay_as_they_are() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let talk = ada.talk_to(&bob).await;
    let (mine, gone) = (ada.say(&talk, "mine").await, ada.say(&talk, "gone").await);
    attempt(&ada, "deleteMessage", json!({ "messageId": gone })).await;
    let elsewhere = missing_within(NodeKind::Message, &talk);
    for (who, message, told) in [
        (&bob, &mine, "FORBIDDEN at messageId"),
        (&cyd, &mine, "NOT_FOUND at messageId"),
        (&ada, &gone, "NOT_FOUND at messageId"),
        (&bob, &gone, "NOT_FOUND at messageId"),
        (&ada, &elsewhere, "NOT_FOUND at messageId"),
        (&ada, &talk, "BAD_USER_INPUT at messageId"),
    ] {
        let input = json!({ "messageId": message, "body": "other" });
        assert_eq!(
            attempt(who, "editMessage", input).await,
            told,
            "{}",
            who.handle
        );
    }
    for body in ["", " ", &"x".repeat(4_001)] {
        let input = json!({ "messageId": mine, "body": body });
        assert_eq!(
            attempt(&ada, "editMessage", input).await,
            "BAD_USER_INPUT at body"
        );
    }
    assert_eq!(bob.hears(&talk).await, Some(json!(["mine", null])));
}

#[tokio::test]
async fn what_staff_has_hidden_its_sender_may_still_change() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    let message = ada.say(&talk, "rude").await;
    app.sql("UPDATE message SET hidden_at = 1777636800000000")
        .await;
    let input = json!({ "messageId": message, "body": "kind" });
    assert_eq!(attempt(&ada, "editMessage", input.clone()).await, "done");
    assert_eq!(
        attempt(&bob, "editMessage", input).await,
        "NOT_FOUND at messageId"
    );
}
