//! How far people have read.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, missing_within, number, outcome};

async fn read(who: &Caller, conversation: &str, message: &str) -> Value {
    let input = json!({ "conversationId": conversation, "upToMessageId": message });
    let payload = "conversation { unreadCount } viewer { unreadMessageCount }";
    who.mutate("markConversationRead", input, payload).await
}

#[tokio::test]
async fn the_marker_moves_forward_only_and_both_counts_follow() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let (talk, other) = (ada.talk_to(&bob).await, cyd.talk_to(&bob).await);
    cyd.say(&other, "elsewhere").await;
    let mut messages = Vec::new();
    for n in 1..=3 {
        messages.push(ada.say(&talk, &format!("message {n}")).await);
    }
    for (message, unread) in [(1, 1), (0, 1), (2, 0), (1, 0)] {
        let told = read(&bob, &talk, &messages[message]).await;
        assert_eq!(
            outcome(&json!({ "userErrors": told["userErrors"] })),
            "done"
        );
        assert_eq!(told["conversation"]["unreadCount"], unread);
        assert_eq!(told["viewer"]["unreadMessageCount"], unread + 1);
    }
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.read.v1'";
    assert_eq!(
        number(&app, facts).await,
        2,
        "what moves nothing is not told"
    );
}

#[tokio::test]
async fn sending_does_not_move_the_marker() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    ada.say(&talk, "one").await;
    bob.say(&talk, "two").await;
    assert_eq!(fields(&bob, &talk, "unreadCount").await["unreadCount"], 1);
}

#[tokio::test]
async fn only_what_the_reader_sees_in_this_conversation_marks_it() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let (group, talk) = (ada.gather(&[&bob]).await, ada.talk_to(&cyd).await);
    let before = ada.say(&group, "before").await;
    let elsewhere = ada.say(&talk, "elsewhere").await;
    ada.tries(
        "addConversationMembers",
        &group,
        json!({ "userIds": [cyd.id] }),
    )
    .await;
    let gone = ada.say(&group, "after").await;
    attempt(&ada, "deleteMessage", json!({ "messageId": gone })).await;
    let missing = missing_within(NodeKind::Message, &group);
    for (conversation, message, told) in [
        (&group, &before, "NOT_FOUND at upToMessageId"),
        (&group, &elsewhere, "NOT_FOUND at upToMessageId"),
        (&group, &missing, "NOT_FOUND at upToMessageId"),
        (&group, &talk, "BAD_USER_INPUT at upToMessageId"),
        // A tombstone is read like any other message.
        (&group, &gone, "done"),
    ] {
        let input = json!({ "upToMessageId": message });
        assert_eq!(
            cyd.tries("markConversationRead", conversation, input).await,
            told
        );
    }
    let input = json!({ "upToMessageId": before });
    let told = app
        .user("dan")
        .await
        .tries("markConversationRead", &group, input)
        .await;
    assert_eq!(told, "NOT_FOUND at conversationId");
}
