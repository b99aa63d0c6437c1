//! Conversations that somebody is put into without having let the other one in.

use serde_json::{Value, json};

use crate::support::{
    Caller, TestApp, attempt,
    chat::{done, set_policy},
    fields, node, number,
};

/// Bob, who lets in whom he follows, is written to by ada, whom he does not.
async fn asked(app: &TestApp) -> (Caller, Caller, String) {
    let [ada, bob] = app.users(["ada", "bob"]).await;
    set_policy(app, &bob, "FOLLOWING").await;
    let talk = ada.talk_to(&bob).await;
    ada.say(&talk, "hello").await;
    (ada, bob, talk)
}

async fn listed(who: &Caller, status: &str) -> Value {
    let query = format!("{{ viewer {{ conversations(status: {status}) {{ nodes {{ id }} }} }} }}");
    who.query(&query, json!({})).await["viewer"]["conversations"]["nodes"].clone()
}

#[tokio::test]
async fn whoever_is_not_followed_makes_a_request_which_is_read_and_then_accepted() {
    let app = TestApp::start().await;
    let (ada, bob, talk) = asked(&app).await;
    assert_eq!(ada.status(&talk).await, "ACTIVE");
    assert_eq!(bob.status(&talk).await, "REQUEST");
    let one = json!([{ "id": talk }]);
    assert_eq!(listed(&bob, "REQUEST").await, one);
    assert_eq!(listed(&bob, "ACTIVE").await, json!([]));
    assert_eq!(bob.hears(&talk).await, Some(json!(["hello"])));
    let told = bob
        .tries("sendMessage", &talk, json!({ "body": "hi" }))
        .await;
    assert_eq!(told, "FORBIDDEN at conversationId");
    for _ in 0..2 {
        let input = json!({ "conversationId": talk });
        let accepted = bob
            .mutate(
                "acceptConversation",
                input,
                "conversationEdge { cursor node { status } }",
            )
            .await;
        assert_eq!(
            done(&accepted)["conversationEdge"]["node"]["status"],
            "ACTIVE"
        );
    }
    bob.say(&talk, "hi").await;
    assert_eq!(listed(&bob, "ACTIVE").await, one);
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.accepted.v1'";
    assert_eq!(number(&app, facts).await, 1);
}

#[tokio::test]
async fn whoever_is_followed_is_let_in() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    set_policy(&app, &bob, "FOLLOWING").await;
    // It is the other way round that counts.
    ada.follow(&bob).await;
    let group = ada.gather(&[&bob]).await;
    assert_eq!(bob.status(&group).await, "REQUEST");
    bob.follow(&ada).await;
    let talk = ada.talk_to(&bob).await;
    assert_eq!(bob.status(&talk).await, "ACTIVE");
}

#[tokio::test]
async fn declining_is_silent_and_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let (ada, bob, talk) = asked(&app).await;
    let before = (ada.members(&talk).await, ada.status(&talk).await);
    let input = json!({ "conversationId": talk });
    let declined = bob
        .mutate("declineConversation", input, "removedConversationId")
        .await;
    assert_eq!(done(&declined)["removedConversationId"], talk);
    assert_eq!((ada.members(&talk).await, ada.status(&talk).await), before);
    let message = ada.say(&talk, "are you there?").await;
    assert_eq!(bob.hears(&talk).await, None);
    assert_eq!(node(&bob, &message, "").await, Value::Null);
    assert_eq!(listed(&bob, "REQUEST").await, json!([]));
    for (field, input) in [
        ("acceptConversation", json!({})),
        ("declineConversation", json!({})),
        ("leaveConversation", json!({})),
        ("muteConversation", json!({ "isMuted": true })),
        ("markConversationRead", json!({ "upToMessageId": message })),
        ("sendMessage", json!({ "body": "x" })),
        ("updateConversation", json!({ "title": "x" })),
    ] {
        let told = bob.tries(field, &talk, input).await;
        assert_eq!(told, "NOT_FOUND at conversationId", "{field}");
    }
    // Starting it anew is taking it up again: with everything in it.
    assert_eq!(bob.talk_to(&ada).await, talk);
    assert_eq!(bob.status(&talk).await, "ACTIVE");
    assert_eq!(
        bob.hears(&talk).await,
        Some(json!(["hello", "are you there?"]))
    );
}

#[tokio::test]
async fn starting_it_from_the_other_side_accepts_a_request() {
    let app = TestApp::start().await;
    let (ada, bob, talk) = asked(&app).await;
    assert_eq!(ada.talk_to(&bob).await, talk);
    assert_eq!(
        bob.status(&talk).await,
        "REQUEST",
        "asking again presses nobody"
    );
    assert_eq!(bob.talk_to(&ada).await, talk);
    assert_eq!(bob.status(&talk).await, "ACTIVE");
}

#[tokio::test]
async fn only_a_request_is_declined() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    for who in [&ada, &bob] {
        let told = who.tries("declineConversation", &talk, json!({})).await;
        assert_eq!(told, "FORBIDDEN at conversationId");
    }
}

#[tokio::test]
async fn whoever_has_not_accepted_only_reads_and_goes() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    set_policy(&app, &bob, "FOLLOWING").await;
    let group = ada.gather(&[&bob]).await;
    let admin = json!({ "userId": bob.id, "role": "ADMIN" });
    assert_eq!(ada.tries("changeMemberRole", &group, admin).await, "done");
    let message = ada.say(&group, "hello").await;
    for (field, input) in [
        ("sendMessage", json!({ "body": "x" })),
        ("updateConversation", json!({ "title": "x" })),
        ("addConversationMembers", json!({ "userIds": [cyd.id] })),
        ("removeConversationMember", json!({ "userId": cyd.id })),
        (
            "changeMemberRole",
            json!({ "userId": ada.id, "role": "MEMBER" }),
        ),
    ] {
        let told = bob.tries(field, &group, input).await;
        assert_eq!(told, "FORBIDDEN at conversationId", "{field}");
    }
    // What they do for themselves they may.
    for (field, input) in [
        ("markConversationRead", json!({ "upToMessageId": message })),
        ("muteConversation", json!({ "isMuted": true })),
        ("leaveConversation", json!({})),
    ] {
        assert_eq!(bob.tries(field, &group, input).await, "done", "{field}");
    }
    assert_eq!(
        fields(&ada, &group, "members { totalCount }").await["members"]["totalCount"],
        1
    );
    let again = json!({ "kind": "GROUP", "memberIds": [bob.id] });
    assert_eq!(attempt(&ada, "startConversation", again).await, "done");
}
