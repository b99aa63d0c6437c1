//! Sessions: what their tokens are good for, and how they end.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, outcome, sign_in};

const DAY: u64 = 24 * 60 * 60;

async fn refresh(app: &TestApp, token: &str) -> Value {
    let input = json!({ "refreshToken": token });
    app.guest()
        .mutate(
            "refreshSession",
            input,
            "session { accessToken refreshToken }",
        )
        .await
}

/// The new refresh token and a caller with the new access token.
async fn refreshed(caller: &Caller, token: &str) -> (Caller, String) {
    let done = refresh(&caller.app, token).await;
    assert_eq!(outcome(&done), "done");
    let word = |name: &str| done["session"][name].as_str().unwrap().to_owned();
    let token = Some(word("accessToken"));
    (
        Caller {
            token,
            ..caller.clone()
        },
        word("refreshToken"),
    )
}

async fn is_signed_in(caller: &Caller) -> bool {
    let reply = caller
        .send("{ viewer { user { handle } } }", json!({}))
        .await;
    if reply.code() == "UNAUTHENTICATED" {
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        return false;
    }
    assert_eq!(
        reply.body["data"]["viewer"]["user"]["handle"],
        *caller.handle
    );
    true
}

#[tokio::test]
async fn an_access_token_is_good_for_fifteen_minutes() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    app.advance(15 * 60 - 1);
    assert!(is_signed_in(&ada).await);
    app.advance(1);
    assert!(!is_signed_in(&ada).await);
}

#[tokio::test]
async fn an_ended_access_token_keeps_nobody_from_signing_in_or_refreshing() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (ada, token) = sign_in(&app, "ada").await;
    app.advance(DAY);
    assert!(!is_signed_in(&ada).await);
    let input = json!({ "refreshToken": token });
    assert_eq!(
        outcome(&ada.mutate("refreshSession", input, "").await),
        "done"
    );
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_a_new_one_again_and_again() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (mut ada, mut token) = sign_in(&app, "ada").await;
    for _ in 0..3 {
        app.advance(20 * DAY);
        assert!(!is_signed_in(&ada).await);
        (ada, token) = refreshed(&ada, &token).await;
        assert!(is_signed_in(&ada).await);
    }
}

#[tokio::test]
async fn a_refresh_token_used_again_later_ends_its_session_and_no_other() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (ada, first) = sign_in(&app, "ada").await;
    let (elsewhere, other) = sign_in(&app, "ada").await;
    let (later, second) = refreshed(&ada, &first).await;
    assert!(is_signed_in(&later).await);
    app.advance(30);
    let again = refresh(&app, &first).await;
    assert_eq!(outcome(&again), "TOKEN_INVALID at refreshToken");
    assert!(!is_signed_in(&ada).await);
    assert!(!is_signed_in(&later).await);
    let after = refresh(&app, &second).await;
    assert_eq!(outcome(&after), "TOKEN_INVALID at refreshToken");
    assert!(is_signed_in(&elsewhere).await);
    refreshed(&elsewhere, &other).await;
}

#[tokio::test]
async fn an_exchange_whose_answer_was_lost_is_repeated_and_gives_the_same_token() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (ada, first) = sign_in(&app, "ada").await;
    let (_, lost) = refreshed(&ada, &first).await;
    app.advance(29);
    let (again, second) = refreshed(&ada, &first).await;
    assert_eq!(second, lost);
    assert!(is_signed_in(&again).await);
    refreshed(&again, &second).await;
}

#[tokio::test]
async fn an_exchange_is_not_repeated_once_its_token_was_used() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (ada, first) = sign_in(&app, "ada").await;
    let (ada, second) = refreshed(&ada, &first).await;
    let (ada, third) = refreshed(&ada, &second).await;
    // At once, but it is not the last one any more: two have it.
    let again = refresh(&app, &first).await;
    assert_eq!(outcome(&again), "TOKEN_INVALID at refreshToken");
    assert!(!is_signed_in(&ada).await);
    let after = refresh(&app, &third).await;
    assert_eq!(outcome(&after), "TOKEN_INVALID at refreshToken");
}

#[tokio::test]
async fn a_refresh_token_ends_after_thirty_days() {
    let app = TestApp::start().await;
    app.users(["ada", "bob"]).await;
    let (ada, in_time) = sign_in(&app, "ada").await;
    let (_, too_late) = sign_in(&app, "bob").await;
    app.advance(30 * DAY - 1);
    refreshed(&ada, &in_time).await;
    app.advance(1);
    assert_eq!(
        outcome(&refresh(&app, &too_late).await),
        "TOKEN_INVALID at refreshToken"
    );
}

#[tokio::test]
async fn a_refresh_token_that_nobody_got_is_refused() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (ada, token) = sign_in(&app, "ada").await;
    let access = ada.token.clone().unwrap();
    for wrong in ["", "x", access.as_str(), &token[1..], &token.to_lowercase()] {
        let done = refresh(&app, wrong).await;
        assert_eq!(outcome(&done), "TOKEN_INVALID at refreshToken", "{wrong}");
    }
    refreshed(&ada, &token).await;
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (ada, token) = sign_in(&app, "ada").await;
    let (elsewhere, _) = sign_in(&app, "ada").await;
    let done = ada.mutate("signOut", json!({}), "revokedSessionId").await;
    assert_eq!(outcome(&done), "done");
    assert!(
        done["revokedSessionId"]
            .as_str()
            .unwrap()
            .starts_with("Session_")
    );
    assert!(!is_signed_in(&ada).await);
    assert_eq!(
        outcome(&refresh(&app, &token).await),
        "TOKEN_INVALID at refreshToken"
    );
    assert!(is_signed_in(&elsewhere).await);
}

#[tokio::test]
async fn a_session_elsewhere_is_ended_by_its_refresh_token() {
    let app = TestApp::start().await;
    app.user("ada").await;
    let (here, _) = sign_in(&app, "ada").await;
    let (there, token) = sign_in(&app, "ada").await;
    let input = json!({ "refreshToken": token });
    let done = here.mutate("signOut", input, "revokedSessionId").await;
    assert_eq!(outcome(&done), "done");
    assert!(is_signed_in(&here).await);
    assert!(!is_signed_in(&there).await);
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let app = TestApp::start().await;
    app.users(["ada", "bob"]).await;
    let (ada, _) = sign_in(&app, "ada").await;
    let (bob, token) = sign_in(&app, "bob").await;
    for token in [token.as_str(), "made up"] {
        let done = ada
            .mutate(
                "signOut",
                json!({ "refreshToken": token }),
                "revokedSessionId",
            )
            .await;
        assert_eq!(outcome(&done), "TOKEN_INVALID at refreshToken");
    }
    assert!(is_signed_in(&ada).await && is_signed_in(&bob).await);
    refreshed(&bob, &token).await;
}
