//! More work than there is room for.

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use rookery::{app, graphql::lanes::Sort, http::Web};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::TestApp;

/// An app that runs one query at a time, and lets none wait long.
async fn narrow() -> (TestApp, Web) {
    let app = TestApp::start_with(|config| {
        config.overload.reads_at_once = 1;
        config.overload.queue_ms = 20;
    })
    .await;
    let web = app::web(app.parts(), app.config(), Default::default()).unwrap();
    (app, web)
}

struct Answer {
    status: u16,
    retry_after: Option<String>,
    body: Value,
}

async fn post(web: &Web, query: &str) -> Answer {
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .body(Body::from(json!({ "query": query }).to_string()));
    let answer = web.router.clone().oneshot(request.unwrap()).await.unwrap();
    let retry_after = answer.headers().get("retry-after");
    Answer {
        status: answer.status().as_u16(),
        retry_after: retry_after.map(|value| value.to_str().unwrap().to_owned()),
        body: {
            let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            serde_json::from_slice(&bytes).unwrap()
        },
    }
}

const SIGN_OUT: &str = "mutation { signOut(input: {}) { userErrors { code } } }";

#[tokio::test]
async fn a_query_without_room_is_told_when_to_come_back() {
    let (_app, web) = narrow().await;
    let held = web.lanes.enter(Sort::Read).await.ok().unwrap();
    let refused = post(&web, "{ __typename }").await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(refused.retry_after.as_deref(), Some("1"));
    let error = &refused.body["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE");
    assert_eq!(error["extensions"]["retryAfterSeconds"], 1);
    assert_eq!(refused.body.get("data"), None);
    drop(held);
    assert_eq!(post(&web, "{ __typename }").await.status, 200);
}

#[tokio::test]
async fn a_flood_of_queries_leaves_room_for_mutations() {
    let (_app, web) = narrow().await;
    let _held = web.lanes.enter(Sort::Read).await.ok().unwrap();
    assert_eq!(post(&web, SIGN_OUT).await.status, 200);
}

#[tokio::test]
async fn where_enough_wait_a_query_is_refused_before_it_is_read() {
    let (_app, web) = narrow().await;
    let _held = web.lanes.enter(Sort::Read).await.ok().unwrap();
    let wait = || async { web.lanes.enter(Sort::Read).await.is_ok() };
    let (nonsense, mutation, waited) = futures_util::join!(
        async {
            tokio::task::yield_now().await;
            post(&web, "{ this is no query at all").await
        },
        async {
            tokio::task::yield_now().await;
            post(&web, "mutation { this is no mutation at all").await
        },
        async { futures_util::join!(wait(), wait(), wait(), wait()) },
    );
    assert_eq!(nonsense.status, 503, "{}", nonsense.body);
    // Read: mutations have a lane of their own.
    let code = &mutation.body["errors"][0]["extensions"]["code"];
    assert_eq!(*code, "GRAPHQL_PARSE_FAILED", "{}", mutation.body);
    assert_eq!(waited, (false, false, false, false));
}
