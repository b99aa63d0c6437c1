//! The audit log: for staff alone, and only ever longer.

use serde_json::json;

use super::stage::{hiding, log, moderator, restoring};
use crate::support::{TestApp, node, text_of};

#[tokio::test]
async fn entries_are_neither_changed_nor_deleted_by_anybody() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    assert_eq!(hiding(&staff, &post).await, "done");
    let before = log(&staff).await;
    let db = app.platform().db.background();
    for sql in [
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET reason = 'another'",
        "UPDATE audit_entry SET action = 'CONTENT_RESTORED'",
        "UPDATE audit_entry SET created_at = 1",
        "UPDATE audit_entry SET actor_id = owner_id WHERE action = 'CONTENT_HIDDEN'",
    ] {
        use sea_orm::ConnectionTrait;
        let told = db.execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(
            told.contains("the audit log keeps its entries"),
            "{sql}: {told}"
        );
    }
    assert_eq!(log(&staff).await, before);
    app.sql("UPDATE audit_entry SET reason = NULL, owner_id = NULL, subject_id = NULL")
        .await;
    assert_eq!(log(&staff).await[1], "CONTENT_HIDDEN nothing by mod: -");
}

#[tokio::test]
async fn an_entry_names_its_subject_by_its_global_id_and_is_there_for_staff_alone() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let post = ann.post("a").await;
    let comment = ann.comment(&post, "c").await;
    let room = ann.talk_to(&bob).await;
    let message = ann.say(&room, "m").await;
    for id in [&post, &comment, &message] {
        assert_eq!(hiding(&staff, id).await, "done");
        app.advance(1);
    }
    assert_eq!(restoring(&staff, &post).await, "done");
    let query = "{ moderation { auditLog(first: 4) { nodes { id subjectId } } } }";
    let data = staff.query(query, json!({})).await;
    let nodes = data["moderation"]["auditLog"]["nodes"].as_array().unwrap();
    let named: Vec<_> = nodes
        .iter()
        .map(|entry| text_of(&entry["subjectId"]))
        .collect();
    assert_eq!(named, [post.clone(), message, comment, post]);
    let entry = text_of(&nodes[0]["id"]);
    let shown = "... on AuditEntry { action }";
    let found = node(&staff, &entry, shown).await;
    assert_eq!(
        found,
        json!({ "__typename": "AuditEntry", "action": "CONTENT_RESTORED" })
    );
    for who in [&ann, &bob, &app.guest()] {
        assert!(node(who, &entry, shown).await.is_null(), "{}", who.handle);
    }
}
