//! The list of sessions, and ending them.

use rookery::{
    accounts::commands::first_session,
    ids::{NodeId, PersonId, SessionId},
    platform::db::Lane,
};
use serde_json::{Value, json};

use super::email::join;
use crate::support::{Caller, TestApp, node, outcome, sign_in};

const LIST: &str = "query($first: Int) { viewer { sessions(first: $first) { totalCount \
    nodes { id createdAt lastUsedAt userAgent isCurrent } pageInfo { hasNextPage } } } }";

async fn list(caller: &Caller) -> Vec<Value> {
    let data = caller.query(LIST, json!({})).await;
    let sessions = &data["viewer"]["sessions"];
    let nodes = sessions["nodes"].as_array().unwrap().clone();
    assert_eq!(sessions["totalCount"], json!(nodes.len()));
    nodes
}

async fn revoke(caller: &Caller, session: &Value) -> String {
    let input = json!({ "sessionId": session });
    let done = caller
        .mutate("revokeSession", input, "revokedSessionId")
        .await;
    outcome(&done)
}

async fn is_signed_in(caller: &Caller) -> bool {
    let reply = caller.send("{ viewer { id } }", json!({})).await;
    reply.code() != "UNAUTHENTICATED"
}

#[tokio::test]
async fn a_person_sees_where_they_are_signed_in_and_which_session_asks() {
    let app = TestApp::start().await;
    let first = app.user("ada").await;
    app.user("bob").await;
    app.advance(60);
    let (second, token) = sign_in(&app, "ada").await;
    app.advance(60);
    let input = json!({ "refreshToken": token });
    app.guest().mutate("refreshSession", input, "").await;
    let seen = list(&second).await;
    assert_eq!(seen.len(), 2);
    assert_eq!(
        [&seen[0]["isCurrent"], &seen[1]["isCurrent"]],
        [true, false]
    );
    assert_eq!(seen[0]["createdAt"], "2026-05-01T12:01:00Z");
    assert_eq!(seen[0]["lastUsedAt"], "2026-05-01T12:02:00Z");
    assert_eq!(seen[1]["lastUsedAt"], "2026-05-01T12:00:00Z");
    let seen = list(&first).await;
    assert_eq!(
        [&seen[0]["isCurrent"], &seen[1]["isCurrent"]],
        [false, true]
    );
}

#[tokio::test]
async fn a_page_of_sessions_costs_the_same_however_many_there_are() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut costs = Vec::new();
    for _ in 0..2 {
        sign_in(&app, "ada").await;
        app.forget_statements().await;
        list(&ada).await;
        costs.push(app.statements().await.len());
    }
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test]
async fn a_session_that_is_revoked_ends_at_once_and_is_listed_no_more() {
    let app = TestApp::start().await;
    let there = app.user("ada").await;
    let (here, _) = sign_in(&app, "ada").await;
    let sessions = list(&here).await;
    let (mine, other) = (&sessions[0]["id"], &sessions[1]["id"]);
    assert_eq!(revoke(&here, other).await, "done");
    assert!(!is_signed_in(&there).await);
    assert!(is_signed_in(&here).await);
    assert_eq!(revoke(&here, other).await, "NOT_FOUND at sessionId");
    assert_eq!(list(&here).await.len(), 1);
    assert!(node(&here, other.as_str().unwrap(), "").await.is_null());
    assert_eq!(revoke(&here, mine).await, "done");
    assert!(!is_signed_in(&here).await);
}

#[tokio::test]
async fn the_sessions_of_others_are_neither_seen_nor_ended() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let session = list(&ada).await[0]["id"].clone();
    let id = session.as_str().unwrap();
    assert_eq!(node(&ada, id, "").await["__typename"], "Session");
    for other in [&bob, &app.guest()] {
        assert!(node(other, id, "").await.is_null());
    }
    assert_eq!(revoke(&bob, &session).await, "NOT_FOUND at sessionId");
    assert_eq!(
        revoke(&bob, &json!(ada.id)).await,
        "BAD_USER_INPUT at sessionId"
    );
    assert!(is_signed_in(&ada).await);
}

#[tokio::test]
async fn a_session_that_was_not_used_for_thirty_days_is_listed_no_more() {
    let app = TestApp::start().await;
    app.user("ada").await;
    app.advance(30 * 24 * 60 * 60);
    let (ada, _) = sign_in(&app, "ada").await;
    assert_eq!(list(&ada).await.len(), 1);
}

#[tokio::test]
async fn the_hundred_and_first_session_ends_the_one_that_was_used_least_lately() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    app.advance(1);
    let (second, token) = sign_in(&app, "ada").await;
    let person = PersonId(NodeId::parse(&ada.id).unwrap().id);
    fill(&app, person, 98).await;
    assert!(is_signed_in(&ada).await);
    app.advance(1);
    sign_in(&app, "ada").await;
    assert!(!is_signed_in(&ada).await);
    assert!(is_signed_in(&second).await);
    let input = json!({ "refreshToken": token });
    let done = app.guest().mutate("refreshSession", input, "").await;
    assert_eq!(outcome(&done), "done");
}

/// More sessions, used later than the first two.
async fn fill(app: &TestApp, person: PersonId, more: usize) {
    let p = app.platform();
    app.advance(1);
    let now = p.now();
    for _ in 0..more {
        let session = SessionId(p.new_id(now));
        p.db.write_txn(Lane::Request, |txn| async move {
            first_session(p, &txn, person, None, (session, now)).await
        })
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn a_new_account_has_one_session() {
    let app = TestApp::start().await;
    let ada = join(&app, "ada", "ada@here.example").await;
    assert_eq!(list(&ada).await.len(), 1);
}
