//! The address of an account: whose it is, and how it becomes another.

use serde_json::json;

use crate::support::{Caller, PASSWORD, TestApp, outcome, sign_in};

/// Somebody who joined by themselves, with an address that is not verified.
pub async fn join(app: &TestApp, handle: &str, email: &str) -> Caller {
    let input = json!({ "handle": handle, "email": email, "password": PASSWORD });
    let payload = "session { accessToken } viewer { user { id } }";
    let done = app.guest().mutate("signUp", input, payload).await;
    assert_eq!(outcome(&done), "done");
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let token = Some(word(&done["session"]["accessToken"]));
    let id = word(&done["viewer"]["user"]["id"]);
    Caller::new(app.clone(), handle.to_owned(), id, token)
}

pub async fn verify(caller: &Caller, token: &str) -> String {
    let done = caller.mutate("verifyEmail", json!({ "token": token }), "viewer { email }");
    outcome(&done.await)
}

async fn address(caller: &Caller) -> (String, bool) {
    let data = caller
        .query("{ viewer { email isEmailVerified } }", json!({}))
        .await;
    let viewer = &data["viewer"];
    (
        viewer["email"].as_str().unwrap().to_owned(),
        viewer["isEmailVerified"].as_bool().unwrap(),
    )
}

async fn change(caller: &Caller, email: &str, password: &str) -> String {
    let input = json!({ "newEmail": email, "currentPassword": password });
    outcome(
        &caller
            .mutate("changeEmail", input, "viewer { email }")
            .await,
    )
}

#[tokio::test]
async fn an_address_is_verified_by_the_token_that_was_mailed_there_once() {
    let app = TestApp::start().await;
    let ada = join(&app, "ada", "Ada@Example.org").await;
    assert_eq!(address(&ada).await, ("Ada@Example.org".to_owned(), false));
    let letter = app.letter_to("Ada@Example.org").await;
    assert_eq!(letter.subject, "Verify your e-mail address");
    for wrong in [
        "",
        "x",
        &letter.token()[1..],
        &letter.token().to_lowercase(),
    ] {
        assert_eq!(
            verify(&ada, wrong).await,
            "TOKEN_INVALID at token",
            "{wrong}"
        );
    }
    // Whoever reads the letter may be anybody: no session is needed, and none is given.
    let input = json!({ "token": letter.token() });
    let done = app
        .guest()
        .mutate("verifyEmail", input, "viewer { email }")
        .await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["viewer"], json!(null));
    assert_eq!(address(&ada).await, ("Ada@Example.org".to_owned(), true));
    assert_eq!(
        verify(&ada, &letter.token()).await,
        "TOKEN_INVALID at token"
    );
}

#[tokio::test]
async fn whoever_verifies_with_a_session_of_that_account_sees_it() {
    let app = TestApp::start().await;
    let (ada, bob) = (
        join(&app, "ada", "ada@here.example").await,
        app.user("bob").await,
    );
    let token = app.letter_to("ada@here.example").await.token();
    let input = json!({ "token": token });
    let done = ada
        .mutate("verifyEmail", input, "viewer { isEmailVerified }")
        .await;
    assert_eq!(done["viewer"]["isEmailVerified"], json!(true));
    join(&app, "cyd", "cyd@here.example").await;
    let token = app.letter_to("cyd@here.example").await.token();
    let input = json!({ "token": token });
    let done = bob
        .mutate("verifyEmail", input, "viewer { isEmailVerified }")
        .await;
    assert_eq!(
        (outcome(&done), &done["viewer"]),
        ("done".to_owned(), &json!(null))
    );
}

#[tokio::test]
async fn a_mailed_token_ends_after_a_day() {
    let app = TestApp::start().await;
    let ada = join(&app, "ada", "ada@here.example").await;
    let token = app.letter_to("ada@here.example").await.token();
    app.advance(24 * 60 * 60);
    assert_eq!(verify(&app.guest(), &token).await, "TOKEN_INVALID at token");
    let (ada, _) = sign_in(&app, &ada.handle).await;
    let done = ada.mutate("resendVerificationEmail", json!({}), "").await;
    assert_eq!(outcome(&done), "done");
    let token = app.letter_to("ada@here.example").await.token();
    assert_eq!(verify(&ada, &token).await, "done");
}

#[tokio::test]
async fn signing_up_with_an_address_in_use_looks_the_same_and_tells_its_holder_only() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let eve = join(&app, "eve", "ADA@example.org").await;
    let free = join(&app, "bob", "bob@free.example").await;
    assert_eq!(address(&eve).await.1, address(&free).await.1);
    assert_eq!(
        app.posted(0).await,
        [
            "ADA@example.org: Somebody gave your e-mail address",
            "bob@free.example: Verify your e-mail address"
        ]
    );
    let again = eve.mutate("resendVerificationEmail", json!({}), "").await;
    assert_eq!(outcome(&again), "done");
    assert_eq!(
        app.posted(2).await,
        ["ADA@example.org: Somebody gave your e-mail address"]
    );
}

#[tokio::test]
async fn of_two_accounts_with_one_address_the_first_to_verify_has_it() {
    let app = TestApp::start().await;
    let ada = join(&app, "ada", "both@here.example").await;
    let bob = join(&app, "bob", "both@here.example").await;
    let letters = app.letters().await;
    let (first, second) = (letters[0].token(), letters[1].token());
    assert_eq!(verify(&bob, &second).await, "done");
    assert_eq!(verify(&ada, &first).await, "CONFLICT at token");
    assert!(!address(&ada).await.1);
    let (signed_in, _) = sign_in(&app, "both@here.example").await;
    assert_eq!(signed_in.handle, "bob");
}

#[tokio::test]
async fn a_new_address_takes_the_old_ones_place_when_it_is_verified_and_the_old_one_is_told() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    assert_eq!(change(&ada, "new@here.example", PASSWORD).await, "done");
    assert_eq!(address(&ada).await, ("ada@example.org".to_owned(), true));
    let told = app.posted(0).await;
    assert_eq!(
        told,
        [
            "new@here.example: Verify your e-mail address",
            "ada@example.org: Your e-mail address is about to change"
        ]
    );
    let token = app.letter_to("new@here.example").await.token();
    assert_eq!(verify(&ada, &token).await, "done");
    assert_eq!(address(&ada).await, ("new@here.example".to_owned(), true));
    assert_eq!(
        app.posted(2).await,
        ["ada@example.org: Your e-mail address has changed"]
    );
    // The old address is free again.
    let bob = join(&app, "bob", "ada@example.org").await;
    let token = app.letter_to("ada@example.org").await.token();
    assert_eq!(verify(&bob, &token).await, "done");
}

#[tokio::test]
async fn only_the_last_address_that_was_asked_for_can_be_verified() {
    let app = TestApp::start().await;
    let ada = join(&app, "ada", "first@here.example").await;
    let first = app.letter_to("first@here.example").await.token();
    assert_eq!(change(&ada, "second@here.example", PASSWORD).await, "done");
    let second = app.letter_to("second@here.example").await.token();
    assert_eq!(change(&ada, "third@here.example", PASSWORD).await, "done");
    let third = app.letter_to("third@here.example").await.token();
    assert_eq!(verify(&ada, &second).await, "TOKEN_INVALID at token");
    assert_eq!(verify(&ada, &third).await, "done");
    assert_eq!(verify(&ada, &first).await, "TOKEN_INVALID at token");
    assert_eq!(address(&ada).await, ("third@here.example".to_owned(), true));
}

#[tokio::test]
async fn an_address_is_changed_only_with_the_password_and_never_tells_who_has_another() {
    let app = TestApp::start().await;
    let [ada, _bob] = app.users(["ada", "bob"]).await;
    assert_eq!(
        change(&ada, "new@here.example", "not the password").await,
        "INVALID_CREDENTIALS at currentPassword"
    );
    assert_eq!(
        change(&ada, "ADA@example.org", PASSWORD).await,
        "BAD_USER_INPUT at newEmail"
    );
    assert_eq!(
        change(&ada, "nonsense", PASSWORD).await,
        "BAD_USER_INPUT at newEmail"
    );
    assert_eq!(app.letters().await.len(), 0);
    assert_eq!(change(&ada, "bob@example.org", PASSWORD).await, "done");
    assert_eq!(
        app.posted(0).await,
        [
            "bob@example.org: Somebody gave your e-mail address",
            "ada@example.org: Your e-mail address is about to change"
        ]
    );
}

#[tokio::test]
async fn a_token_is_mailed_again_for_what_is_not_verified_and_for_nothing_else() {
    let app = TestApp::start().await;
    let (ada, bob) = (
        app.user("ada").await,
        join(&app, "bob", "bob@here.example").await,
    );
    let resend = async |caller: &Caller, email: Option<&str>| {
        let input = json!({ "email": email });
        outcome(&caller.mutate("resendVerificationEmail", input, "").await)
    };
    assert_eq!(resend(&ada, None).await, "CONFLICT");
    assert_eq!(
        resend(&ada, Some("ada@example.org")).await,
        "BAD_USER_INPUT at email"
    );
    assert_eq!(resend(&bob, Some("BOB@here.example")).await, "done");
    assert_eq!(
        resend(&bob, Some("ada@example.org")).await,
        "BAD_USER_INPUT at email"
    );
    assert_eq!(change(&bob, "new@here.example", PASSWORD).await, "done");
    let before = app.letters().await.len();
    assert_eq!(resend(&bob, None).await, "done");
    assert_eq!(resend(&bob, Some("bob@here.example")).await, "done");
    assert_eq!(
        app.posted(before).await,
        [
            "new@here.example: Verify your e-mail address",
            "bob@here.example: Verify your e-mail address"
        ]
    );
}
