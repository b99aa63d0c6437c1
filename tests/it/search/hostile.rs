//! Whatever is typed is looked for: nothing is syntax, and nothing but its length is refused.

use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::{runtime::Handle, task::block_in_place};

use super::{SEARCH, app, found};
use crate::support::Caller;

const TYPES: [&str; 3] = ["POSTS", "USERS", "HASHTAGS"];

async fn refusal(caller: &Caller, variables: Value) -> Value {
    let reply = caller.send(SEARCH, variables).await;
    assert_eq!(reply.body["data"], json!({ "search": null }));
    let error = &reply.body["errors"][0];
    json!([error["extensions"]["code"], error["message"]])
}

#[tokio::test]
async fn operators_wildcards_and_quotes_are_no_syntax() {
    let app = app().await;
    let ann = app.user("ann_01").await;
    ann.post("near 100%_sure \\o/ it's \"here\" ^^ {a:b} near")
        .await;
    let words = "NEAR near/3 near(a b, 2) -near +near ^near near* near:* near~2 body:near near& \
                 !near <-> near|| && || AND OR NOT * ? % _ \\ \\' '' \" \"\" `near` {near} [near] \
                 (near ((( ))) near; -- /* */ $1 ? :x @@ ## #near @near \u{0} near\u{0} \t\n\r \
                 \u{202e}near \u{feff} \u{10ffff} 🏳️‍🌈 &amp; <b>";
    let all: Vec<_> = words.split(' ').chain([words, "", " "]).collect();
    for query in all {
        let query: String = query.chars().take(200).collect();
        for ty in TYPES {
            found(&app.guest(), ty, &query).await;
            found(&ann, ty, &query).await;
        }
    }
    for query in [
        "near",
        "NEAR*",
        "\"near",
        "near\u{0}",
        "(near)",
        "-near",
        "near^100",
    ] {
        let found = found(&app.guest(), "POSTS", query).await;
        assert!(!found.is_empty(), "{query:?}");
    }
    assert_eq!(found(&app.guest(), "USERS", "ann%").await, ["ann_01"]);
    assert_eq!(found(&app.guest(), "USERS", "a_n").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn any_text_is_looked_for() {
    let app = app().await;
    let ann = app.user("ann_01").await;
    ann.post("a post").await;
    let config = Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let any = (
        proptest::sample::select(&TYPES[..]),
        "\\PC{0,40}|.{0,40}|[\"'*()%_\\\\:^-]{0,9}",
    );
    let asked = TestRunner::new(config).run(&any, |(ty, query)| {
        block_in_place(|| Handle::current().block_on(found(&ann, ty, &query)));
        Ok(())
    });
    asked.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn a_query_that_is_too_long_and_a_wrong_page_are_refused() {
    let app = app().await;
    let guest = app.guest();
    let ask = |query: &str, first: Value, after: Value| json!({ "query": query, "type": "POSTS", "first": first, "after": after });
    for query in ["é".repeat(200), "你".repeat(200), " ".repeat(200)] {
        assert_eq!(found(&guest, "POSTS", &query).await, [""; 0]);
    }
    let long = refusal(&guest, ask(&"x".repeat(201), Value::Null, Value::Null)).await;
    insta::assert_json_snapshot!(long, @r#"
    [
      "BAD_USER_INPUT",
      "Write at most 200 characters; these are 201."
    ]
    "#);
    for first in [0, 101, -1] {
        let refused = refusal(&guest, ask("x", json!(first), Value::Null)).await;
        assert_eq!(refused[0], "BAD_USER_INPUT");
    }
    let refused = refusal(&guest, ask("x", Value::Null, json!("nonsense"))).await;
    assert_eq!(refused[0], "BAD_CURSOR");
    // A lone surrogate is no text: it never reaches the search.
    let body = r#"{"query":"{ search(query: \"\ud800\", type: POSTS) { nodes { __typename } } }"}"#;
    let request = axum::http::Request::post("/graphql")
        .header("content-type", "application/json")
        .body(axum::body::Body::from(body));
    assert_eq!(app.send(request.unwrap()).await.status(), 400);
}
