//! Passwords: changed by who knows them, reset by who reads the letters.

use serde_json::{Value, json};

use super::email::join;
use crate::support::{Caller, PASSWORD, TestApp, outcome, sign_in};

const NEW: &str = "a horse of another colour";

async fn try_sign_in(app: &TestApp, login: &str, password: &str) -> String {
    let input = json!({ "login": login, "password": password });
    outcome(&app.guest().mutate("signIn", input, "").await)
}

async fn change(caller: &Caller, current: &str, new: &str) -> String {
    let input = json!({ "currentPassword": current, "newPassword": new });
    let done = caller.mutate("changePassword", input, "viewer { user { handle } }");
    outcome(&done.await)
}

async fn ask(app: &TestApp, email: &str) -> String {
    let input = json!({ "email": email });
    outcome(&app.guest().mutate("requestPasswordReset", input, "").await)
}

async fn reset(app: &TestApp, token: &str, new: &str) -> Value {
    let input = json!({ "token": token, "newPassword": new });
    let payload = "session { accessToken } viewer { user { handle } }";
    app.guest().mutate("resetPassword", input, payload).await
}

async fn is_signed_in(caller: &Caller) -> bool {
    let reply = caller.send("{ viewer { id } }", json!({})).await;
    reply.code() != "UNAUTHENTICATED"
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions_and_is_told() {
    let app = TestApp::start().await;
    let before = app.user("ada").await;
    let (here, _) = sign_in(&app, "ada").await;
    assert_eq!(
        change(&here, "not the password", NEW).await,
        "INVALID_CREDENTIALS at currentPassword"
    );
    assert_eq!(
        change(&here, PASSWORD, "short").await,
        "BAD_USER_INPUT at newPassword"
    );
    assert_eq!(
        change(&here, PASSWORD, "ada@example.org").await,
        "BAD_USER_INPUT at newPassword"
    );
    assert!(is_signed_in(&before).await);
    assert_eq!(change(&here, PASSWORD, NEW).await, "done");
    assert!(is_signed_in(&here).await);
    assert!(!is_signed_in(&before).await);
    assert_eq!(
        try_sign_in(&app, "ada", PASSWORD).await,
        "INVALID_CREDENTIALS"
    );
    assert_eq!(try_sign_in(&app, "ada", NEW).await, "done");
    assert_eq!(
        app.posted(0).await,
        ["ada@example.org: Your password has changed"]
    );
}

#[tokio::test]
async fn a_letter_lets_its_reader_choose_a_password_once_and_ends_all_sessions() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    assert_eq!(ask(&app, "ADA@example.org").await, "done");
    let letter = app.letter_to("ada@example.org").await;
    assert_eq!(letter.subject, "Choose a new password");
    let token = letter.token();
    assert_eq!(
        outcome(&reset(&app, &token, "short").await),
        "BAD_USER_INPUT at newPassword"
    );
    assert!(is_signed_in(&ada).await);
    let done = reset(&app, &token, NEW).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["viewer"]["user"]["handle"], "ada");
    assert!(!is_signed_in(&ada).await);
    let token_of_new = done["session"]["accessToken"].as_str().unwrap().to_owned();
    let new = Caller {
        token: Some(token_of_new),
        ..ada
    };
    assert!(is_signed_in(&new).await);
    assert_eq!(try_sign_in(&app, "ada", NEW).await, "done");
    assert_eq!(
        outcome(&reset(&app, &token, PASSWORD).await),
        "TOKEN_INVALID at token"
    );
    assert_eq!(
        app.posted(1).await,
        ["ada@example.org: Your password has changed"]
    );
}

#[tokio::test]
async fn a_letter_to_reset_is_good_for_an_hour_and_a_new_password_takes_it_back() {
    let app = TestApp::start().await;
    app.user("ada").await;
    ask(&app, "ada@example.org").await;
    let late = app.letter_to("ada@example.org").await.token();
    app.advance(60 * 60);
    assert_eq!(
        outcome(&reset(&app, &late, NEW).await),
        "TOKEN_INVALID at token"
    );
    ask(&app, "ada@example.org").await;
    let taken_back = app.letter_to("ada@example.org").await.token();
    let (ada, _) = sign_in(&app, "ada").await;
    assert_eq!(change(&ada, PASSWORD, NEW).await, "done");
    let done = reset(&app, &taken_back, PASSWORD).await;
    assert_eq!(outcome(&done), "TOKEN_INVALID at token");
}

#[tokio::test]
async fn a_token_for_one_purpose_is_good_for_no_other() {
    let app = TestApp::start().await;
    let ada = join(&app, "ada", "ada@here.example").await;
    let verifying = app.letter_to("ada@here.example").await.token();
    assert_eq!(
        outcome(&reset(&app, &verifying, NEW).await),
        "TOKEN_INVALID at token"
    );
    ask(&app, "ada@here.example").await;
    let resetting = app.letter_to("ada@here.example").await.token();
    let input = json!({ "token": resetting });
    let done = ada.mutate("verifyEmail", input, "").await;
    assert_eq!(outcome(&done), "TOKEN_INVALID at token");
}

#[tokio::test]
async fn resetting_by_letter_verifies_the_address_that_it_went_to() {
    let app = TestApp::start().await;
    join(&app, "ada", "ada@here.example").await;
    ask(&app, "ada@here.example").await;
    let token = app.letter_to("ada@here.example").await.token();
    assert_eq!(outcome(&reset(&app, &token, NEW).await), "done");
    let input = json!({ "login": "ada", "password": NEW });
    let payload = "viewer { isEmailVerified }";
    let done = app.guest().mutate("signIn", input, payload).await;
    assert_eq!(done["viewer"]["isEmailVerified"], json!(true));
}

#[tokio::test]
async fn an_unknown_address_gets_the_same_answer_by_the_same_statements_and_no_letter() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let mut made = Vec::new();
    for address in ["ada@example.org", "nobody@example.org"] {
        app.forget_statements().await;
        assert_eq!(ask(&app, address).await, "done");
        let mut statements = app.statements().await;
        statements.sort();
        made.push(statements);
    }
    assert_eq!(made[0], made[1]);
    assert!(made[0].iter().any(|sql| sql.contains("letter")), "{made:?}");
    assert_eq!(
        app.posted(0).await,
        ["ada@example.org: Choose a new password"]
    );
    assert_eq!(ask(&app, "nonsense").await, "BAD_USER_INPUT at email");
}

#[tokio::test]
async fn an_address_that_two_accounts_gave_and_none_verified_resets_nobody() {
    let app = TestApp::start().await;
    join(&app, "ada", "both@here.example").await;
    join(&app, "eve", "both@here.example").await;
    ask(&app, "both@here.example").await;
    assert!(
        !app.posted(0)
            .await
            .iter()
            .any(|told| told.contains("new password"))
    );
}

#[tokio::test]
async fn a_suspended_person_resets_nothing_and_keeps_the_token() {
    let app = TestApp::start().await;
    app.user("ada").await;
    ask(&app, "ada@example.org").await;
    let token = app.letter_to("ada@example.org").await.token();
    let until = app.platform().now().0 + 3_600_000_000;
    app.sql(&format!("UPDATE person SET suspended_until = {until}"))
        .await;
    assert_eq!(outcome(&reset(&app, &token, NEW).await), "SUSPENDED");
    app.sql("UPDATE person SET suspended_until = 0").await;
    assert_eq!(outcome(&reset(&app, &token, NEW).await), "done");
}

#[tokio::test]
async fn known_and_unknown_accounts_take_the_same_way_through_signing_in() {
    let app = TestApp::start().await;
    app.user("ada").await;
    for logins in [["ada", "nobody"], ["ada@example.org", "nobody@example.org"]] {
        let mut made = Vec::new();
        for login in logins {
            let before = app.platform().passwords.runs();
            app.forget_statements().await;
            let told = try_sign_in(&app, login, "not the password").await;
            assert_eq!(told, "INVALID_CREDENTIALS");
            let mut statements = app.statements().await;
            statements.sort();
            made.push(statements);
            let done = app.platform().passwords.runs() - before;
            assert_eq!(done, 1, "{login}: one argon2");
        }
        assert_eq!(made[0], made[1], "{logins:?}");
        assert!(!made[0].is_empty());
    }
}
