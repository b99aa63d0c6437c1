//! Starting conversations.

use rookery::ids::NodeKind;
use serde_json::json;

use crate::support::{
    TestApp, attempt,
    chat::{done, set_policy},
    missing, number, outcome,
    states::{block, suspend},
};

#[tokio::test]
async fn a_direct_conversation_is_between_two_and_there_is_one_for_each_pair() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let first = ada.talk_to(&bob).await;
    assert_eq!(ada.talk_to(&bob).await, first);
    assert_eq!(bob.talk_to(&ada).await, first);
    let members = json!([["ada", "MEMBER"], ["bob", "MEMBER"]]);
    assert_eq!(bob.members(&first).await, members);
    assert_eq!(bob.status(&first).await, "ACTIVE");
    let started = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.started.v1'";
    assert_eq!(number(&app, started).await, 1);
}

#[tokio::test]
async fn a_group_begins_with_its_owner_and_a_title() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let input = json!({ "kind": "GROUP", "memberIds": [cyd.id, bob.id], "title": " the choir " });
    let payload = "conversation { id kind title viewerRole updatedAt } \
        conversationEdge { cursor node { id } }";
    let made = ada.mutate("startConversation", input, payload).await;
    let group = &done(&made)["conversation"];
    assert_eq!(group["kind"], "GROUP");
    assert_eq!(group["title"], "the choir");
    assert_eq!(group["viewerRole"], "OWNER");
    assert_eq!(group["updatedAt"], "2026-05-01T12:00:00Z");
    assert_eq!(made["conversationEdge"]["node"]["id"], group["id"]);
    let members = json!([["ada", "OWNER"], ["cyd", "MEMBER"], ["bob", "MEMBER"]]);
    assert_eq!(bob.members(group["id"].as_str().unwrap()).await, members);
}

#[tokio::test]
async fn wrong_inputs_are_refused_where_they_are_wrong() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let nobody = missing(NodeKind::User);
    let post = ada.post("no person").await;
    let crowd: Vec<_> = (0..51).map(|_| bob.id.clone()).collect();
    for (kind, members, told) in [
        ("DIRECT", json!([]), "BAD_USER_INPUT at memberIds"),
        (
            "DIRECT",
            json!([bob.id, cyd.id]),
            "BAD_USER_INPUT at memberIds",
        ),
        ("DIRECT", json!([ada.id]), "BAD_USER_INPUT at memberIds"),
        (
            "GROUP",
            json!([bob.id, ada.id]),
            "BAD_USER_INPUT at memberIds",
        ),
        (
            "GROUP",
            json!([bob.id, cyd.id, bob.id]),
            "BAD_USER_INPUT at memberIds.2",
        ),
        ("GROUP", json!(crowd), "BAD_USER_INPUT at memberIds"),
        (
            "GROUP",
            json!([bob.id, post]),
            "BAD_USER_INPUT at memberIds.1",
        ),
        ("GROUP", json!([bob.id, nobody]), "NOT_FOUND at memberIds.1"),
    ] {
        let input = json!({ "kind": kind, "memberIds": members });
        let came = attempt(&ada, "startConversation", input.clone()).await;
        assert_eq!(came, told, "{input}");
    }
    let long = "x".repeat(101);
    for (kind, title) in [("DIRECT", "two"), ("GROUP", " "), ("GROUP", &long)] {
        let input = json!({ "kind": kind, "memberIds": [bob.id], "title": title });
        let came = attempt(&ada, "startConversation", input).await;
        assert_eq!(came, "BAD_USER_INPUT at title", "{title}");
    }
    let conversations = "SELECT COUNT(*) AS n FROM conversation";
    assert_eq!(number(&app, conversations).await, 0);
}

#[tokio::test]
async fn whoever_cannot_be_reached_is_not_found_whatever_the_cause() {
    let app = TestApp::start().await;
    let [ada, bob, cyd, dan, eve] = app.users(["ada", "bob", "cyd", "dan", "eve"]).await;
    block(&app, &bob, &ada).await;
    block(&app, &ada, &cyd).await;
    set_policy(&app, &dan, "NOBODY").await;
    suspend(&app, &eve).await;
    let tries = |other: &str, kind: &str| {
        let input = json!({ "kind": kind, "memberIds": [other] });
        let ada = ada.clone();
        async move { attempt(&ada, "startConversation", input).await }
    };
    for other in [&bob, &cyd, &dan, &eve] {
        for kind in ["DIRECT", "GROUP"] {
            assert_eq!(
                tries(&other.id, kind).await,
                "NOT_FOUND at memberIds.0",
                "{}",
                other.handle
            );
        }
    }
    // Staff too: seeing the suspended is for moderation.
    app.sql("UPDATE account SET role = 'MODERATOR'").await;
    assert_eq!(tries(&eve.id, "DIRECT").await, "NOT_FOUND at memberIds.0");
}

#[tokio::test]
async fn what_two_have_already_outlives_a_policy_but_not_a_block() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let talk = ada.talk_to(&bob).await;
    set_policy(&app, &bob, "NOBODY").await;
    assert_eq!(ada.talk_to(&bob).await, talk);
    ada.say(&talk, "still here").await;
    block(&app, &bob, &ada).await;
    let input = json!({ "kind": "DIRECT", "memberIds": [bob.id] });
    assert_eq!(
        attempt(&ada, "startConversation", input).await,
        "NOT_FOUND at memberIds.0"
    );
}

#[tokio::test]
async fn a_repeated_call_answers_with_the_first_conversation() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let group = |title: &str| {
        json!({ "kind": "GROUP", "memberIds": [bob.id, cyd.id], "title": title,
            "idempotencyKey": "k" })
    };
    let first = ada.start(group("choir")).await;
    set_policy(&app, &bob, "NOBODY").await;
    assert_eq!(ada.start(group("choir")).await, first);
    let other = ada.mutate("startConversation", group("chess"), "").await;
    assert_eq!(outcome(&other), "IDEMPOTENCY_MISMATCH at idempotencyKey");
    // A key is one person's.
    assert_ne!(
        cyd.start(json!({ "kind": "GROUP", "memberIds": [ada.id], "idempotencyKey": "k" }))
            .await,
        first
    );
    let handed = json!({ "userId": cyd.id, "role": "OWNER" });
    assert_eq!(ada.tries("changeMemberRole", &first, handed).await, "done");
    assert_eq!(
        ada.tries("leaveConversation", &first, json!({})).await,
        "done"
    );
    let gone = ada.mutate("startConversation", group("choir"), "").await;
    assert_eq!(outcome(&gone), "NOT_FOUND at idempotencyKey");
}
