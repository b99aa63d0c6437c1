//! Media types: what the endpoint takes, what it answers with, and by which methods.

use axum::http::Method;

use super::{GRAPHQL, JSON, post_text, raw};
use crate::support::TestApp;

const FINE: &str = r#"{"query":"{ __typename }"}"#;
/// Well-formed, and refused by validation.
const INVALID: &str = r#"{"query":"{ nothing }"}"#;

#[tokio::test]
async fn the_accept_header_chooses_the_media_type_and_with_it_the_status() {
    let app = TestApp::start().await;
    for (accept, media, status) in [
        (JSON, JSON, 200),
        (GRAPHQL, GRAPHQL, 400),
        ("*/*", JSON, 200),
        ("application/*", JSON, 200),
        (
            "application/json, application/graphql-response+json",
            GRAPHQL,
            400,
        ),
        (
            "application/graphql-response+json;q=0.5, application/json",
            JSON,
            200,
        ),
        (
            "application/json;q=0.5, application/graphql-response+json;q=0.9",
            GRAPHQL,
            400,
        ),
        (
            "text/html, application/graphql-response+json; charset=utf-8",
            GRAPHQL,
            400,
        ),
    ] {
        let fine = post_text(&app, accept, FINE).await;
        let invalid = post_text(&app, accept, INVALID).await;
        let expected = format!("{media}; charset=utf-8");
        assert_eq!(fine.header("content-type"), expected, "{accept}");
        assert_eq!(invalid.header("content-type"), expected, "{accept}");
        assert_eq!(fine.status, 200, "{accept}");
        assert_eq!(fine.body["data"]["__typename"], "Query", "{accept}");
        let refusal = (status, "GRAPHQL_VALIDATION_FAILED");
        assert_eq!(invalid.refusal(), refusal, "{accept}");
    }
}

#[tokio::test]
async fn without_an_accept_header_the_answer_is_plain_json() {
    let app = TestApp::start().await;
    let headers = [("content-type", JSON)];
    let answer = raw(&app, Method::POST, "/graphql", &headers, INVALID).await;
    assert_eq!(answer.refusal(), (200, "GRAPHQL_VALIDATION_FAILED"));
    assert_eq!(
        answer.header("content-type"),
        "application/json; charset=utf-8"
    );
}

#[tokio::test]
async fn a_client_that_accepts_neither_type_is_answered_406() {
    let app = TestApp::start().await;
    for accept in [
        "text/html",
        "image/*",
        "application/json;q=0, application/graphql-response+json;q=0",
        "*/*;q=0",
    ] {
        let answer = post_text(&app, accept, FINE).await;
        assert_eq!(answer.refusal(), (406, "BAD_USER_INPUT"), "{accept}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_answered_415() {
    let app = TestApp::start().await;
    for content_type in [
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/graphql",
        "application/jsonp",
        "application/json; charset=iso-8859-1",
        "",
    ] {
        for accept in [JSON, GRAPHQL] {
            let headers = [("content-type", content_type), ("accept", accept)];
            let answer = raw(&app, Method::POST, "/graphql", &headers, FINE).await;
            let refusal = (415, "BAD_USER_INPUT");
            assert_eq!(answer.refusal(), refusal, "{content_type}");
        }
    }
    let none = raw(&app, Method::POST, "/graphql", &[], FINE).await;
    assert_eq!(none.refusal(), (415, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn a_body_of_two_media_types_or_of_another_encoding_is_answered_415() {
    let app = TestApp::start().await;
    let json = ("content-type", JSON);
    for more in [
        ("content-type", "text/plain"),
        ("content-type", JSON),
        ("content-encoding", "gzip"),
        ("content-encoding", "identity, br"),
        ("content-encoding", ""),
    ] {
        for headers in [[json, more], [more, json]] {
            let answer = raw(&app, Method::POST, "/graphql", &headers, FINE).await;
            assert_eq!(answer.refusal(), (415, "BAD_USER_INPUT"), "{headers:?}");
        }
    }
    let plain = [json, ("content-encoding", "identity")];
    let answer = raw(&app, Method::POST, "/graphql", &plain, FINE).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn json_in_utf_8_is_taken_however_it_is_spelled() {
    let app = TestApp::start().await;
    for content_type in [
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
    ] {
        let headers = [("content-type", content_type)];
        let answer = raw(&app, Method::POST, "/graphql", &headers, FINE).await;
        assert_eq!(
            answer.body["data"]["__typename"], "Query",
            "{content_type}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn other_methods_are_answered_405_with_those_that_are_allowed() {
    let app = TestApp::start().await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
        for accept in [JSON, GRAPHQL] {
            let headers = [("content-type", JSON), ("accept", accept)];
            let answer = raw(&app, method.clone(), "/graphql", &headers, FINE).await;
            assert_eq!(answer.refusal(), (405, "BAD_USER_INPUT"), "{method}");
            assert_eq!(answer.header("allow"), "GET, POST", "{method}");
        }
    }
}
