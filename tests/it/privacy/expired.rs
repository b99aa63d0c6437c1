//! The end of a copy.

use serde_json::Value;

use super::archive::{ask, exports, load, objects, stage, tend};
use crate::support::{outcome, store::Browser, text_of};

const DAY: u64 = 24 * 3_600;

#[tokio::test]
async fn after_seven_days_a_copy_is_expired_by_the_time_alone_and_its_object_goes() {
    let (app, store) = stage().await;
    let ada = app.user("ada").await;
    ask(&ada, None).await;
    tend(&app).await;
    let url = text_of(&exports(&ada).await[0]["url"]);
    assert_eq!(Browser.get(&url).await.status, 200);
    app.advance(7 * DAY - 1);
    assert_eq!(exports(&ada).await[0]["status"], "READY");
    assert_eq!(tend(&app).await, 0);
    assert_eq!(objects(&store).await.len(), 1);
    app.advance(1);
    // No worker has looked yet.
    let over = exports(&ada).await;
    assert_eq!(over[0]["status"], "EXPIRED");
    assert_eq!(over[0]["url"], Value::Null);
    assert_eq!(tend(&app).await, 1);
    assert_eq!(objects(&store).await, [] as [String; 0]);
    assert_eq!(Browser.get(&url).await.status, 404);
    // The row stays, and nobody looks at it again.
    assert_eq!(exports(&ada).await[0]["status"], "EXPIRED");
    app.advance(DAY);
    assert_eq!(tend(&app).await, 0);
}

#[tokio::test]
async fn an_address_is_never_good_beyond_the_end_of_its_copy() {
    let (app, _store) = stage().await;
    let ada = app.user("ada").await;
    ask(&ada, None).await;
    tend(&app).await;
    let lives = |url: &str| -> u64 {
        let (_, rest) = url.split_once("X-Amz-Expires=").unwrap();
        rest.split('&').next().unwrap().parse().unwrap()
    };
    let url = text_of(&exports(&ada).await[0]["url"]);
    assert_eq!(lives(&url), 600);
    // The clock stands where a window begins.
    app.advance(7 * DAY - 120);
    let url = text_of(&exports(&ada).await[0]["url"]);
    assert!(lives(&url) <= 300, "{url}");
}

#[tokio::test]
async fn the_life_of_copies_can_be_set() {
    let store = crate::support::store::TestStore::start().await;
    let app = crate::support::TestApp::start_with_store(store.store(), |config| {
        config.http.access_token_seconds = 30 * 24 * 3_600;
        config.privacy.export_days = 2;
    })
    .await;
    let ada = app.user("ada").await;
    assert_eq!(outcome(&ask(&ada, None).await), "done");
    tend(&app).await;
    assert!(!load(&ada).await.is_empty());
    app.advance(2 * DAY);
    assert_eq!(exports(&ada).await[0]["status"], "EXPIRED");
}
