//! Rows that a consumer derives, made anew.

use rookery::{activity::Rebuild, platform::db::Lane};

use super::TestApp;

/// Walks through everything that `rebuild` makes anew.
pub async fn rebuild(app: &TestApp, rebuild: &impl Rebuild) {
    let db = &app.platform().db;
    let mut after = None;
    loop {
        let step = db.write_txn(Lane::Background, |txn| async move {
            rebuild.step(&txn, after).await
        });
        after = step.await.expect("a step");
        if after.is_none() {
            return;
        }
    }
}
