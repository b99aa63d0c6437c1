//! What a known document is still judged by, and what never becomes one.

use rookery::platform::config::Switch;
use serde_json::{Value, json};

use super::{by_hash, with_text};
use crate::{
    http::{Answer, post},
    support::{Caller, TestApp},
};

/// Asks three times: by the text, then by the hash, then by the text again, which is known then.
async fn thrice(app: &TestApp, text: &str, variables: &Value) -> [Answer; 3] {
    [
        post(app, with_text(text, variables.clone())).await,
        post(app, by_hash(text, variables.clone())).await,
        post(app, json!({ "query": text, "variables": variables })).await,
    ]
}

#[tokio::test]
async fn what_was_refused_is_never_kept() {
    let app = TestApp::start_with(|config| config.http.introspection = Switch::Off).await;
    let deep = format!("{{ a{} }}", "{ a".repeat(80) + &"}".repeat(80));
    for (text, variables, code) in [
        ("{", Value::Null, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", Value::Null, "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ explore { ...F } } fragment F on Post { id }",
            Value::Null,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($n: Int) { __typename }",
            Value::Null,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($h: String!) { user(handle: $h) { id } }",
            Value::Null,
            "BAD_USER_INPUT",
        ),
        (
            "query A { __typename } query B { __typename }",
            Value::Null,
            "BAD_USER_INPUT",
        ),
        (
            "{ __schema { queryType { name } } }",
            Value::Null,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { homeFeedPostAdded { node { id } } }",
            Value::Null,
            "BAD_USER_INPUT",
        ),
        (&deep, Value::Null, "QUERY_TOO_COMPLEX"),
        (
            "query($n: Int) { explore(first: $n) { nodes { comments(first: $n) { nodes { id } } } } }",
            json!({ "n": 100 }),
            "QUERY_TOO_COMPLEX",
        ),
    ] {
        let [first, by_hash, again] = thrice(&app, text, &variables).await;
        assert_eq!(first.refusal(), (400, code), "{text}");
        assert_eq!(by_hash.refusal().1, "PERSISTED_QUERY_NOT_FOUND", "{text}");
        assert_eq!(again.body, first.body, "{text}");
    }
}

#[tokio::test]
async fn a_request_that_could_not_be_authenticated_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let nobody = Caller {
        token: Some("no.such.token".to_owned()),
        ..app.guest()
    };
    let text = "{ viewer { email } }";
    assert_eq!(
        nobody.send(text, Value::Null).await.code(),
        "UNAUTHENTICATED"
    );
    let answer = post(&app, by_hash(text, Value::Null)).await;
    assert_eq!(answer.refusal().1, "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn variables_and_cost_are_judged_for_each_request_for_a_known_document() {
    let (app, fresh) = (
        TestApp::start().await,
        TestApp::start_with(super::without).await,
    );
    let text = "query($n: Int = 5, $h: String!, $ids: [ID!]!, $o: CommentOrder) { \
                user(handle: $h) { id } nodes(ids: $ids) { id } \
                explore(first: $n) { nodes { comments(first: $n, order: $o) { nodes { id } } } } }";
    let good = json!({ "h": "ann", "ids": [] });
    assert_eq!(post(&app, with_text(text, good.clone())).await.status, 200);
    for (name, value) in [
        ("n", json!(100)),
        ("n", json!(0)),
        ("n", json!("1")),
        ("n", json!(2_147_483_648_i64)),
        ("n", json!(null)),
        ("h", json!(null)),
        ("h", json!(7)),
        ("ids", json!(["x", null])),
        ("ids", json!(vec!["x"; 101])),
        ("ids", json!("x")),
        ("o", json!("NEVER")),
        ("o", json!("TOP")),
        ("o", json!(null)),
        ("undefined", json!(1)),
    ] {
        let mut variables = good.clone();
        variables[name] = value;
        let known = post(&app, by_hash(text, variables.clone())).await;
        let new = post(&fresh, json!({ "query": text, "variables": variables })).await;
        assert_eq!(
            (known.status, known.body),
            (new.status, new.body),
            "{variables}"
        );
    }
    let missing = post(&app, by_hash(text, json!({ "ids": [] }))).await;
    assert_eq!(missing.refusal(), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn a_null_that_only_a_default_held_back_is_refused_also_where_the_document_is_known() {
    let app = TestApp::start().await;
    let text = "query($h: String = \"ann\") { user(handle: $h) { id } }";
    assert_eq!(post(&app, with_text(text, json!({}))).await.status, 200);
    for _ in 0..2 {
        let answer = post(&app, by_hash(text, json!({ "h": null }))).await;
        assert_eq!(
            answer.refusal(),
            (400, "GRAPHQL_VALIDATION_FAILED"),
            "{answer:?}"
        );
        assert_eq!(
            post(&app, by_hash(text, json!({ "h": "bob" })))
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn directives_and_the_name_of_the_operation_choose_anew_each_time() {
    let app = TestApp::start().await;
    let chosen = "query A($on: Boolean!) { a: hashtag(name: \"a\") @include(if: $on) { id } \
                  b: hashtag(name: \"b\") @skip(if: $on) { id } }";
    let text = format!("{chosen} query B {{ c: __typename }}");
    for (text, name, on, data) in [
        (chosen, "A", true, json!({ "a": null })),
        (chosen, "A", false, json!({ "b": null })),
        (&text, "A", true, json!({ "a": null })),
        (&text, "A", false, json!({ "b": null })),
        (&text, "B", true, json!({ "c": "Query" })),
        (&text, "A", true, json!({ "a": null })),
    ] {
        let mut request = with_text(text, json!({ "on": on }));
        request["operationName"] = name.into();
        assert_eq!(post(&app, request.clone()).await.body["data"], data);
        request["query"] = Value::Null;
        assert_eq!(post(&app, request).await.body["data"], data);
    }
    let text = &text;
    let mut request = by_hash(text, Value::Null);
    request["operationName"] = "C".into();
    let answer = post(&app, request).await;
    assert_eq!(answer.refusal(), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn introspection_stays_off_in_a_known_document() {
    let app = TestApp::start_with(|config| config.http.introspection = Switch::Off).await;
    let text = "query A { __typename } query B { __schema { queryType { name } } }";
    let named = |name: &str| {
        let mut request = with_text(text, Value::Null);
        request["operationName"] = name.into();
        request
    };
    let first = post(&app, named("A")).await;
    for _ in 0..2 {
        let answer = post(&app, named("B")).await;
        assert!(!answer.body.to_string().contains("queryType"), "{answer:?}");
        assert_eq!(answer.refusal(), (400, "GRAPHQL_VALIDATION_FAILED"));
        assert_eq!(post(&app, named("A")).await.body, first.body);
    }
}

#[tokio::test]
async fn a_known_document_shows_everybody_their_own_sight() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let input = json!({ "isPrivate": true });
    ann.mutate("updateProfile", input, "").await;
    ann.post("for followers").await;
    let text = "{ viewer { user { handle } } user(handle: \"ann\") { posts { nodes { body } } } rateLimit { limit } }";
    let mut seen = Vec::new();
    for _ in 0..2 {
        for caller in [&ann, &bob, &app.guest()] {
            let data = caller.query(text, Value::Null).await;
            let posts = data["user"]["posts"]["nodes"].as_array().map(Vec::len);
            seen.push((data["viewer"]["user"]["handle"].clone(), posts.unwrap_or(0)));
        }
    }
    let expected = [(json!("ann"), 1), (json!("bob"), 0), (Value::Null, 0)];
    assert_eq!(seen, [expected.clone(), expected].concat());
}

#[tokio::test]
async fn a_known_document_is_paid_for_each_time() {
    let app = TestApp::limited(|config| config.limits.guest_budget = 10).await;
    let text =
        "query($n: Int) { explore(first: $n) { nodes { id } } rateLimit { cost remaining } }";
    let ask = async |n: i32| post(&app, with_text(text, json!({ "n": n }))).await;
    let cost = |answer: &Answer| answer.body["data"]["rateLimit"].clone();
    assert_eq!(cost(&ask(1).await), json!({ "cost": 3, "remaining": 7 }));
    assert_eq!(cost(&ask(2).await), json!({ "cost": 4, "remaining": 3 }));
    assert_eq!(ask(3).await.refusal(), (429, "RATE_LIMITED"));
    assert_eq!(cost(&ask(1).await), json!({ "cost": 3, "remaining": 0 }));
}
