//! Queries by GET.

use axum::http::Method;
use serde_json::json;

use super::{Answer, GRAPHQL, JSON, raw};
use crate::support::TestApp;

async fn get(app: &TestApp, accept: &str, parameters: &str) -> Answer {
    let uri = format!("/graphql?{parameters}");
    raw(app, Method::GET, &uri, &[("accept", accept)], "").await
}

#[tokio::test]
async fn a_query_by_get_reads_all_its_parameters() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let parameters = "query=query%20A(%24h:String!)%7Buser(handle:%24h)%7Bhandle%7D%7D%20query%20B%7B__typename%7D\
                      &operationName=A&variables=%7B%22h%22:%22ann%22%7D&extensions=%7B%7D";
    for accept in [JSON, GRAPHQL] {
        let answer = get(&app, accept, parameters).await;
        let expected = json!({ "data": { "user": { "handle": "ann" } } });
        assert_eq!(answer.body, expected);
        assert_eq!(
            answer.header("content-type"),
            format!("{accept}; charset=utf-8")
        );
    }
    let plus = get(
        &app,
        GRAPHQL,
        "query={+__typename+}&variables=&operationName=",
    )
    .await;
    assert_eq!(plus.body, json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test]
async fn mistakes_in_a_url_are_answered_400() {
    let app = TestApp::start().await;
    for parameters in [
        "",
        "query",
        "variables=%7B%7D",
        "query=%7B__typename%7D&variables=%7B",
        "query=%7B__typename%7D&variables=%5B%5D",
        "query=%7B__typename%7D&variables=7",
        "query=%7B__typename%7D&extensions=%5B%5D",
        "query=%7B__typename%7D&query=%7B__typename%7D",
        "query=%7B__typename%7D&operationName=A",
    ] {
        let answer = get(&app, GRAPHQL, parameters).await;
        assert_eq!(answer.status, 400, "{parameters}: {answer:?}");
        let code = answer.refusal().1;
        let expected = match parameters {
            "query" => "GRAPHQL_PARSE_FAILED",
            _ => "BAD_USER_INPUT",
        };
        assert_eq!(code, expected, "{parameters}");
    }
}

#[tokio::test]
async fn a_mutation_by_get_is_answered_405_and_changes_nothing() {
    let app = TestApp::start().await;
    let sign_up = "mutation%20M%7BsignUp(input:%7Bhandle:%22ann%22,email:%22a@example.org%22,password:%22\
                   correct%20horse%20battery%22%7D)%7Bviewer%7Bid%7D%7D%7D";
    for accept in [JSON, GRAPHQL] {
        let both =
            format!("query=query%20Q%7B__typename%7D%20{sign_up}&operationName=M&accept={accept}");
        for parameters in [format!("query={sign_up}"), both] {
            let answer = get(&app, accept, &parameters).await;
            assert_eq!(answer.refusal(), (405, "BAD_USER_INPUT"));
            assert_eq!(answer.header("allow"), "POST");
        }
    }
    // A document that only holds a mutation may still run its query.
    let query = format!("query=query%20Q%7B__typename%7D%20{sign_up}&operationName=Q");
    let answer = get(&app, GRAPHQL, &query).await;
    assert_eq!(answer.body, json!({ "data": { "__typename": "Query" } }));
    let nobody = app
        .guest()
        .query("{ user(handle: \"ann\") { id } }", json!({}))
        .await;
    assert_eq!(nobody, json!({ "user": null }));
}

#[tokio::test]
async fn a_url_of_more_than_16_kib_is_answered_414_on_every_route() {
    let app = TestApp::start().await;
    let longest = 16 * 1024;
    for route in ["/graphql", "/schema.graphql", "/livez"] {
        let start = format!("{route}?query=%7B__typename%7D%23");
        let exact = format!("{start}{}", "x".repeat(longest - start.len()));
        let answer = raw(&app, Method::GET, &exact, &[], "").await;
        assert_eq!(answer.status, 200, "{route}");
        let answer = raw(&app, Method::GET, &format!("{exact}x"), &[], "").await;
        assert_eq!(answer.refusal(), (414, "PAYLOAD_TOO_LARGE"), "{route}");
    }
}
