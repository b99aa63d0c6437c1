//! What the log tells of notifications.

use serde_json::{Value, json};

use super::stage::{does, only, reads, unreact};
use crate::support::TestApp;
use sea_orm::{ConnectionTrait, Statement};

/// The facts in the order in which they were recorded, and whether somebody acts in them.
async fn facts(app: &TestApp) -> Vec<Value> {
    app.settle().await;
    let db = app.platform().db.background();
    let sql = "SELECT payload, actor IS NULL AS by_system FROM activity \
               WHERE kind = 'notification.created.v1' ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
    let rows = rows.await.unwrap();
    let fact = |row: &sea_orm::QueryResult| {
        assert!(row.try_get::<bool>("", "by_system").unwrap());
        let payload: String = row.try_get("", "payload").unwrap();
        serde_json::from_str(&payload).unwrap()
    };
    rows.iter().map(fact).collect()
}

#[tokio::test]
async fn a_notification_is_recorded_when_it_is_made_and_when_it_is_unread_again() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    bob.react(&post, "👍").await;
    assert_eq!(facts(&app).await.len(), 1);
    app.advance(1);
    eve.react(&post, "👍").await;
    assert_eq!(facts(&app).await.len(), 1, "it was unread");
    let id = only(&ann).await;
    assert_eq!(reads(&ann, &id).await, "done");
    app.advance(1);
    unreact(&eve, &post, "👍").await;
    assert_eq!(facts(&app).await.len(), 1, "nothing new was done");
    eve.react(&post, "🎉").await;
    let told = facts(&app).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], told[1]);
    let rookery = |caller: &crate::support::Caller| {
        let id = rookery::ids::NodeId::parse(&caller.id).unwrap().id;
        format!("person:{id}")
    };
    let subject = rookery::ids::NodeId::parse(&post).unwrap().id;
    let expected = json!({ "recipientid": rookery(&ann), "kind": "REACTED",
        "subjectkind": "POST", "subjectid": subject });
    assert_eq!(told[0], expected);
}

#[tokio::test]
async fn events_that_are_handled_twice_tell_once() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    bob.follow(&ann).await;
    assert_eq!(facts(&app).await.len(), 1);
    app.sql("UPDATE activity_consumer SET position = 0 WHERE name = 'notifications'")
        .await;
    let consumers = rookery::app::consumers(app.platform());
    let told = consumers
        .into_iter()
        .filter(|one| one.name() == "notifications");
    let p = app.platform();
    for consumer in told {
        let heads = app.heads().clone();
        let runner = rookery::activity::Runner::new(p.db.clone(), heads, consumer, "again");
        let mut desk = rookery::activity::Desk::default();
        runner.settle(&mut desk).await.unwrap();
    }
    assert_eq!(facts(&app).await.len(), 1);
}

#[tokio::test]
async fn a_conversation_is_told_by_what_stands_for_it() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let room = bob.gather(&[&ann]).await;
    let told = facts(&app).await;
    assert_eq!(told[0]["kind"], "ADDED_TO_CONVERSATION");
    let id = rookery::ids::NodeId::parse(&room).unwrap().id;
    assert_ne!(told[0]["subjectid"], json!(id));
    let outside = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'conversation.started.v1'";
    assert_eq!(crate::support::number(&app, outside).await, 1);
    does(
        &ann,
        "muteConversation",
        json!({ "conversationId": room, "isMuted": true }),
    )
    .await;
}
