//! Asking for a copy: once a day, by its person, for its person.

use serde_json::{Value, json};

use super::archive::{ask, exports, load, objects, stage, tend};
use crate::support::{TestApp, fields, node, outcome, text_of};

#[tokio::test]
async fn a_copy_is_queued_then_ready_for_seven_days_and_told_by_a_letter() {
    let (app, _store) = stage().await;
    let ada = app.user("ada").await;
    let asked = ask(&ada, None).await;
    assert_eq!(outcome(&asked), "done");
    assert_eq!(asked["dataExport"]["status"], "QUEUED");
    assert_eq!(asked["dataExport"]["url"], Value::Null);
    assert_eq!(asked["dataExport"]["expiresAt"], Value::Null);
    let before = app.letters().await.len();
    assert_eq!(tend(&app).await, 1);
    let ready = exports(&ada).await;
    assert_eq!(ready.len(), 1);
    assert_eq!(ready[0]["id"], asked["dataExport"]["id"]);
    assert_eq!(ready[0]["status"], "READY");
    let at = |field: &str| -> jiff::Timestamp { text_of(&ready[0][field]).parse().unwrap() };
    let life = at("expiresAt").duration_since(at("createdAt"));
    assert_eq!(life.as_hours(), 7 * 24);
    let letters = app.letters().await;
    assert_eq!(letters.len(), before + 1);
    assert_eq!(letters.last().unwrap().subject, "Your data lies ready");
    assert_eq!(tend(&app).await, 0);
}

#[tokio::test]
async fn a_second_one_within_a_day_is_refused_until_the_day_is_over() {
    let (app, _store) = stage().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    assert_eq!(outcome(&ask(&ada, None).await), "done");
    app.advance(3_600);
    let refused = ask(&ada, None).await;
    assert_eq!(refused["dataExport"], Value::Null);
    assert_eq!(refused["userErrors"][0]["code"], "RATE_LIMITED");
    assert_eq!(refused["userErrors"][0]["retryAfterSeconds"], 23 * 3_600);
    // Others are not held back by it.
    assert_eq!(outcome(&ask(&bob, None).await), "done");
    app.advance(23 * 3_600 - 1);
    assert_eq!(outcome(&ask(&ada, None).await), "RATE_LIMITED");
    app.advance(1);
    assert_eq!(outcome(&ask(&ada, None).await), "done");
    assert_eq!(exports(&ada).await.len(), 2);
}

#[tokio::test]
async fn the_same_key_answers_with_the_same_copy() {
    let (app, _store) = stage().await;
    let ada = app.user("ada").await;
    let (first, second) = tokio::join!(ask(&ada, Some("one")), ask(&ada, Some("one")));
    assert_eq!(first["dataExport"]["id"], second["dataExport"]["id"]);
    tend(&app).await;
    let third = ask(&ada, Some("one")).await;
    assert_eq!(third["dataExport"]["id"], first["dataExport"]["id"]);
    assert_eq!(third["dataExport"]["status"], "READY");
    assert_eq!(outcome(&ask(&ada, Some("two")).await), "RATE_LIMITED");
    assert_eq!(exports(&ada).await.len(), 1);
}

#[tokio::test]
async fn two_who_ask_at_once_for_one_person_get_one_copy() {
    let (app, _store) = stage().await;
    let ada = app.user("ada").await;
    let (first, second) = tokio::join!(ask(&ada, None), ask(&ada, None));
    let mut outcomes = [outcome(&first), outcome(&second)];
    outcomes.sort();
    assert_eq!(outcomes, ["RATE_LIMITED", "done"]);
}

#[tokio::test]
async fn a_copy_is_its_persons_alone_by_every_path() {
    let (app, store) = stage().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let asked = ask(&ada, None).await;
    tend(&app).await;
    let id = text_of(&asked["dataExport"]["id"]);
    let own = fields(&ada, &id, "status url").await;
    assert_eq!(own["status"], "READY");
    assert_eq!(node(&bob, &id, "id").await, Value::Null);
    assert_eq!(node(&app.guest(), &id, "id").await, Value::Null);
    assert!(exports(&bob).await.is_empty());
    // Nothing but the signature opens it, and nothing of its person is in its name.
    let objects = objects(&store).await;
    assert_eq!(objects.len(), 1);
    let url = text_of(&own["url"]);
    let bare = url.split('?').next().unwrap();
    assert!(bare.ends_with(&objects[0]));
    let raw = rookery::ids::NodeId::parse(&id).unwrap().id;
    assert!(!objects[0].contains(&raw.simple().to_string()));
    let browser = crate::support::store::Browser;
    assert_eq!(browser.get(&url).await.status, 200);
    assert_eq!(browser.get(bare).await.status, 403);
}

#[tokio::test]
async fn without_a_store_there_are_no_copies() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    assert_eq!(outcome(&ask(&ada, None).await), "UNAVAILABLE");
    assert!(exports(&ada).await.is_empty());
}

#[tokio::test]
async fn an_account_without_a_verified_address_may_ask() {
    let store = crate::support::store::TestStore::start().await;
    let app = TestApp::start_with_store(store.store(), |config| {
        let on = rookery::platform::config::Switch::On;
        config.accounts.require_verified_email = Some(on);
    })
    .await;
    let input = json!({ "handle": "bob", "email": "bob@here.example",
        "password": crate::support::PASSWORD });
    let guest = app.guest();
    let told = "viewer { user { id } } session { accessToken }";
    let made = guest.mutate("signUp", input, told).await;
    let bob = crate::support::Caller::new(
        app.clone(),
        "bob".to_owned(),
        text_of(&made["viewer"]["user"]["id"]),
        Some(text_of(&made["session"]["accessToken"])),
    );
    let post = crate::support::attempt(&bob, "createPost", json!({ "body": "Hello." })).await;
    assert_eq!(post, "EMAIL_NOT_VERIFIED");
    assert_eq!(outcome(&ask(&bob, None).await), "done");
    tend(&app).await;
    assert!(load(&bob).await.contains_key("README.txt"));
}
