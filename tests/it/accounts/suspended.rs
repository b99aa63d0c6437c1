//! What becomes of sessions while a person is suspended.

use serde_json::json;

use crate::support::{Caller, PASSWORD, TestApp, attempt, number, outcome, sign_in};

/// One minute after the clock of tests.
const SUSPEND: &str = "UPDATE person SET suspended_until = 1777636860000000 WHERE handle = 'ada'";

async fn signing_in(app: &TestApp, login: &str, password: &str) -> (String, String) {
    let input = json!({ "login": login, "password": password });
    let done = app
        .guest()
        .mutate("signIn", input, "session { accessToken }")
        .await;
    let message = done["userErrors"][0]["message"]
        .as_str()
        .unwrap_or_default();
    (outcome(&done), message.to_owned())
}

async fn refreshing(app: &TestApp, token: &str) -> String {
    attempt(
        &app.guest(),
        "refreshSession",
        json!({ "refreshToken": token }),
    )
    .await
}

async fn is_signed_in(caller: &Caller) -> bool {
    let reply = caller.send("{ viewer { id } }", json!({})).await;
    reply.code() != "UNAUTHENTICATED"
}

#[tokio::test]
async fn only_whoever_knows_the_password_is_told_of_a_suspension_and_its_end() {
    let app = TestApp::start().await;
    app.user("ada").await;
    app.sql(SUSPEND).await;
    let sessions = "SELECT COUNT(*) AS n FROM session";
    let before = number(&app, sessions).await;
    for login in ["ada", "ada@example.org"] {
        let (code, message) = signing_in(&app, login, PASSWORD).await;
        assert_eq!(code, "SUSPENDED");
        assert!(message.contains("2026-05-01T12:01:00Z"), "{message}");
        let wrong = signing_in(&app, login, "a wrong password").await;
        assert_eq!(wrong, signing_in(&app, "nobody", PASSWORD).await);
    }
    assert_eq!(number(&app, sessions).await, before);
    app.advance(59);
    assert_eq!(signing_in(&app, "ada", PASSWORD).await.0, "SUSPENDED");
    app.advance(1);
    assert_eq!(signing_in(&app, "ada", PASSWORD).await.0, "done");
}

#[tokio::test]
async fn sessions_rest_while_a_suspension_lasts_and_go_on_after_it() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (ada, token) = sign_in(&app, "ada").await;
    app.sql(SUSPEND).await;
    for _ in 0..2 {
        assert_eq!(
            refreshing(&app, &token).await,
            "TOKEN_INVALID at refreshToken"
        );
        assert!(!is_signed_in(&ada).await);
    }
    app.advance(60);
    assert!(is_signed_in(&ada).await);
    assert_eq!(refreshing(&app, &token).await, "done");
}
