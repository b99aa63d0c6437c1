//! What each server counts for itself.

use rookery::platform::config::Switch;
use serde_json::{Value, json};

use super::{limited, once, passes};
use crate::support::{Caller, TestApp, chat::set_policy, missing, states, store::TestStore};
use rookery::ids::NodeKind;

#[tokio::test]
async fn whoever_follows_too_fast_waits_and_asking_to_counts() {
    let app = TestApp::limited(|config| config.limits.follows_per_minute = 3).await;
    let [ada, bob, cyd, dan] = app.users(["ada", "bob", "cyd", "dan"]).await;
    states::set_private(&app, &bob, true).await;
    let whom = |other: &Caller| json!({ "userId": other.id });
    passes(&ada, 1, "followUser", &whom(&bob)).await;
    passes(&ada, 1, "followUser", &whom(&cyd)).await;
    let nobody = json!({ "userId": missing(NodeKind::User) });
    let told = once(&ada, "followUser", &nobody).await;
    assert_eq!(told.0, "NOT_FOUND at userId");
    assert_eq!(once(&ada, "followUser", &whom(&dan)).await, limited(20));
    passes(&ada, 1, "unfollowUser", &whom(&cyd)).await;
    passes(&bob, 1, "followUser", &whom(&ada)).await;
    app.advance(20);
    passes(&ada, 1, "followUser", &whom(&dan)).await;
}

fn direct(other: &Caller) -> Value {
    json!({ "kind": "DIRECT", "memberIds": [other.id] })
}

#[tokio::test]
async fn requests_to_take_messages_are_few_and_conversations_are_not() {
    let app = TestApp::limited(|config| {
        config.limits.message_requests_per_hour = 3;
        config.http.access_token_seconds = 3_600;
    })
    .await;
    let [ada, bob, cyd, dan, eve] = app.users(["ada", "bob", "cyd", "dan", "eve"]).await;
    for careful in [&bob, &cyd, &dan] {
        set_policy(&app, careful, "FOLLOWING").await;
    }
    passes(&ada, 1, "startConversation", &direct(&bob)).await;
    let group = ada.gather(&[&eve]).await;
    let add = |who: &[&Caller]| {
        let who: Vec<_> = who.iter().map(|who| &who.id).collect();
        json!({ "conversationId": group, "userIds": who })
    };
    passes(&ada, 1, "addConversationMembers", &add(&[&cyd, &dan])).await;
    let told = once(&ada, "startConversation", &direct(&cyd)).await;
    assert_eq!(told, limited(1_200));
    let told = once(&ada, "addConversationMembers", &add(&[&bob])).await;
    assert_eq!(told, limited(1_200));
    // Nobody is asked: they are there already, or take messages from everybody.
    passes(&ada, 2, "startConversation", &direct(&bob)).await;
    passes(&ada, 1, "addConversationMembers", &add(&[&cyd, &dan])).await;
    passes(&ada, 1, "startConversation", &direct(&eve)).await;
    assert!(ada.status(&group).await == "ACTIVE" && bob.status(&group).await.is_null());
    app.advance(1_200);
    passes(&ada, 1, "addConversationMembers", &add(&[&bob])).await;
}

#[tokio::test]
async fn a_group_of_more_people_than_may_be_asked_passes_alone() {
    let app = TestApp::limited(|config| config.limits.message_requests_per_hour = 2).await;
    let [ada, bob, cyd, dan] = app.users(["ada", "bob", "cyd", "dan"]).await;
    for careful in [&bob, &cyd, &dan] {
        set_policy(&app, careful, "FOLLOWING").await;
    }
    let all = json!({ "kind": "GROUP", "memberIds": [bob.id, cyd.id, dan.id] });
    passes(&ada, 1, "startConversation", &all).await;
    let again = once(&ada, "startConversation", &all).await;
    assert_eq!(again, limited(3_600));
    let told = once(&ada, "startConversation", &direct(&bob)).await;
    assert_eq!(told, limited(1_800));
}

#[tokio::test]
async fn uploads_are_begun_only_so_often() {
    let store = TestStore::start().await;
    let app = TestApp::start_with_store(store.store(), |config| {
        config.http.limits = Switch::On;
        config.limits.uploads_per_hour = 2;
    })
    .await;
    let ada = app.user("ada").await;
    let input = json!({ "purpose": "POST", "contentType": "image/jpeg", "byteSize": 10 });
    passes(&ada, 2, "createUpload", &input).await;
    assert_eq!(once(&ada, "createUpload", &input).await, limited(1_800));
    app.advance(1_800);
    let bob = app.user("bob").await;
    passes(&bob, 2, "createUpload", &input).await;
}

#[tokio::test]
async fn searches_are_counted_by_alias_for_a_member_and_for_all_guests_of_an_address() {
    let app = TestApp::limited(|config| config.limits.searches_per_minute = 3).await;
    let ada = app.user("ada").await;
    let ask = "{ a: search(query: \"sea\", type: POSTS) { nodes { __typename } } \
               b: search(query: \"sea\", type: USERS) { nodes { __typename } } }";
    for who in [ada, app.guest()] {
        who.query(ask, json!({})).await;
        let reply = who.send(ask, json!({})).await;
        let (data, errors) = (&reply.body["data"], &reply.body["errors"]);
        let refused = ["a", "b"].map(|alias| data[alias].is_null());
        assert_eq!(
            refused.iter().filter(|is| **is).count(),
            1,
            "{:#}",
            reply.body
        );
        let error = &errors[0];
        assert_eq!(error["extensions"]["code"], "RATE_LIMITED");
        assert_eq!(error["extensions"]["retryAfterSeconds"], 20);
        assert_eq!(errors.as_array().unwrap().len(), 1);
    }
    app.advance(40);
    app.guest().query(ask, json!({})).await;
}
