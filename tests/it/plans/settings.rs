//! What connections to PostgreSQL are set to.

use rookery::platform::db::{Lane, Viewer};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::TestApp;

const SETTINGS: &str = "SELECT current_setting('jit') || ', ' || \
                        current_setting('transaction_isolation') AS settings";

async fn settings(connection: &impl ConnectionTrait) -> String {
    let statement = Statement::from_string(DbBackend::Postgres, SETTINGS);
    let row = connection.query_one_raw(statement).await.unwrap();
    row.unwrap().try_get("", "settings").unwrap()
}

#[tokio::test]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn no_statement_is_compiled_and_every_transaction_is_isolated_as_its_lane_says() {
    let app = TestApp::start().await;
    let (db, now) = (&app.platform().db, app.platform().now());
    let reader = db.reader(Viewer::guest(now));
    assert_eq!(settings(reader.connection()).await, "off, read committed");
    assert_eq!(settings(db.background()).await, "off, read committed");
    for (lane, expected) in [
        (Lane::Request, "off, read committed"),
        (Lane::Background, "off, read committed"),
        (Lane::Snapshot, "off, repeatable read"),
    ] {
        let inside = db
            .write_txn(lane, |txn| async move { Ok(settings(&*txn).await) })
            .await;
        assert_eq!(inside.unwrap(), expected, "{lane:?}");
    }
}
