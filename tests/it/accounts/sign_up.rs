//! Joining.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, number, outcome};

const WELCOME: &str = "session { accessToken accessTokenExpiresAt refreshToken } \
    viewer { email isEmailVerified role user { id handle displayName bio postCount } }";

fn wish(change: Value) -> Value {
    let mut input = json!({
        "handle": "mara_lind", "email": "mara@example.org", "password": "a long good one"
    });
    for (name, value) in change.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

async fn join(app: &TestApp, change: Value) -> Value {
    app.guest().mutate("signUp", wish(change), WELCOME).await
}

#[tokio::test]
async fn whoever_joins_is_signed_in() {
    let app = TestApp::start().await;
    let done = join(
        &app,
        json!({ "email": " Mara@Example.org ", "displayName": " Mara " }),
    )
    .await;
    assert_eq!(outcome(&done), "done");
    let mut viewer = done["viewer"].clone();
    let id = viewer["user"]
        .as_object_mut()
        .unwrap()
        .remove("id")
        .unwrap();
    assert_eq!(
        viewer,
        json!({
            "email": "Mara@Example.org", "isEmailVerified": false, "role": "MEMBER",
            "user": { "handle": "mara_lind", "displayName": "Mara", "bio": "", "postCount": 0 }
        })
    );
    assert_eq!(
        done["session"]["accessTokenExpiresAt"],
        "2026-05-01T12:15:00Z"
    );
    let token = done["session"]["accessToken"].as_str().map(str::to_owned);
    let mara = Caller::new(app.clone(), "mara_lind".into(), id.to_string(), token);
    let seen = mara.query("{ viewer { user { id } } }", json!({})).await;
    assert_eq!(seen["viewer"]["user"]["id"], id);
}

#[tokio::test]
async fn a_handle_is_folded_and_given_once() {
    let app = TestApp::start().await;
    let done = join(&app, json!({ "handle": " Ｍａｒａ_LIND" })).await;
    assert_eq!(done["viewer"]["user"]["handle"], "mara_lind");
    assert_eq!(done["viewer"]["user"]["displayName"], "mara_lind");
    for same in ["mara_lind", "MARA_lind", "ｍara_lind"] {
        let again = join(
            &app,
            json!({ "handle": same, "email": "other@example.org" }),
        )
        .await;
        assert_eq!(outcome(&again), "HANDLE_TAKEN at handle", "{same}");
    }
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM account").await, 1);
    let found = app
        .guest()
        .query("{ user(handle: \"ＭARA_Lind\") { handle } }", json!({}))
        .await;
    assert_eq!(found, json!({ "user": { "handle": "mara_lind" } }));
}

#[tokio::test]
async fn that_an_address_is_in_use_is_never_told() {
    let app = TestApp::start().await;
    let first = join(&app, json!({})).await;
    let second = join(
        &app,
        json!({ "handle": "other", "email": "MARA@example.org" }),
    )
    .await;
    for done in [first, second] {
        assert_eq!(outcome(&done), "done");
        assert!(done["session"]["accessToken"].is_string());
        assert_eq!(done["viewer"]["isEmailVerified"], false);
    }
}

#[tokio::test]
async fn what_nobody_should_join_with_is_refused_and_makes_nothing() {
    let app = TestApp::start().await;
    let long = |n| "x".repeat(n);
    let wrong = [
        ("handle", json!("ab")),
        ("handle", json!(long(31))),
        ("handle", json!("mära")),
        ("handle", json!("mara lind")),
        ("handle", json!("mara\u{7}")),
        ("handle", json!("")),
        ("email", json!("mara")),
        ("email", json!("mara@")),
        ("email", json!("a\u{0}@example.org")),
        ("email", json!(format!("{}@example.org", long(250)))),
        ("password", json!("seven77")),
        ("password", json!(long(129))),
        ("password", json!("PassWord123")),
        ("password", json!("MARA_lind")),
        ("password", json!("mara@example.org")),
        ("displayName", json!("")),
        ("displayName", json!(" \t ")),
        ("displayName", json!(long(51))),
        ("displayName", json!("Ma\u{8}ra")),
    ];
    for (field, value) in wrong {
        let done = join(&app, json!({ field: value })).await;
        assert_eq!(
            outcome(&done),
            format!("BAD_USER_INPUT at {field}"),
            "{value}"
        );
    }
    for table in ["handle", "account", "session"] {
        let rows = number(&app, &format!("SELECT COUNT(*) AS n FROM {table}")).await;
        assert_eq!(rows, 0, "{table}");
    }
}

#[tokio::test]
async fn the_longest_and_shortest_that_are_allowed_are_allowed() {
    let app = TestApp::start().await;
    let edges = [
        json!({ "handle": "abc", "password": "eight888" }),
        json!({ "handle": "x".repeat(30), "password": "ä".repeat(128) }),
        json!({ "handle": "wide", "displayName": "é".repeat(50) }),
        json!({ "handle": "one", "displayName": "é" }),
        json!({ "handle": "nul", "displayName": null }),
    ];
    for edge in edges {
        assert_eq!(outcome(&join(&app, edge.clone()).await), "done", "{edge}");
    }
}
