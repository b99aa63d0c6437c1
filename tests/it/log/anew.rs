//! Rows that consumers derive, made anew by workers.

use rookery::{
    activity::{
        positions,
        rebuild::{self, Progress},
    },
    app,
};

use crate::support::{TestApp, number};

const SCORES: &str = "SELECT COUNT(*) AS n FROM trend_score";

/// Something happened before there was the consumer, which is new now.
async fn before_the_consumer() -> TestApp {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("#sea").await;
    bob.react(&post, "👍").await;
    app.settle().await;
    assert_eq!(number(&app, SCORES).await, 2);
    let db = &app.platform().db;
    positions::forget(db, "trends").await.unwrap();
    app.sql("DELETE FROM trend_score").await;
    app.sql("DELETE FROM activity").await;
    app
}

async fn finish(app: &TestApp) -> u32 {
    let mut done = 0;
    for rows in app::rebuilds(app.platform()) {
        while let Progress::Steps(_) | Progress::Done =
            rebuild::step(&app.platform().db, &*rows).await.unwrap()
        {
            done += 1;
        }
    }
    done
}

#[tokio::test]
async fn a_consumer_that_is_new_begins_with_what_is_there() {
    let app = before_the_consumer().await;
    assert_eq!(finish(&app).await, 0, "nobody has asked");
    let consumers = app::consumers(app.platform());
    app::register(app.platform(), &consumers).await.unwrap();
    let is_asked = rebuild::is_asked(&app.platform().db, "trends").await;
    assert!(is_asked.unwrap());
    assert!(finish(&app).await > 0);
    assert_eq!(number(&app, SCORES).await, 2);
    app::register(app.platform(), &consumers).await.unwrap();
    assert_eq!(finish(&app).await, 0, "it is new once");
}

#[tokio::test]
async fn a_rebuild_goes_on_where_another_worker_left_it() {
    let app = before_the_consumer().await;
    let db = &app.platform().db;
    rebuild::ask(db, "trends").await.unwrap();
    let all = app::rebuilds(app.platform());
    let rows = all.iter().find(|rows| rows.name() == "trends").unwrap();
    let first = rebuild::step(db, &**rows).await.unwrap();
    assert_eq!(first, Progress::Steps(1));
    let behind = "SELECT COUNT(*) AS n FROM activity_rebuild WHERE after_id IS NOT NULL";
    assert_eq!(number(&app, behind).await, 1);
    assert_eq!(rebuild::step(db, &**rows).await.unwrap(), Progress::Done);
    assert_eq!(number(&app, SCORES).await, 2);
    let left = "SELECT COUNT(*) AS n FROM activity_rebuild";
    assert_eq!(number(&app, left).await, 0);
}
