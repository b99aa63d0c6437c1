//! The Authorization header: what is wrong with it is said at once, except where nobody needs it.

use std::time::Duration;

use rookery::platform::tokens::Tokens;
use serde_json::{Value, json};

use super::{GRAPHQL, JSON, query_as};
use crate::support::{Caller, TestApp};

const WHO: &str = "{ viewer { user { handle } } }";
const QUARTER_OF_AN_HOUR: u64 = 15 * 60;

fn bearer(caller: &Caller) -> String {
    format!("Bearer {}", caller.token.as_deref().unwrap())
}

async fn unauthenticated(app: &TestApp, header: &str, text: &str) {
    for accept in [JSON, GRAPHQL] {
        let answer = query_as(app, header, accept, text).await;
        assert_eq!(
            answer.refusal(),
            (401, "UNAUTHENTICATED"),
            "{header:?} {answer:?}"
        );
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{header:?}");
        assert!(answer.body.get("data").is_none());
    }
}

#[tokio::test]
async fn a_header_that_proves_nobody_is_answered_401_under_both_media_types() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let token = ann.token.clone().unwrap();
    let others = Tokens::from_pem(&Tokens::new_pem().unwrap(), Duration::from_secs(9)).unwrap();
    let (person, session) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let now = app.platform().now();
    let (foreign, _) = others.sign(person, session, now).unwrap();
    let (nobodys, _) = app.platform().tokens.sign(person, session, now).unwrap();
    let (head, rest) = token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let foreign_body = foreign.split('.').nth(1).unwrap();
    for header in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer nonsense".to_owned(),
        token.clone(),
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("Bearer {head}.{body}."),
        format!("Bearer {head}.{foreign_body}.{signature}"),
        format!("Bearer {foreign}"),
        format!("Bearer {nobodys}"),
    ] {
        unauthenticated(&app, &header, WHO).await;
        unauthenticated(&app, &header, "{ __typename }").await;
    }
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let answer = query_as(&app, &format!("{scheme} {token}"), GRAPHQL, WHO).await;
        assert_eq!(answer.body["data"]["viewer"]["user"]["handle"], "ann");
    }
}

#[tokio::test]
async fn a_token_ends_after_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    app.advance(QUARTER_OF_AN_HOUR - 1);
    let answer = query_as(&app, &bearer(&ann), GRAPHQL, WHO).await;
    assert_eq!(answer.body["data"]["viewer"]["user"]["handle"], "ann");
    app.advance(1);
    unauthenticated(&app, &bearer(&ann), WHO).await;
}

#[tokio::test]
async fn a_token_of_a_session_that_was_ended_is_answered_401() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    ann.mutate("signOut", json!({}), "revokedSessionId").await;
    unauthenticated(&app, &bearer(&ann), WHO).await;
}

const SIGN_UP: &str = "signUp(input: { handle: \"bob\", email: \"bob@example.org\", \
    password: \"correct horse battery\" }) { viewer { user { handle } } session { refreshToken } userErrors { code } }";
const SIGN_IN: &str = "signIn(input: { login: \"ann\", password: \"correct horse battery\" }) \
    { viewer { user { handle } } session { refreshToken } userErrors { code } }";

fn refresh(token: &Value) -> String {
    format!(
        "refreshSession(input: {{ refreshToken: {token} }}) {{ session {{ accessToken }} userErrors {{ code }} }}"
    )
}

#[tokio::test]
async fn an_expired_header_never_blocks_the_public_mutations() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    app.advance(QUARTER_OF_AN_HOUR);
    for header in [bearer(&ann), "Basic nonsense".to_owned()] {
        let text = format!("mutation {{ {SIGN_IN} }}");
        let answer = query_as(&app, &header, GRAPHQL, &text).await;
        let payload = &answer.body["data"]["signIn"];
        assert_eq!(payload["viewer"]["user"]["handle"], "ann", "{answer:?}");
        let text = format!(
            "mutation {{ {} }}",
            refresh(&payload["session"]["refreshToken"])
        );
        let answer = query_as(&app, &header, GRAPHQL, &text).await;
        let session = &answer.body["data"]["refreshSession"]["session"];
        assert!(session["accessToken"].is_string(), "{answer:?}");
    }
    // Several at once, one of them in a fragment, and a field that clients add by themselves.
    let text = format!(
        "mutation {{ __typename {SIGN_UP} ...More again: {} }} fragment More on Mutation {{ {SIGN_IN} }}",
        refresh(&json!("unknown"))
    );
    let answer = query_as(&app, &bearer(&ann), GRAPHQL, &text).await;
    let data = &answer.body["data"];
    assert_eq!(
        data["signUp"]["viewer"]["user"]["handle"], "bob",
        "{answer:?}"
    );
    assert_eq!(data["signIn"]["viewer"]["user"]["handle"], "ann");
    assert_eq!(data["again"]["userErrors"][0]["code"], "TOKEN_INVALID");
}

#[tokio::test]
async fn an_expired_header_blocks_a_mix_and_nothing_of_it_happens() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    app.advance(QUARTER_OF_AN_HOUR);
    let other = "updateProfile(input: {}) { userErrors { code } }";
    for text in [
        format!("mutation {{ {SIGN_UP} {other} }}"),
        format!("mutation {{ {other} {SIGN_UP} }}"),
        format!("mutation {{ {SIGN_UP} ...More }} fragment More on Mutation {{ {other} }}"),
        format!("mutation {{ signIn: {other} }}"),
    ] {
        unauthenticated(&app, &bearer(&ann), &text).await;
    }
    let bob = app
        .guest()
        .query("{ user(handle: \"bob\") { id } }", json!({}))
        .await;
    assert_eq!(bob, json!({ "user": null }));
}
