//! Automatic persisted queries over HTTP, as Apollo's clients speak it.

use axum::http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{by_hash, extensions, hash, with_text, without};
use crate::{
    http::{Answer, GRAPHQL, JSON, post, post_text, raw},
    support::TestApp,
};

const QUERY: &str = "query Profile($handle: String!) { user(handle: $handle) { handle } }";

async fn get(app: &TestApp, accept: &str, parts: &[(&str, Value)]) -> Answer {
    let coded = |value: &Value| match value {
        Value::String(text) => utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        json => utf8_percent_encode(&json.to_string(), NON_ALPHANUMERIC).to_string(),
    };
    let parts: Vec<_> = parts
        .iter()
        .map(|(name, value)| format!("{name}={}", coded(value)))
        .collect();
    let uri = format!("/graphql?{}", parts.join("&"));
    raw(app, Method::GET, &uri, &[("accept", accept)], "").await
}

#[tokio::test]
async fn a_document_is_sent_once_and_called_by_its_hash_from_then_on() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let ann = json!({ "handle": "ann" });
    // Under the legacy media type clients read the body alone.
    let unknown = post_text(&app, JSON, by_hash(QUERY, ann.clone()).to_string()).await;
    assert_eq!(unknown.refusal(), (200, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(unknown.message(), "PersistedQueryNotFound");
    assert_eq!(unknown.header("cache-control"), "private, no-store");
    let unknown = post(&app, by_hash(QUERY, ann.clone())).await;
    assert_eq!(unknown.refusal(), (400, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(unknown.message(), "PersistedQueryNotFound");

    let data = json!({ "data": { "user": { "handle": "ann" } } });
    assert_eq!(post(&app, with_text(QUERY, ann.clone())).await.body, data);
    assert_eq!(post(&app, by_hash(QUERY, ann.clone())).await.body, data);
    let parts = [("variables", ann), ("extensions", extensions(QUERY))];
    for accept in [JSON, GRAPHQL] {
        let answer = get(&app, accept, &parts).await;
        assert_eq!((answer.status, &answer.body), (200, &data), "{accept}");
    }
    let nobody = post(&app, by_hash(QUERY, json!({ "handle": "bob" }))).await;
    assert_eq!(nobody.body, json!({ "data": { "user": null } }));
}

#[tokio::test]
async fn a_document_may_be_sent_by_get_and_is_known_by_post() {
    let app = TestApp::start().await;
    let both = [
        ("query", json!(QUERY)),
        ("extensions", extensions(QUERY)),
        ("variables", json!({ "handle": "a" })),
    ];
    let unknown = get(&app, JSON, &both[1..]).await;
    assert_eq!(unknown.refusal(), (200, "PERSISTED_QUERY_NOT_FOUND"));
    let answer = get(&app, JSON, &both).await;
    assert_eq!(answer.body, json!({ "data": { "user": null } }));
    let known = post(&app, by_hash(QUERY, json!({ "handle": "a" }))).await;
    assert_eq!(known.body, answer.body);
}

#[tokio::test]
async fn a_document_that_came_without_its_hash_is_known_by_it_too() {
    let app = TestApp::start().await;
    let plain = post(&app, json!({ "query": "{ __typename }" })).await;
    let known = post(&app, by_hash("{ __typename }", Value::Null)).await;
    assert_eq!((known.status, known.body), (200, plain.body));
}

#[tokio::test]
async fn a_hash_may_be_written_in_capitals_and_come_with_an_empty_text() {
    let app = TestApp::start().await;
    let text = "{ __typename }";
    post(&app, json!({ "query": text })).await;
    let mut request = by_hash(text, Value::Null);
    request["extensions"]["persistedQuery"]["sha256Hash"] = hash(text).to_uppercase().into();
    request["query"] = "".into();
    let answer = post(&app, request).await;
    assert_eq!(answer.body, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn a_hash_of_another_text_is_refused_and_calls_neither() {
    let app = TestApp::start().await;
    let other = "{ rateLimit { cost } }";
    post(&app, json!({ "query": other })).await;
    for named in [other, "{ nothing }"] {
        let mut request = with_text("{ __typename }", Value::Null);
        request["extensions"] = extensions(named);
        let answer = post(&app, request).await;
        assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"));
        assert!(answer.message().contains("is not the SHA-256 of `query`"));
    }
    let answer = post(&app, by_hash("{ __typename }", Value::Null)).await;
    assert_eq!(answer.refusal().1, "PERSISTED_QUERY_NOT_FOUND");
    let answer = post(&app, by_hash(other, Value::Null)).await;
    assert_eq!(answer.body["data"]["rateLimit"]["cost"], 1);
}

#[tokio::test]
async fn what_is_wrong_with_the_extension_is_told() {
    let app = TestApp::start().await;
    let good = hash("{ __typename }");
    for (persisted, says) in [
        (
            json!({ "version": 2, "sha256Hash": good }),
            "version 2; send version 1",
        ),
        (
            json!({ "version": 0, "sha256Hash": good }),
            "version 0; send version 1",
        ),
        (json!({ "version": "1", "sha256Hash": good }), "`version`"),
        (json!({ "version": 1.5, "sha256Hash": good }), "`version`"),
        (json!({ "sha256Hash": good }), "`version`"),
        (json!({ "version": 1 }), "`sha256Hash`"),
        (json!({ "version": 1, "sha256Hash": 7 }), "`sha256Hash`"),
        (
            json!({ "version": 1, "sha256Hash": "" }),
            "64 hexadecimal digits",
        ),
        (
            json!({ "version": 1, "sha256Hash": good[1..] }),
            "64 hexadecimal digits",
        ),
        (
            json!({ "version": 1, "sha256Hash": format!("{good}0") }),
            "64 hexadecimal digits",
        ),
        (
            json!({ "version": 1, "sha256Hash": format!("+{}", &good[1..]) }),
            "64 hexadecimal digits",
        ),
        (
            json!({ "version": 1, "sha256Hash": "ß".repeat(32) }),
            "64 hexadecimal digits",
        ),
        (json!("text"), "`version`"),
        (json!([]), "`version`"),
    ] {
        for query in [Value::Null, json!("{ __typename }")] {
            let request = json!({ "query": query, "extensions": { "persistedQuery": persisted } });
            let answer = post(&app, request.clone()).await;
            assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"), "{request}");
            assert!(
                answer.message().contains(says),
                "{request}: {}",
                answer.message()
            );
        }
    }
    let nothing = json!({ "query": "{ __typename }", "extensions": { "persistedQuery": null } });
    assert_eq!(post(&app, nothing).await.status, 200);
    let nothing = json!({ "extensions": { "persistedQuery": null } });
    assert_eq!(post(&app, nothing).await.message(), "`query` is missing.");
}

#[tokio::test]
async fn a_mutation_by_its_hash_runs_by_post_alone_and_once_for_each_request() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let text = "mutation($input: CreatePostInput!) { createPost(input: $input) { postEdge { node { body } } } }";
    let input = json!({ "input": { "body": "hello" } });
    assert_eq!(ann.send(text, input.clone()).await.code(), "");
    let parts = [
        ("variables", input.clone()),
        ("extensions", extensions(text)),
    ];
    let refused = get(&app, GRAPHQL, &parts).await;
    assert_eq!((refused.status, refused.header("allow")), (405, "POST"));
    let authorization = format!("Bearer {}", ann.token.as_deref().unwrap());
    let headers = [
        ("content-type", JSON),
        ("accept", GRAPHQL),
        ("authorization", &*authorization),
    ];
    for _ in 0..2 {
        let body = by_hash(text, input.clone()).to_string();
        let answer = raw(&app, Method::POST, "/graphql", &headers, body).await;
        let body = &answer.body["data"]["createPost"]["postEdge"]["node"]["body"];
        assert_eq!(body, "hello", "{answer:?}");
    }
    let posts = "{ viewer { user { postCount posts { nodes { body } } } } }";
    let found = ann.query(posts, Value::Null).await;
    assert_eq!(
        found["viewer"]["user"]["posts"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn where_nothing_is_kept_hashes_alone_are_refused_for_good_and_texts_run() {
    let app = TestApp::start_with(without).await;
    let text = "{ __typename }";
    for _ in 0..2 {
        let answer = post(&app, with_text(text, Value::Null)).await;
        assert_eq!(answer.status, 200);
        // By this text Apollo's clients know that they need not try again.
        let answer = post(&app, by_hash(text, Value::Null)).await;
        assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"));
        assert_eq!(answer.message(), "PersistedQueryNotSupported");
    }
    let mut other = with_text(text, Value::Null);
    other["extensions"] = extensions("{ other }");
    assert_eq!(post(&app, other).await.refusal(), (400, "BAD_USER_INPUT"));
}
