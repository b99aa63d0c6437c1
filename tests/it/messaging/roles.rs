//! Who may do what in a group (R31).

use serde_json::{Value, json};

use crate::support::{
    Caller, TestApp, attempt,
    chat::{done, set_policy},
    number,
};

/// A group of ada, its owner, the admins bob and cyd, and dan.
async fn group(app: &TestApp) -> ([Caller; 4], String) {
    let people = app.users(["ada", "bob", "cyd", "dan"]).await;
    let [ada, bob, cyd, dan] = &people;
    let group = ada.gather(&[bob, cyd, dan]).await;
    for admin in [bob, cyd] {
        assert_eq!(give(ada, &group, admin, "ADMIN").await, "done");
    }
    (people, group)
}

async fn give(who: &Caller, group: &str, other: &Caller, role: &str) -> String {
    let input = json!({ "userId": other.id, "role": role });
    who.tries("changeMemberRole", group, input).await
}

#[tokio::test]
async fn the_title_and_new_members_are_for_the_owner_and_admins() {
    let app = TestApp::start().await;
    let ([ada, bob, _, dan], group) = group(&app).await;
    let eve = app.user("eve").await;
    let told = dan
        .tries("updateConversation", &group, json!({ "title": "mine" }))
        .await;
    assert_eq!(told, "FORBIDDEN at conversationId");
    let add = json!({ "userIds": [eve.id] });
    let told = dan
        .tries("addConversationMembers", &group, add.clone())
        .await;
    assert_eq!(told, "FORBIDDEN at conversationId");
    for (who, title) in [
        (&ada, json!("choir")),
        (&bob, json!("chess")),
        (&bob, Value::Null),
    ] {
        let input = json!({ "conversationId": group, "title": title });
        let renamed = who
            .mutate("updateConversation", input, "conversation { title }")
            .await;
        assert_eq!(done(&renamed)["conversation"]["title"], title);
    }
    let told = |input| ada.tries("updateConversation", &group, input);
    assert_eq!(told(json!({})).await, "done");
    assert_eq!(told(json!({ "title": null })).await, "done");
    assert_eq!(
        told(json!({ "title": "" })).await,
        "BAD_USER_INPUT at title"
    );
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.renamed.v1'";
    assert_eq!(number(&app, facts).await, 3);
    assert_eq!(
        bob.tries("addConversationMembers", &group, add).await,
        "done"
    );
}

#[tokio::test]
async fn admins_remove_members_and_only_the_owner_removes_admins() {
    let app = TestApp::start().await;
    let ([ada, bob, cyd, dan], group) = group(&app).await;
    for (who, other, told) in [
        (&dan, &bob, "FORBIDDEN at conversationId"),
        (&dan, &ada, "FORBIDDEN at conversationId"),
        (&bob, &cyd, "FORBIDDEN at conversationId"),
        (&bob, &ada, "FORBIDDEN at conversationId"),
        (&bob, &bob, "BAD_USER_INPUT at userId"),
        (&bob, &dan, "done"),
        (&ada, &cyd, "done"),
        (&ada, &ada, "BAD_USER_INPUT at userId"),
        (&dan, &bob, "NOT_FOUND at conversationId"),
    ] {
        let came = who
            .tries_with("removeConversationMember", &group, other)
            .await;
        assert_eq!(came, told, "{} removes {}", who.handle, other.handle);
    }
    assert_eq!(
        ada.members(&group).await,
        json!([["ada", "OWNER"], ["bob", "ADMIN"]])
    );
}

#[tokio::test]
async fn only_the_owner_gives_roles_and_hands_over() {
    let app = TestApp::start().await;
    let ([ada, bob, cyd, dan], group) = group(&app).await;
    let eve = app.user("eve").await;
    for (who, other, role, told) in [
        (&bob, &dan, "ADMIN", "FORBIDDEN at conversationId"),
        (&dan, &dan, "OWNER", "FORBIDDEN at conversationId"),
        (&ada, &ada, "MEMBER", "BAD_USER_INPUT at userId"),
        (&ada, &eve, "ADMIN", "NOT_FOUND at userId"),
        (&eve, &ada, "MEMBER", "NOT_FOUND at conversationId"),
        (&ada, &cyd, "MEMBER", "done"),
        (&ada, &cyd, "MEMBER", "done"),
    ] {
        let came = give(who, &group, other, role).await;
        assert_eq!(came, told, "{} gives {} {role}", who.handle, other.handle);
    }
    let input = json!({ "conversationId": group, "userId": bob.id, "role": "OWNER" });
    let payload = "member { role user { handle } conversation { viewerRole } }";
    let handed = ada.mutate("changeMemberRole", input, payload).await;
    let expected = json!({ "role": "OWNER", "user": { "handle": "bob" },
        "conversation": { "viewerRole": "ADMIN" } });
    assert_eq!(done(&handed)["member"], expected);
    let members = json!([
        ["ada", "ADMIN"],
        ["bob", "OWNER"],
        ["cyd", "MEMBER"],
        ["dan", "MEMBER"]
    ]);
    assert_eq!(dan.members(&group).await, members);
    // The power went with the role.
    assert_eq!(
        give(&ada, &group, &dan, "ADMIN").await,
        "FORBIDDEN at conversationId"
    );
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.role_changed.v1'";
    assert_eq!(number(&app, facts).await, 5);
}

#[tokio::test]
async fn the_owner_goes_last_or_hands_over_before() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let group = ada.gather(&[&bob]).await;
    let leave = |who: &Caller| {
        let (who, group) = (who.clone(), group.clone());
        async move { who.tries("leaveConversation", &group, json!({})).await }
    };
    assert_eq!(leave(&ada).await, "CONFLICT at conversationId");
    assert_eq!(give(&ada, &group, &bob, "OWNER").await, "done");
    assert_eq!(leave(&ada).await, "done");
    assert_eq!(leave(&bob).await, "done");
    let members = "SELECT COUNT(*) AS n FROM conversation_member";
    assert_eq!(number(&app, members).await, 0);
}

#[tokio::test]
async fn nobody_owns_what_they_have_not_accepted_but_they_can_be_removed() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    set_policy(&app, &bob, "FOLLOWING").await;
    let group = ada.gather(&[&bob]).await;
    assert_eq!(
        give(&ada, &group, &bob, "OWNER").await,
        "CONFLICT at userId"
    );
    assert_eq!(
        bob.tries("declineConversation", &group, json!({})).await,
        "done"
    );
    // As before: to others nothing has changed.
    assert_eq!(
        give(&ada, &group, &bob, "OWNER").await,
        "CONFLICT at userId"
    );
    assert_eq!(give(&ada, &group, &bob, "ADMIN").await, "done");
    let told = ada.tries("leaveConversation", &group, json!({})).await;
    assert_eq!(told, "CONFLICT at conversationId");
    assert_eq!(
        ada.tries_with("removeConversationMember", &group, &bob)
            .await,
        "done"
    );
    assert_eq!(
        ada.tries("leaveConversation", &group, json!({})).await,
        "done"
    );
    let again = json!({ "kind": "GROUP", "memberIds": [] });
    assert_eq!(attempt(&ada, "startConversation", again).await, "done");
}
