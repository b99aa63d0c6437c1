//! The endpoint as GraphQL-over-HTTP: what may be sent, and how each mistake is answered.

mod budget;
mod errors;
mod get;
mod limits;
mod media;
mod mutations;
mod nulls;
mod omitted;
mod positions;
mod requests;
mod schema;
mod sizes;
mod tokens;
mod values;

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request},
};
use serde_json::{Value, json};

use crate::support::TestApp;

/// The media type that lets the status say what happened.
pub const GRAPHQL: &str = "application/graphql-response+json";
/// The media type of clients that read the body only.
pub const JSON: &str = "application/json";

/// One answer with everything that HTTP says about it.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null where the body is not JSON.
    pub body: Value,
}

impl Answer {
    /// A header's text; empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status and code of the first error.
    pub fn refusal(&self) -> (u16, &str) {
        let code = &self.body["errors"][0]["extensions"]["code"];
        (self.status, code.as_str().unwrap_or_default())
    }

    /// The message of the first error.
    pub fn message(&self) -> &str {
        self.body["errors"][0]["message"]
            .as_str()
            .unwrap_or_default()
    }
}

/// Sends any request at all.
pub async fn raw(
    app: &TestApp,
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.send(request.body(body.into()).unwrap()).await;
    let (head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let answer = Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    };
    every_error_is_typed(&answer);
    answer
}

/// Every error that leaves the endpoint has a code and a message, and a refusal has no data.
fn every_error_is_typed(answer: &Answer) {
    let Some(errors) = answer.body.get("errors") else {
        return;
    };
    let errors = errors.as_array().unwrap();
    assert!(!errors.is_empty(), "an empty list of errors");
    for error in errors {
        assert!(error["extensions"]["code"].is_string(), "{error:#}");
        assert_ne!(error["message"], "", "{error:#}");
    }
    assert!(
        answer.status == 200 || answer.body.get("data").is_none(),
        "{answer:#?}"
    );
}

/// Posts a body as JSON and asks for the answer in a media type.
pub async fn post_text(app: &TestApp, accept: &str, body: impl Into<Body>) -> Answer {
    let headers = [("content-type", JSON), ("accept", accept)];
    raw(app, Method::POST, "/graphql", &headers, body).await
}

/// Posts JSON and asks for the media type with honest statuses.
pub async fn post(app: &TestApp, body: Value) -> Answer {
    post_text(app, GRAPHQL, body.to_string()).await
}

/// Posts a query without variables.
pub async fn query(app: &TestApp, query: &str) -> Answer {
    post(app, json!({ "query": query })).await
}

/// Posts a query with an Authorization header.
pub async fn query_as(app: &TestApp, authorization: &str, accept: &str, query: &str) -> Answer {
    let headers = [
        ("content-type", JSON),
        ("accept", accept),
        ("authorization", authorization),
    ];
    let body = json!({ "query": query }).to_string();
    raw(app, Method::POST, "/graphql", &headers, body).await
}
