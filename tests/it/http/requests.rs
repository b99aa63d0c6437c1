//! The JSON around a query: every way to get it wrong.

use serde_json::json;

use super::{GRAPHQL, JSON, post, post_text};
use crate::support::TestApp;

#[tokio::test]
async fn a_body_that_is_no_request_is_answered_400_under_both_media_types() {
    let app = TestApp::start().await;
    for (body, says) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("{\"query\":\"{ __typename }\"", "not JSON"),
        ("{\"query\":\"{ __typename }\"} trailing", "not JSON"),
        ("{\"query\":\"\\ud800\"}", "not JSON"),
        ("null", "JSON object"),
        ("\"{ __typename }\"", "JSON object"),
        ("[]", "Batches"),
        ("[{\"query\":\"{ __typename }\"}]", "Batches"),
        ("{}", "`query` is missing"),
        ("{\"query\":null}", "`query` is missing"),
        ("{\"query\":7}", "`query` must be a string"),
        (
            "{\"query\":[\"{ __typename }\"]}",
            "`query` must be a string",
        ),
    ] {
        for accept in [JSON, GRAPHQL] {
            let answer = post_text(&app, accept, body).await;
            assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"), "{body}");
            assert!(
                answer.message().contains(says),
                "{body}: {}",
                answer.message()
            );
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_answered_400() {
    let app = TestApp::start().await;
    let body = b"{\"query\":\"{ __typename } # \xff\"}".to_vec();
    let answer = post_text(&app, GRAPHQL, body).await;
    assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn parts_of_the_wrong_shape_are_answered_400() {
    let app = TestApp::start().await;
    let fine = "{ __typename }";
    for body in [
        json!({ "query": fine, "variables": [] }),
        json!({ "query": fine, "variables": "{}" }),
        json!({ "query": fine, "variables": 1 }),
        json!({ "query": fine, "operationName": 1 }),
        json!({ "query": fine, "operationName": ["a"] }),
        json!({ "query": fine, "extensions": "none" }),
    ] {
        let answer = post(&app, body.clone()).await;
        assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"), "{body}");
    }
    let nulls =
        json!({ "query": fine, "variables": null, "operationName": null, "extensions": null });
    let extra = json!({ "query": fine, "variables": {}, "extensions": { "a": 1 }, "id": "x" });
    for body in [nulls, extra] {
        let answer = post(&app, body.clone()).await;
        assert_eq!(answer.body, json!({ "data": { "__typename": "Query" } }));
    }
}

#[tokio::test]
async fn text_that_is_no_document_is_a_parse_error() {
    let app = TestApp::start().await;
    for query in [
        "",
        " ",
        "# nothing",
        "{",
        "{ a ",
        "query {",
        "hello",
        "{ a(b: \"c) }",
    ] {
        let body = json!({ "query": query });
        let answer = post(&app, body.clone()).await;
        let refusal = (400, "GRAPHQL_PARSE_FAILED");
        assert_eq!(answer.refusal(), refusal, "{query:?} {}", answer.message());
        assert!(answer.message().starts_with("Syntax error at "), "{query}");
        let legacy = post_text(&app, JSON, body.to_string()).await;
        assert_eq!(legacy.refusal(), (200, "GRAPHQL_PARSE_FAILED"), "{query:?}");
        assert!(legacy.body.get("data").is_none(), "{query:?}");
    }
}

#[tokio::test]
async fn of_two_members_of_the_same_name_the_last_one_counts_alone() {
    let app = TestApp::start().await;
    let twice = r#"{"query":"mutation { signOut(input: {}) { revokedSessionId } }","query":"{ __typename }"}"#;
    let answer = post_text(&app, GRAPHQL, twice).await;
    assert_eq!(answer.body, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn the_operation_name_chooses_and_must_name_what_is_there() {
    let app = TestApp::start().await;
    let two = "query A { a: __typename } query B { b: __typename }";
    let chosen = |name: &str| json!({ "query": two, "operationName": name });
    let answer = post(&app, chosen("B")).await;
    assert_eq!(answer.body, json!({ "data": { "b": "Query" } }));
    let answer = post(&app, chosen("A")).await;
    assert_eq!(answer.body, json!({ "data": { "a": "Query" } }));

    for (body, says) in [
        (json!({ "query": two }), "2 operations"),
        (chosen(""), "2 operations"),
        (chosen("C"), "`C`"),
        (
            json!({ "query": "{ __typename }", "operationName": "A" }),
            "`A`",
        ),
        (
            json!({ "query": "query A { __typename }", "operationName": "a" }),
            "`a`",
        ),
    ] {
        let answer = post(&app, body.clone()).await;
        assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"), "{body}");
        assert!(answer.message().contains(says), "{}", answer.message());
    }

    let only = json!({ "query": "query A { __typename }" });
    assert_eq!(post(&app, only).await.body["data"]["__typename"], "Query");
}
