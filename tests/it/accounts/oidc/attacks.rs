//! Returns that are not what was begun.

use std::sync::Arc;

use rookery::{
    clock::Clock,
    platform::{config::OidcConfig, oidc::Provider},
};
use tokio::task::JoinSet;

use super::{app, begin, completed, returned, visit, with};
use crate::support::{NOON, number};

#[tokio::test]
async fn a_return_is_good_once_and_for_the_client_that_began() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let back = returned(&app, "mara").await;
    for (name, value) in [
        ("secret", "guessed"),
        ("secret", ""),
        ("state", "made up"),
        ("state", ""),
    ] {
        let wrong = with(&back, name, value);
        assert_eq!(
            completed(&app, &wrong).await,
            "TOKEN_INVALID",
            "{name} {value}"
        );
    }
    // Somebody who does not know the secret has not used it up.
    assert_eq!(completed(&app, &back).await, "done");
    assert_eq!(completed(&app, &back).await, "TOKEN_INVALID", "again");
    let people = number(&app, "SELECT COUNT(*) AS n FROM account").await;
    assert_eq!(people, 1);
}

#[tokio::test]
async fn a_code_is_good_only_on_the_way_that_it_was_given_for() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let (mine, other) = (begin(&app).await, begin(&app).await);
    let (mine, other) = (visit(&mine, "mara").await, visit(&other, "otto").await);
    let swapped = with(&mine, "code", other["code"].as_str().unwrap());
    assert_eq!(completed(&app, &swapped).await, "TOKEN_INVALID");
    // The way is spent: the provider is asked only once on each.
    assert_eq!(completed(&app, &mine).await, "TOKEN_INVALID");
    // The provider gives nothing for a code that was tried by somebody else.
    let again = begin(&app).await;
    let mut again = visit(&again, "mara").await;
    let good = again["code"].clone();
    again["code"] = other["code"].clone();
    assert_eq!(completed(&app, &again).await, "TOKEN_INVALID");
    again["code"] = good;
    assert_eq!(completed(&app, &again).await, "TOKEN_INVALID");
    let nobody = number(&app, "SELECT COUNT(*) AS n FROM account").await;
    assert_eq!(nobody, 0);
}

#[tokio::test]
async fn an_identity_token_for_another_nonce_and_a_code_for_another_verifier_are_refused() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    for part in ["nonce", "verifier"] {
        let back = returned(&app, "mara").await;
        let other = "'another-that-is-long-enough-to-be-one-of-these'";
        app.sql(&format!("UPDATE oidc_sign_in SET {part} = {other}"))
            .await;
        assert_eq!(completed(&app, &back).await, "TOKEN_INVALID", "{part}");
    }
    let nobody = number(&app, "SELECT COUNT(*) AS n FROM account").await;
    assert_eq!(nobody, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_bring_one_return_at_once_one_comes_in() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let back = Arc::new(returned(&app, "mara").await);
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let (app, back) = (app.clone(), back.clone());
        tasks.spawn(async move { completed(&app, &back).await });
    }
    let mut told = tasks.join_all().await;
    told.sort();
    assert_eq!(
        told,
        ["TOKEN_INVALID", "TOKEN_INVALID", "TOKEN_INVALID", "done"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_returns_of_one_new_person_at_once_none_makes_a_second_account() {
    let Some((app, _provider)) = app().await else {
        return;
    };
    let mut tasks = JoinSet::new();
    for _ in 0..3 {
        let (app, back) = (app.clone(), returned(&app, "mara").await);
        tasks.spawn(async move {
            let told = completed(&app, &back).await;
            // Whoever is too slow is told to try again, and is then known.
            match told.as_str() {
                "UNAVAILABLE" | "HANDLE_TAKEN at handle" => completed(&app, &back).await,
                _ => told,
            }
        });
    }
    assert_eq!(tasks.join_all().await, ["done"; 3]);
    let people = number(&app, "SELECT COUNT(*) AS n FROM account").await;
    assert_eq!(people, 1);
}

#[test]
fn a_provider_is_spoken_to_in_secret_or_on_this_machine() {
    let configured = |issuer: &str, redirect: &str| {
        let config = OidcConfig {
            oidc_issuer: Some(issuer.to_owned()),
            oidc_name: "oidc".to_owned(),
            oidc_client_id: Some("rookery".to_owned()),
            oidc_client_secret: None,
            oidc_redirect_uris: vec![redirect.to_owned()],
        };
        Provider::configured(
            &config,
            Clock::fixed(NOON),
            rookery::platform::health::Flag::unseen(rookery::platform::health::Part::Oidc),
        )
        .map(|provider| provider.is_some())
    };
    let page = "https://app.example/back";
    for issuer in [
        "https://id.example",
        "http://127.0.0.1:9",
        "http://[::1]:9",
        "http://localhost",
    ] {
        assert_eq!(configured(issuer, page), Ok(true), "{issuer}");
    }
    for issuer in [
        "http://id.example",
        "http://127.0.0.1.example",
        "ftp://127.0.0.1",
        "id.example",
    ] {
        let wrong = configured(issuer, page).unwrap_err();
        assert!(wrong.contains("ROOKERY_OIDC_ISSUER"), "{wrong}");
    }
    let wrong = configured("https://id.example", "http://app.example/").unwrap_err();
    assert!(wrong.contains("ROOKERY_OIDC_REDIRECT_URIS"), "{wrong}");
}
