//! Signing in by handle or address.

use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, number, outcome};

async fn sign_in(app: &TestApp, login: &str, password: &str) -> Value {
    let input = json!({ "login": login, "password": password });
    app.guest()
        .mutate(
            "signIn",
            input,
            "session { accessToken } viewer { user { handle } }",
        )
        .await
}

async fn who(app: &TestApp, login: &str) -> Value {
    let done = sign_in(app, login, PASSWORD).await;
    match outcome(&done).as_str() {
        "done" => done["viewer"]["user"]["handle"].clone(),
        refused => json!(refused),
    }
}

async fn share_an_address(app: &TestApp) {
    app.users(["ada", "bob"]).await;
    app.sql(
        "UPDATE account SET email = 'Both@example.org', email_key = 'both@example.org', \
             email_verified_at = NULL",
    )
    .await;
}

#[tokio::test]
async fn a_handle_or_the_only_holder_of_an_address_signs_in_however_it_is_typed() {
    let app = TestApp::start().await;
    app.users(["ada", "bob"]).await;
    for login in [
        "ada",
        " ADA ",
        "ａda",
        "ada@example.org",
        "ADA@Example.ORG ",
    ] {
        assert_eq!(who(&app, login).await, "ada", "{login}");
    }
}

#[tokio::test]
async fn an_unknown_account_and_a_wrong_password_get_the_same_answer() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let wrong = sign_in(&app, "ada", "not the password").await;
    assert_eq!(outcome(&wrong), "INVALID_CREDENTIALS");
    for login in [
        "nobody",
        "nobody@example.org",
        "ada@example.com",
        "@",
        "",
        "a\u{0}b",
        "@ada@",
    ] {
        assert_eq!(sign_in(&app, login, PASSWORD).await, wrong, "{login}");
    }
    assert_eq!(sign_in(&app, "ada@example.org", "").await, wrong);
    assert_eq!(sign_in(&app, "ada", &PASSWORD.to_uppercase()).await, wrong);
}

#[tokio::test]
async fn an_address_that_two_hold_unverified_belongs_to_neither() {
    let app = TestApp::start().await;
    share_an_address(&app).await;
    assert_eq!(who(&app, "both@example.org").await, "INVALID_CREDENTIALS");
    assert_eq!(who(&app, "ada").await, "ada");
    assert_eq!(who(&app, "bob").await, "bob");
}

#[tokio::test]
async fn an_address_belongs_to_the_one_who_verified_it() {
    let app = TestApp::start().await;
    share_an_address(&app).await;
    for handle in ["bob", "ada"] {
        app.sql("UPDATE account SET email_verified_at = NULL").await;
        app.sql(&format!(
            "UPDATE account SET email_verified_at = 1 WHERE person_id = \
             (SELECT person_id FROM handle WHERE key = '{handle}')"
        ))
        .await;
        assert_eq!(who(&app, "both@example.org").await, handle);
    }
}

#[tokio::test]
async fn a_password_hashed_with_less_work_than_now_is_hashed_anew_when_its_owner_signs_in() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let params = argon2::Params::new(64, 1, 1, None).unwrap();
    let weak = argon2::Argon2::from(params);
    let salt = argon2::password_hash::SaltString::encode_b64(b"sixteen bytes...").unwrap();
    let weak = argon2::PasswordHasher::hash_password(&weak, PASSWORD.as_bytes(), &salt).unwrap();
    app.sql(&format!("UPDATE account SET password_hash = '{weak}'"))
        .await;
    let stored = async |like: &str| {
        let sql = format!("SELECT COUNT(*) AS n FROM account WHERE password_hash LIKE '{like}'");
        number(&app, &sql).await
    };
    let wrong = sign_in(&app, "ada", "not the password").await;
    assert_eq!(outcome(&wrong), "INVALID_CREDENTIALS");
    assert_eq!(stored("%m=64,t=1,p=1$%").await, 1, "by its owner only");
    assert_eq!(who(&app, "ada").await, "ada");
    assert_eq!(stored("%$m=19456,t=2,p=1$%").await, 1);
    assert_eq!(
        who(&app, "ada").await,
        "ada",
        "the new hash is of the same password"
    );
}
