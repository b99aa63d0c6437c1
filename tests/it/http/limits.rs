//! What a document may ask for: what fits runs, one more is QUERY_TOO_COMPLEX.

use std::fmt::Write;

use serde_json::json;

use super::{JSON, post, post_text, query};
use crate::support::TestApp;

/// Refused with a text that says what was too much, under both media types.
async fn too_complex(app: &TestApp, text: &str, says: &str) {
    let answer = query(app, text).await;
    assert_eq!(answer.refusal(), (400, "QUERY_TOO_COMPLEX"), "{answer:?}");
    assert!(answer.message().contains(says), "{answer:?}");
    let legacy = post_text(app, JSON, json!({ "query": text }).to_string()).await;
    assert_eq!(legacy.refusal(), (200, "QUERY_TOO_COMPLEX"));
    assert!(legacy.body.get("data").is_none());
}

async fn runs(app: &TestApp, text: &str) {
    let answer = query(app, text).await;
    assert!(answer.body.get("errors").is_none(), "{answer:?}");
    assert!(answer.body["data"].is_object(), "{answer:?}");
}

#[tokio::test]
async fn fifty_directives_run_and_51_do_not() {
    let app = TestApp::start().await;
    let of = |count| {
        let fields = "__typename @skip(if: false) ".repeat(count);
        format!("{{ user(handle: \"x\") {{ {fields} }} }}")
    };
    runs(&app, &of(50)).await;
    too_complex(&app, &of(51), "51 directives").await;
}

#[tokio::test]
async fn twenty_root_fields_run_and_21_do_not() {
    let app = TestApp::start().await;
    let of = |count: usize| {
        let fields: String = (0..count).map(|n| format!(" f{n}: __typename")).collect();
        format!("{{{fields} }}")
    };
    runs(&app, &of(20)).await;
    too_complex(&app, &of(21), "21 root fields").await;
}

#[tokio::test]
async fn five_mutations_in_one_operation_run_and_six_do_not() {
    let app = TestApp::start().await;
    let of = |count: usize| {
        let one = |n| {
            format!(
                " m{n}: refreshSession(input: {{ refreshToken: \"x\" }}) {{ userErrors {{ code }} }}"
            )
        };
        format!("mutation {{{} }}", (0..count).map(one).collect::<String>())
    };
    runs(&app, &of(5)).await;
    too_complex(&app, &of(6), "6 root fields").await;
}

#[tokio::test]
async fn fifteen_levels_run_and_sixteen_do_not() {
    let app = TestApp::start().await;
    let of = |inner: &str| {
        let (open, close) = ("posts(first: 1) { nodes { author { ", "} } } ");
        let (open, close) = (open.repeat(4), close.repeat(4));
        format!("{{ user(handle: \"x\") {{ {open} posts(first: 1) {{ {inner} }} {close} }} }}")
    };
    runs(&app, &of("__typename")).await;
    too_complex(&app, &of("nodes { __typename }"), "16 levels deep").await;
}

#[tokio::test]
async fn pages_of_a_hundred_inside_one_another_are_refused_by_their_cost() {
    let app = TestApp::start().await;
    let of = |n| {
        format!(
            "{{ explore(first: {n}) {{ nodes {{ comments(first: {n}) {{ nodes {{ id }} }} }} }} }}"
        )
    };
    runs(&app, &of(50)).await;
    too_complex(&app, &of(100), "at most 5000").await;
}

#[tokio::test]
async fn a_page_of_a_million_is_refused_by_the_field_and_not_by_its_cost() {
    let app = TestApp::start().await;
    for first in [1_000_000, 101, 0, -1] {
        let text = format!("{{ explore(first: {first}) {{ nodes {{ id }} }} __typename }}");
        let answer = query(&app, &text).await;
        assert_eq!(answer.refusal(), (200, "BAD_USER_INPUT"), "{first}");
        let data = json!({ "explore": null, "__typename": "Query" });
        assert_eq!(answer.body["data"], data, "{first}");
        assert_eq!(answer.body["errors"][0]["path"], json!(["explore"]));
    }
}

#[tokio::test]
async fn fragments_that_double_31_times_are_refused_at_once() {
    let app = TestApp::start().await;
    let mut text = "{ ...f0 }".to_owned();
    for n in 0..31 {
        let next = n + 1;
        let _ = write!(text, " fragment f{n} on Query {{ ...f{next} ...f{next} }}");
    }
    text += " fragment f31 on Query { __typename }";
    let asked = std::time::Instant::now();
    too_complex(&app, &text, "").await;
    // Two to the power of 31 steps take minutes.
    assert!(asked.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn fragments_that_spread_themselves_are_invalid() {
    let app = TestApp::start().await;
    for text in [
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    ] {
        let answer = query(&app, text).await;
        assert_eq!(answer.refusal(), (400, "GRAPHQL_VALIDATION_FAILED"));
        assert!(answer.message().contains("spreads itself"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_list_of_a_hundred_runs_and_one_of_101_does_not() {
    let app = TestApp::start().await;
    let literal = |n| format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"x\" ".repeat(n));
    let answer = query(&app, &literal(100)).await;
    let nodes = answer.body["data"]["nodes"].as_array().unwrap();
    assert!(nodes.len() == 100 && nodes.iter().all(serde_json::Value::is_null));
    too_complex(&app, &literal(101), "101 items").await;

    let text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let sent = |n| json!({ "query": text, "variables": { "ids": vec!["x"; n] } });
    let answer = post(&app, sent(100)).await;
    assert_eq!(answer.body["data"]["nodes"].as_array().unwrap().len(), 100);
    let answer = post(&app, sent(101)).await;
    assert_eq!(answer.refusal(), (400, "QUERY_TOO_COMPLEX"));
    let default = "x\" \"".repeat(100);
    let default = format!("query($ids: [ID!]! = [\"{default}x\"]) {{ nodes(ids: $ids) {{ id }} }}");
    too_complex(&app, &default, "101 items").await;
}
