//! States of people and things, set in the tables: what led to them is tested elsewhere.

use super::{app::TestApp, caller::Caller};

/// `blocker` blocks `blocked`; neither follows the other any more.
pub async fn block(app: &TestApp, blocker: &Caller, blocked: &Caller) {
    let pair = format!(
        "FROM person a, person b WHERE a.handle = '{}' AND b.handle = '{}'",
        blocker.handle, blocked.handle
    );
    for sql in [
        format!(
            "INSERT INTO blocking (person_id, blocked_id, id, created_at) SELECT a.id, b.id, a.id, 0 {pair}"
        ),
        format!("INSERT INTO blocked_by (person_id, blocker_id) SELECT b.id, a.id {pair}"),
    ] {
        app.sql(&sql).await;
    }
}

/// Nobody blocks anybody any more.
pub async fn unblock_all(app: &TestApp) {
    app.sql("DELETE FROM blocking").await;
    app.sql("DELETE FROM blocked_by").await;
}

/// Whether the account is private. The numbers of hashtags stay as they are.
pub async fn set_private(app: &TestApp, person: &Caller, is_private: bool) {
    let sql = format!(
        "UPDATE person SET is_private = {is_private} WHERE handle = '{}'",
        person.handle
    );
    app.sql(&sql).await;
}

/// Suspends somebody for good.
pub async fn suspend(app: &TestApp, person: &Caller) {
    let sql = format!(
        "UPDATE person SET suspended_until = 4000000000000000 WHERE handle = '{}'",
        person.handle
    );
    app.sql(&sql).await;
}

/// Staff hides the posts and comments of this text.
pub async fn hide(app: &TestApp, body: &str) {
    for table in ["post", "comment"] {
        let sql = format!("UPDATE {table} SET hidden_at = 1777636800000000 WHERE body = '{body}'");
        app.sql(&sql).await;
    }
    // Public numbers as staff would have left them.
    crate::concurrency::invariants::mended(app).await;
}
