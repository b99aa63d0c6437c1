//! Who comes into groups, who goes, and what each of them reads.

use serde_json::json;

use crate::support::{
    TestApp, attempt,
    bulk::{self, id},
    chat::{done, set_policy},
    fields, node, number,
    states::block,
};

#[tokio::test]
async fn whoever_is_added_reads_from_then_on() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let group = ada.gather(&[&bob]).await;
    let before = ada.say(&group, "before").await;
    app.advance(60);
    let input = json!({ "conversationId": group, "userIds": [cyd.id, bob.id] });
    let added = ada
        .mutate(
            "addConversationMembers",
            input,
            "conversation { members { totalCount } }",
        )
        .await;
    assert_eq!(done(&added)["conversation"]["members"]["totalCount"], 3);
    assert_eq!(cyd.hears(&group).await, Some(json!([])));
    assert_eq!(node(&cyd, &before, "").await, json!(null));
    let seen = fields(&cyd, &group, "unreadCount lastMessage { body }").await;
    assert_eq!(seen, json!({ "unreadCount": 0, "lastMessage": null }));
    bob.say(&group, "after").await;
    assert_eq!(cyd.hears(&group).await, Some(json!(["after"])));
    assert_eq!(bob.hears(&group).await, Some(json!(["before", "after"])));
    let members = json!([["ada", "OWNER"], ["bob", "MEMBER"], ["cyd", "MEMBER"]]);
    assert_eq!(cyd.members(&group).await, members);
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.member_added.v1'";
    assert_eq!(number(&app, facts).await, 1);
}

#[tokio::test]
async fn all_are_added_or_nobody() {
    let app = TestApp::start().await;
    let [ada, bob, cyd, dan] = app.users(["ada", "bob", "cyd", "dan"]).await;
    let group = ada.gather(&[&bob]).await;
    set_policy(&app, &dan, "NOBODY").await;
    for (people, told) in [
        (json!([cyd.id, dan.id]), "NOT_FOUND at userIds.1"),
        (json!([]), "BAD_USER_INPUT at userIds"),
        (json!([ada.id]), "BAD_USER_INPUT at userIds"),
        (json!([cyd.id, cyd.id]), "BAD_USER_INPUT at userIds.1"),
    ] {
        let input = json!({ "userIds": people });
        assert_eq!(
            ada.tries("addConversationMembers", &group, input).await,
            told
        );
    }
    // Nobody is brought together with somebody who blocks the one who adds.
    block(&app, &cyd, &ada).await;
    let input = json!({ "userIds": [cyd.id] });
    let told = ada.tries("addConversationMembers", &group, input).await;
    assert_eq!(told, "NOT_FOUND at userIds.0");
    assert_eq!(
        ada.members(&group).await,
        json!([["ada", "OWNER"], ["bob", "MEMBER"]])
    );
}

#[tokio::test]
async fn a_group_is_full_with_256() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let group = ada.gather(&[]).await;
    bulk::begin(&app).await;
    let conversation = "(SELECT id FROM conversation)";
    let columns = [
        ("conversation_id", conversation),
        ("person_id", &*id(1, "n")),
        ("id", &*id(2, "n")),
        ("role", "'MEMBER'"),
        ("standing", "'ACTIVE'"),
        ("joined_at", "0"),
        ("reads_after", "0"),
        ("read_up_to", "0"),
    ];
    bulk::insert(&app, "conversation_member", 254, &columns).await;
    bulk::end(&app).await;
    let add = |people| json!({ "userIds": people });
    let told = ada
        .tries(
            "addConversationMembers",
            &group,
            add(vec![&bob.id, &cyd.id]),
        )
        .await;
    assert_eq!(told, "CONFLICT at userIds");
    for (person, told) in [
        (&bob, "done"),
        (&cyd, "CONFLICT at userIds"),
        (&bob, "done"),
    ] {
        let input = add(vec![&person.id]);
        assert_eq!(
            ada.tries("addConversationMembers", &group, input).await,
            told
        );
    }
}

#[tokio::test]
async fn whoever_leaves_or_is_removed_finds_nothing_any_more_and_comes_back_to_what_follows() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let group = ada.gather(&[&bob, &cyd]).await;
    let message = bob.say(&group, "before").await;
    let members = "query($id: ID!) { node(id: $id) { ... on Conversation { members { nodes { id \
        user { handle } } } } } }";
    let seats = ada.query(members, json!({ "id": group })).await;
    let seat = seats["node"]["members"]["nodes"][1].clone();
    assert_eq!(seat["user"]["handle"], "bob");
    let input = json!({ "conversationId": group, "userId": bob.id });
    let payload = "removedMemberId conversation { id }";
    let removed = ada.mutate("removeConversationMember", input, payload).await;
    assert_eq!(done(&removed)["removedMemberId"], seat["id"]);
    assert_eq!(removed["conversation"]["id"], group);
    let input = json!({ "conversationId": group });
    let left = cyd
        .mutate("leaveConversation", input, "removedConversationId")
        .await;
    assert_eq!(done(&left)["removedConversationId"], group);
    for who in [&bob, &cyd] {
        assert_eq!(who.hears(&group).await, None);
        assert_eq!(node(who, &message, "").await, json!(null));
        let told = who
            .tries("sendMessage", &group, json!({ "body": "x" }))
            .await;
        assert_eq!(told, "NOT_FOUND at conversationId");
        assert_eq!(
            who.tries("leaveConversation", &group, json!({})).await,
            "NOT_FOUND at conversationId"
        );
    }
    let own = json!({ "messageId": message });
    assert_eq!(
        attempt(&bob, "deleteMessage", own).await,
        "NOT_FOUND at messageId"
    );
    assert_eq!(
        ada.tries_with("removeConversationMember", &group, &bob)
            .await,
        "NOT_FOUND at userId"
    );
    let back = json!({ "userIds": [bob.id] });
    assert_eq!(
        ada.tries("addConversationMembers", &group, back).await,
        "done"
    );
    ada.say(&group, "after").await;
    assert_eq!(bob.hears(&group).await, Some(json!(["after"])));
    let old = json!({ "messageId": message, "body": "x" });
    assert_eq!(
        attempt(&bob, "editMessage", old).await,
        "NOT_FOUND at messageId"
    );
}

#[tokio::test]
async fn nobody_comes_into_a_direct_conversation_or_goes() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let talk = ada.talk_to(&bob).await;
    for (field, input) in [
        ("addConversationMembers", json!({ "userIds": [cyd.id] })),
        ("removeConversationMember", json!({ "userId": bob.id })),
        (
            "changeMemberRole",
            json!({ "userId": bob.id, "role": "ADMIN" }),
        ),
        ("leaveConversation", json!({})),
        ("updateConversation", json!({ "title": "us" })),
    ] {
        let told = ada.tries(field, &talk, input).await;
        assert_eq!(told, "FORBIDDEN at conversationId", "{field}");
    }
    assert_eq!(
        ada.members(&talk).await,
        json!([["ada", "MEMBER"], ["bob", "MEMBER"]])
    );
}

#[tokio::test]
async fn a_mute_is_ones_own_and_ends_by_itself() {
    let app = TestApp::start().await;
    let [ada, bob, cyd] = app.users(["ada", "bob", "cyd"]).await;
    let talk = ada.talk_to(&bob).await;
    let is_muted = async |who| fields(who, &talk, "isMuted").await["isMuted"].clone();
    let until = json!("2026-05-01T12:10:00Z");
    for (is, until, told) in [
        (true, until.clone(), "done"),
        (true, until, "done"),
        (
            true,
            json!("2026-05-01T12:00:00Z"),
            "BAD_USER_INPUT at until",
        ),
    ] {
        let input = json!({ "isMuted": is, "until": until });
        assert_eq!(bob.tries("muteConversation", &talk, input).await, told);
    }
    assert_eq!(is_muted(&bob).await, true);
    assert_eq!(is_muted(&ada).await, false);
    app.advance(600);
    assert_eq!(is_muted(&bob).await, false);
    for is in [true, false] {
        let input = json!({ "isMuted": is });
        assert_eq!(bob.tries("muteConversation", &talk, input).await, "done");
        assert_eq!(is_muted(&bob).await, is);
    }
    let told = cyd
        .tries("muteConversation", &talk, json!({ "isMuted": true }))
        .await;
    assert_eq!(told, "NOT_FOUND at conversationId");
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind LIKE 'conversation.%muted.v1'";
    assert_eq!(number(&app, facts).await, 3);
}
