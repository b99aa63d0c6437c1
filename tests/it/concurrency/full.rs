//! An SQLite file that could not grow.

use rookery::{
    error::{Code, Error},
    platform::db::Lane,
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{TestApp, on_postgres};

/// SQLite ends such a transaction by itself, and the driver does not notice: what came after the next
/// one that was rolled back was acknowledged, and never saved.
#[tokio::test]
async fn what_is_acknowledged_after_the_disk_was_full_is_saved() {
    if on_postgres() {
        return; // it ends a transaction when it is told to
    }
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let db = &app.platform().db;
    // No larger than it is now.
    let bound = "PRAGMA max_page_count = 1";
    db.background().execute_unprepared(bound).await.unwrap();
    let growing = db.write_txn(Lane::Request, |txn| async move {
        txn.execute_unprepared("CREATE TABLE ballast (x)").await?;
        Ok(())
    });
    let full = growing.await.unwrap_err();
    assert!(
        matches!(&full, Error::Refused(refusal) if refusal.code == Code::Unavailable),
        "{full:?}"
    );
    let refused = db.write_txn(Lane::Request, |_| async move {
        Err::<(), _>(Error::refused(Code::Conflict, "no"))
    });
    refused.await.unwrap_err();

    let unbound = "PRAGMA max_page_count = 1000000";
    db.background().execute_unprepared(unbound).await.unwrap();
    let id = ann.post("Saved?").await;
    let read = "query($id: ID!) { node(id: $id) { ... on Post { body } } }";
    let seen = ann.query(read, json!({ "id": id })).await;
    assert_eq!(seen["node"]["body"], "Saved?");
}
