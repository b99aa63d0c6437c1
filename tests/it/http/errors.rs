//! Errors as clients get them: coded, capped, and without anything of ours inside.

use serde_json::json;

use super::{GRAPHQL, JSON, post, post_text, query};
use crate::support::TestApp;

#[tokio::test]
async fn an_unknown_field_is_named_and_no_other_is_suggested() {
    let app = TestApp::start().await;
    for (text, unknown) in [
        ("{ explor { nodes { id } } }", "explor"),
        ("{ explore { nodes { bodi } } }", "bodi"),
        ("{ explore(frist: 1) { nodes { id } } }", "frist"),
        (
            "{ explore { ...F } } fragment F on PostConnectio { nodes { id } }",
            "PostConnectio",
        ),
        (
            "mutation { addReaction(input: { subjectId: \"a\", emoji: \"b\", emojii: \"c\" }) { userErrors { code } } }",
            "emojii",
        ),
    ] {
        let answer = query(&app, text).await;
        assert_eq!(
            answer.refusal(),
            (400, "GRAPHQL_VALIDATION_FAILED"),
            "{answer:?}"
        );
        assert!(answer.message().contains(unknown), "{answer:?}");
        let whole = answer.body.to_string().to_lowercase();
        assert!(!whole.contains("did you mean"), "{whole}");
        assert!(
            answer.body["errors"][0]["locations"][0]["line"] == 1,
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn wrong_values_and_missing_parts_are_validation_errors() {
    let app = TestApp::start().await;
    for text in [
        "{ user { id } }",
        "{ user(handle: 7) { id } }",
        "{ user(handle: null) { id } }",
        "{ explore(order: NEVER) { nodes { id } } }",
        "{ explore }",
        "query($a: Strin) { user(handle: $a) { id } }",
        "{ user(handle: $a) { id } }",
        "{ ...nowhere }",
        "{ explore @nowhere { nodes { id } } }",
        "{ node(id: \"x\") { handle } }",
    ] {
        let answer = query(&app, text).await;
        assert_eq!(
            answer.refusal(),
            (400, "GRAPHQL_VALIDATION_FAILED"),
            "{text}: {answer:?}"
        );
        assert!(answer.body.get("data").is_none(), "{text}");
    }
}

#[tokio::test]
async fn variables_that_do_not_fit_are_refused_before_anything_runs() {
    let app = TestApp::start().await;
    let text =
        "query($h: String!, $n: Int) { user(handle: $h) { posts(first: $n) { nodes { id } } } }";
    for variables in [
        json!({}),
        json!({ "h": null }),
        json!({ "h": 7 }),
        json!({ "h": ["ann"] }),
        json!({ "h": "ann", "n": "ten" }),
        json!({ "h": "ann", "n": 1.5 }),
    ] {
        let body = json!({ "query": text, "variables": variables });
        let answer = post(&app, body).await;
        assert_eq!(answer.status, 400, "{variables}: {answer:?}");
        assert!(answer.body.get("data").is_none(), "{variables}: {answer:?}");
    }
}

#[tokio::test]
async fn at_most_twenty_errors_are_told() {
    let app = TestApp::start().await;
    let fields: String = (0..60).map(|n| format!(" unknown{n}")).collect();
    let text = format!("{{ user(handle: \"x\") {{{fields} }} }}");
    for accept in [JSON, GRAPHQL] {
        let body = json!({ "query": text }).to_string();
        let answer = post_text(&app, accept, body).await;
        assert_eq!(answer.body["errors"].as_array().unwrap().len(), 20);
    }

    let ann = app.user("ann").await;
    for n in 0..25 {
        ann.post(&format!("Post {n}")).await;
    }
    app.sql("ALTER TABLE counter RENAME TO broken").await;
    let answer = query(&app, "{ explore(first: 25) { nodes { commentCount } } }").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["errors"].as_array().unwrap().len(), 20);
    let nodes = answer.body["data"]["explore"]["nodes"].as_array().unwrap();
    assert!(nodes.len() == 25 && nodes.iter().all(|node| node["commentCount"].is_null()));
}

#[tokio::test]
async fn what_broke_on_our_side_is_hidden_behind_the_request_id() {
    let app = TestApp::start().await;
    app.user("ann").await;
    app.sql("ALTER TABLE person RENAME TO broken").await;
    for accept in [JSON, GRAPHQL] {
        let body = json!({ "query": "{ user(handle: \"ann\") { id } }" }).to_string();
        let answer = post_text(&app, accept, body).await;
        assert_eq!(answer.refusal(), (200, "INTERNAL"));
        let error = &answer.body["errors"][0];
        assert_eq!(
            error["extensions"]["requestId"],
            answer.header("x-request-id")
        );
        let whole = answer.body.to_string().to_lowercase();
        for ours in ["person", "select", "table", "relation", "sqlite", "sqlx"] {
            assert!(!whole.contains(ours), "{ours}: {whole}");
        }
    }
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own_and_is_not_stored() {
    let app = TestApp::start().await;
    let mut seen = std::collections::HashSet::new();
    for body in [
        "{\"query\":\"{ __typename }\"}",
        "{\"query\":\"{ a }\"}",
        "[]",
        "",
    ] {
        let answer = post_text(&app, GRAPHQL, body).await;
        let id = answer.header("x-request-id").to_owned();
        assert_eq!(id.len(), 36, "{id}");
        assert!(seen.insert(id), "a request id came twice");
        assert_eq!(answer.header("cache-control"), "private, no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn a_subscription_that_would_get_one_answer_is_told_how_to_subscribe() {
    let app = TestApp::start().await;
    let answer = query(&app, "subscription { feedPostAdded { cursor } }").await;
    assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"));
    assert!(answer.message().contains("text/event-stream"), "{answer:?}");
}
