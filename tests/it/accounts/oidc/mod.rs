//! Signing in by a provider of identities, against a real one.

mod attacks;
mod linking;
mod provider;

use rookery::accounts::commands::forget_expired_returns;
use serde_json::{Value, json};

use self::provider::{Provider, REDIRECT, Where, begin, returned, visit};
use crate::support::{Caller, PASSWORD, TestApp, attempt, number, outcome, states::suspend};

/// An app with its provider. `None` where npm did not install that.
async fn app() -> Option<(TestApp, Provider)> {
    let provider = Provider::start(&Where::Token)?;
    let app = TestApp::start_with(|config| provider.configure(config)).await;
    Some((app, provider))
}

async fn complete(app: &TestApp, input: &Value) -> Value {
    let payload = "session { accessToken } isNewAccount \
                   viewer { user { id handle } email isEmailVerified }";
    app.guest()
        .mutate("completeOidcSignIn", input.clone(), payload)
        .await
}

async fn completed(app: &TestApp, input: &Value) -> String {
    outcome(&complete(app, input).await)
}

/// Joins, or comes back, as `name`.
async fn enter(app: &TestApp, name: &str) -> Value {
    let done = complete(app, &returned(app, name).await).await;
    assert_eq!(outcome(&done), "done", "{name}");
    done
}

fn caller(app: &TestApp, done: &Value) -> Caller {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let (user, session) = (&done["viewer"]["user"], &done["session"]);
    let token = Some(word(&session["accessToken"]));
    Caller::new(app.clone(), word(&user["handle"]), word(&user["id"]), token)
}

fn with(input: &Value, name: &str, value: &str) -> Value {
    let mut input = input.clone();
    input[name] = json!(value);
    input
}

#[tokio::test]
async fn somebody_joins_by_a_provider_and_comes_back_by_it() {
    for told in [Where::Token, Where::UserInfo] {
        let Some(provider) = Provider::start(&told) else {
            return;
        };
        let app = TestApp::start_with(|config| provider.configure(config)).await;
        let first = enter(&app, "mara_lind").await;
        assert_eq!(first["isNewAccount"], true);
        assert_eq!(first["viewer"]["user"]["handle"], "mara_lind");
        assert_eq!(first["viewer"]["email"], "mara_lind@example.org");
        let again = enter(&app, "mara_lind").await;
        assert_eq!(again["isNewAccount"], false);
        assert_eq!(again["viewer"], first["viewer"]);
        let other = enter(&app, "otto").await;
        assert_ne!(other["viewer"]["user"], first["viewer"]["user"]);
        for (kind, times) in [("user.registered.v1", 2), ("user.signed_in.v1", 1)] {
            let told = format!(
                "SELECT COUNT(*) AS n FROM activity WHERE kind = '{kind}' AND \
                 CAST(payload AS TEXT) LIKE '%OIDC%'"
            );
            assert_eq!(number(&app, &told).await, times, "{kind}");
        }
        let session = caller(&app, &again);
        let reply = session
            .query("{ viewer { user { handle } } }", json!({}))
            .await;
        assert_eq!(reply["viewer"]["user"]["handle"], "mara_lind");
        // Nobody has their password, not even an empty one.
        for password in ["", PASSWORD] {
            let input = json!({ "login": "mara_lind", "password": password });
            let told = attempt(&app.guest(), "signIn", input).await;
            assert_eq!(told, "INVALID_CREDENTIALS");
        }
    }
}

#[tokio::test]
async fn the_address_carries_a_challenge_and_nothing_that_has_to_stay_here() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let begun = begin(&app).await;
    let address = begun.url.as_str();
    for part in [
        "response_type=code&",
        "client_id=rookery&",
        "state=",
        "nonce=",
        "code_challenge=",
        "code_challenge_method=S256",
        "scope=openid+email+profile",
    ] {
        assert!(address.contains(part), "{part} in {address}");
    }
    assert!(!address.contains(&begun.secret));
    assert!(!address.contains("code_verifier"));
    let state = begun
        .url
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1;
    let kept = format!(
        "SELECT COUNT(*) AS n FROM oidc_sign_in WHERE state_hash = '{state}' OR \
         secret_hash = '{}'",
        begun.secret
    );
    assert_eq!(number(&app, &kept).await, 0, "only hashes are kept");
}

/// Nobody has proven that their address is theirs.
async fn unverify(app: &TestApp) {
    app.sql("UPDATE account SET email_verified_at = NULL").await;
    app.sql("DELETE FROM email_address").await;
}

#[tokio::test]
async fn somebody_new_gets_the_handle_that_they_want_or_one_like_their_name() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    app.users(["taken", "mara_lind"]).await;
    unverify(&app).await;
    let back = returned(&app, "taken").await;
    let refused = with(&back, "handle", "taken");
    assert_eq!(completed(&app, &refused).await, "HANDLE_TAKEN at handle");
    let refused = with(&back, "handle", "no handle");
    assert_eq!(completed(&app, &refused).await, "BAD_USER_INPUT at handle");
    // The return is still good for another handle.
    let done = complete(&app, &with(&back, "handle", "My_Own")).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["viewer"]["user"]["handle"], "my_own");

    let like = enter(&app, "Mara_Lind").await["viewer"]["user"]["handle"].clone();
    let digits = like.as_str().unwrap().strip_prefix("mara_lind").unwrap();
    assert!(!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    let nameless = enter(&app, "nameless").await;
    assert_eq!(nameless["viewer"]["user"]["handle"], "user");
    assert_eq!(nameless["viewer"]["email"], "");
    assert_eq!(nameless["viewer"]["isEmailVerified"], false);
}

#[tokio::test]
async fn a_suspended_or_deleted_person_is_refused_as_by_a_password() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let mara = caller(&app, &enter(&app, "mara").await);
    suspend(&app, &mara).await;
    let back = returned(&app, "mara").await;
    assert_eq!(completed(&app, &back).await, "SUSPENDED");
    app.sql("UPDATE person SET suspended_until = 0, deleted_at = 1")
        .await;
    assert_eq!(completed(&app, &back).await, "INVALID_CREDENTIALS");
    let people = number(&app, "SELECT COUNT(*) AS n FROM account").await;
    assert_eq!(people, 1, "no second account is made");
}

#[tokio::test]
async fn what_the_operator_has_not_listed_is_refused() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    for (name, redirect, told) in [
        ("other", REDIRECT, "BAD_USER_INPUT at provider"),
        (
            "oidc",
            "https://app.example.org/back/",
            "BAD_USER_INPUT at redirectUri",
        ),
        (
            "oidc",
            "https://evil.example/",
            "BAD_USER_INPUT at redirectUri",
        ),
    ] {
        let input = json!({ "provider": name, "redirectUri": redirect });
        assert_eq!(attempt(&app.guest(), "beginOidcSignIn", input).await, told);
    }
    let none = TestApp::start().await;
    let input = json!({ "provider": "oidc", "redirectUri": REDIRECT });
    let told = attempt(&none.guest(), "beginOidcSignIn", input).await;
    assert_eq!(told, "BAD_USER_INPUT at provider");
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_of_and_one_with_new_keys_is_believed() {
    let Some((app, mut provider)) = app().await else {
        return;
    };
    enter(&app, "mara").await;
    let lost = returned(&app, "mara").await;
    provider.stop();
    assert_eq!(completed(&app, &lost).await, "UNAVAILABLE");
    let cold = TestApp::start_with(|config| provider.configure(config)).await;
    let input = json!({ "provider": "oidc", "redirectUri": REDIRECT });
    let told = attempt(&cold.guest(), "beginOidcSignIn", input).await;
    assert_eq!(told, "UNAVAILABLE");
    let _provider = provider.restart();
    assert_eq!(completed(&app, &lost).await, "TOKEN_INVALID", "begin again");
    let again = enter(&app, "mara").await;
    assert_eq!(again["isNewAccount"], false);
}

#[tokio::test]
async fn ways_that_nobody_comes_back_on_are_forgotten() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let late = visit(&begin(&app).await, "mara").await;
    app.advance(9 * 60);
    begin(&app).await;
    app.advance(60);
    assert_eq!(completed(&app, &late).await, "TOKEN_INVALID");
    assert_eq!(forget_expired_returns(app.platform()).await.unwrap(), 1);
    let left = "SELECT COUNT(*) AS n FROM oidc_sign_in";
    assert_eq!(number(&app, left).await, 1);
}
