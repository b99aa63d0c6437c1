//! Sizes in bytes and tokens: what fits is taken, one more is refused.

use serde_json::{Value, json};

use super::{GRAPHQL, JSON, post, post_text, query};
use crate::support::TestApp;

const TOO_LARGE: (u16, &str) = (413, "PAYLOAD_TOO_LARGE");

fn fine() -> Value {
    json!({ "data": { "__typename": "Query" } })
}

#[tokio::test]
async fn a_body_of_64_kib_is_read_and_one_byte_more_is_answered_413() {
    let app = TestApp::start().await;
    let request = r#"{"query":"{ __typename }"}"#;
    let exact = format!("{request}{}", " ".repeat(64 * 1024 - request.len()));
    assert_eq!(post_text(&app, GRAPHQL, exact.clone()).await.body, fine());
    for accept in [JSON, GRAPHQL] {
        let answer = post_text(&app, accept, format!("{exact} ")).await;
        assert_eq!(answer.refusal(), TOO_LARGE);
    }
}

#[tokio::test]
async fn a_query_of_16_kib_is_read_and_one_byte_more_is_answered_413() {
    let app = TestApp::start().await;
    let exact = format!("{{ __typename }}{:>1$}", "", 16 * 1024 - 14);
    assert_eq!(query(&app, &exact).await.body, fine());
    let body = json!({ "query": format!("{exact} ") }).to_string();
    for accept in [JSON, GRAPHQL] {
        let answer = post_text(&app, accept, body.clone()).await;
        assert_eq!(answer.refusal(), TOO_LARGE);
    }
}

#[tokio::test]
async fn variables_of_32_kib_are_read_and_one_byte_more_is_answered_413() {
    let app = TestApp::start().await;
    let text = "query($a: String!) { user(handle: $a) { id } }";
    let with = |length| json!({ "query": text, "variables": { "a": "x".repeat(length) } });
    let most = 32 * 1024 - r#"{"a":""}"#.len();
    let answer = post(&app, with(most)).await;
    assert_eq!(answer.body, json!({ "data": { "user": null } }));
    for accept in [JSON, GRAPHQL] {
        let answer = post_text(&app, accept, with(most + 1).to_string()).await;
        assert_eq!(answer.refusal(), TOO_LARGE);
    }
}

#[tokio::test]
async fn two_thousand_tokens_are_read_and_one_more_is_answered_413() {
    let app = TestApp::start().await;
    let of = |tokens: usize| format!("{{{} }}", " id".repeat(tokens - 2));
    // As many root fields, which comes after.
    let answer = query(&app, &of(2_000)).await;
    assert_eq!(answer.refusal(), (400, "QUERY_TOO_COMPLEX"));
    let answer = query(&app, &of(2_001)).await;
    assert_eq!(answer.refusal(), TOO_LARGE);
    assert!(answer.message().contains("2000 tokens"), "{answer:?}");
}

#[tokio::test]
async fn ten_thousand_aliases_are_answered_413_and_31_are_too_complex() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let of = |count: usize| {
        let aliases: String = (0..count).map(|n| format!(" a{n}:id")).collect();
        format!("{{ user(handle: \"ann\") {{{aliases} }} }}")
    };
    assert_eq!(query(&app, &of(10_000)).await.refusal(), TOO_LARGE);
    let answer = query(&app, &of(31)).await;
    assert_eq!(answer.refusal(), (400, "QUERY_TOO_COMPLEX"));
    assert!(answer.message().contains("31 aliases"), "{answer:?}");
    let answer = query(&app, &of(30)).await;
    assert_eq!(answer.body["data"]["user"].as_object().unwrap().len(), 30);
}
