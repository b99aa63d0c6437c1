//! `serve` on PostgreSQL. Without TEST_DATABASE_URL there is nothing to serve, and these are counted as
//! ignored; `tests/run` includes them in its pass on PostgreSQL.

use serde_json::json;
use tempfile::TempDir;

use super::{
    server::{Ended, Server, run},
    wire::post,
};
use crate::support::TestApp;

/// A database of this test's own and its URL, migrated.
async fn database() -> (TestApp, String) {
    let app = TestApp::start().await;
    let url = app
        .config()
        .database
        .database_url
        .as_ref()
        .expect("TEST_DATABASE_URL")
        .expose()
        .to_owned();
    (app, url)
}

async fn empty(app: &TestApp) {
    app.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .await;
}

fn key() -> String {
    rookery::platform::tokens::Tokens::new_pem().unwrap()
}

fn serve(url: &str, key: Option<&str>, args: &[&str]) -> Ended {
    let dir = TempDir::new().unwrap();
    let mut environment = vec![
        ("DATABASE_URL", url),
        ("ROOKERY_DATA_DIR", dir.path().to_str().unwrap()),
    ];
    environment.extend(key.map(|key| ("ROOKERY_SIGNING_KEY", key)));
    run(
        &[&["serve", "--listen", "127.0.0.1:0"], args].concat(),
        &environment,
    )
}

#[tokio::test]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn without_a_signing_key_it_is_refused() {
    let (_app, url) = database().await;
    let ended = serve(&url, None, &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stderr.starts_with("rookery: set ROOKERY_SIGNING_KEY"),
        "{ended:?}"
    );
}

#[tokio::test]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn without_migrations_it_says_which_command_to_run() {
    let (app, url) = database().await;
    empty(&app).await;
    let ended = serve(&url, Some(&key()), &[]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("run `rookery migrate`"), "{ended:?}");
    assert_eq!(ended.stdout, "");

    let migrated = run(&["migrate"], &[("DATABASE_URL", &url)]);
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    let dir = TempDir::new().unwrap();
    let key = key();
    let environment = [
        ("DATABASE_URL", url.as_str()),
        ("ROOKERY_SIGNING_KEY", &key),
    ];
    let mut server = Server::start_in(dir.path(), &[], &environment);
    server.still_answers("rookery migrate");
}

#[tokio::test]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn with_migrate_it_serves_an_empty_database() {
    let (app, url) = database().await;
    empty(&app).await;
    let (dir, key) = (TempDir::new().unwrap(), key());
    let environment = [
        ("DATABASE_URL", url.as_str()),
        ("ROOKERY_SIGNING_KEY", &key),
    ];
    let server = Server::start_in(dir.path(), &["--migrate"], &environment);
    let answer = post(
        server.address,
        None,
        "{ explore { nodes { id } } }",
        json!({}),
    );
    assert_eq!(
        answer.body,
        json!({ "data": { "explore": { "nodes": [] } } })
    );
    assert_eq!(server.terminate(), Some(0));
    // The key was given, so none is kept.
    assert!(!dir.path().join("signing-key.pem").exists());
}

#[tokio::test]
#[ignore = "needs TEST_DATABASE_URL; tests/run runs it on PostgreSQL"]
async fn two_servers_share_a_database_and_each_others_tokens() {
    let (_app, url) = database().await;
    let (dir, key) = (TempDir::new().unwrap(), key());
    let environment = [
        ("DATABASE_URL", url.as_str()),
        ("ROOKERY_SIGNING_KEY", &key),
    ];
    let first = Server::start_in(dir.path(), &[], &environment);
    let second = Server::start_in(dir.path(), &[], &environment);
    let sign_up =
        "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } } }";
    let input =
        json!({ "handle": "ann", "email": "ann@example.org", "password": "correct horse battery" });
    let answer = post(first.address, None, sign_up, json!({ "input": input }));
    let token = answer.body["data"]["signUp"]["session"]["accessToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = post(
        second.address,
        Some(&token),
        "{ viewer { user { handle } } }",
        json!({}),
    );
    assert_eq!(
        answer.body["data"]["viewer"]["user"]["handle"], "ann",
        "{answer:?}"
    );
}
