//! The cost budget of a minute: what is told of it, and what happens when it is spent.

use rookery::platform::config::Switch;
use serde_json::{Value, json};

use super::{Answer, GRAPHQL, JSON, post_text, query};
use crate::support::TestApp;

const ASK: &str = "{ rateLimit { cost limit remaining resetAt } }";

fn told(answer: &Answer) -> &Value {
    &answer.body["data"]["rateLimit"]
}

#[tokio::test]
async fn the_rate_limit_tells_cost_limit_rest_and_when_the_next_minute_begins() {
    let app = TestApp::limited(|config| config.limits.guest_budget = 100).await;
    let first = query(&app, ASK).await;
    let at = "2026-05-01T12:01:00Z";
    let expected = json!({ "cost": 1, "limit": 100, "remaining": 99, "resetAt": at });
    assert_eq!(told(&first), &expected);

    // A connection of five posts with an author each, and the rate limit itself.
    let text = "{ rateLimit { cost remaining } explore(first: 5) { nodes { author { handle } } } }";
    let answer = query(&app, text).await;
    assert_eq!(told(&answer), &json!({ "cost": 12, "remaining": 87 }));

    app.advance(60);
    let answer = query(&app, ASK).await;
    assert_eq!(told(&answer)["remaining"], 99);
    assert_eq!(told(&answer)["resetAt"], "2026-05-01T12:02:00Z");
}

#[tokio::test]
async fn a_spent_budget_is_answered_429_until_the_seconds_it_names_have_passed() {
    let app = TestApp::limited(|config| config.limits.guest_budget = 10).await;
    app.advance(18);
    let dear = "{ explore(first: 6) { nodes { id } } }";
    assert_eq!(query(&app, dear).await.status, 200);
    for accept in [JSON, GRAPHQL] {
        let answer = post_text(&app, accept, json!({ "query": dear }).to_string()).await;
        assert_eq!(answer.refusal(), (429, "RATE_LIMITED"));
        assert_eq!(answer.header("retry-after"), "42");
        let error = &answer.body["errors"][0];
        assert_eq!(error["extensions"]["retryAfterSeconds"], 42, "{error:#}");
        assert!(answer.message().contains("3 of 10 are left"), "{answer:?}");
    }
    // What was refused took nothing, so something cheaper still runs.
    assert_eq!(told(&query(&app, ASK).await)["remaining"], 2);

    app.advance(41);
    assert_eq!(query(&app, dear).await.status, 429);
    app.advance(1);
    assert_eq!(query(&app, dear).await.status, 200);
}

#[tokio::test]
async fn everybody_signed_in_has_a_budget_of_their_own() {
    let app = TestApp::limited(|config| {
        config.limits.guest_budget = 1;
        config.limits.member_budget = 50;
    })
    .await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    assert_eq!(query(&app, ASK).await.status, 200);
    assert_eq!(query(&app, ASK).await.status, 429);
    for caller in [&ann, &bob] {
        let data = caller.query(ASK, json!({})).await;
        assert_eq!(data["rateLimit"]["remaining"], 49);
        assert_eq!(data["rateLimit"]["limit"], 50);
    }
    let data = ann.query(ASK, json!({})).await;
    assert_eq!(data["rateLimit"]["remaining"], 48);
}

#[tokio::test]
async fn every_alias_is_paid_for() {
    let app = TestApp::start().await;
    let text = "{ rateLimit { cost } a: user(handle: \"a\") { id } b: user(handle: \"b\") { id } }";
    assert_eq!(told(&query(&app, text).await)["cost"], 3);
}

#[tokio::test]
async fn lifted_limits_count_and_do_not_refuse_but_sizes_stay() {
    let app = TestApp::start_with(|config| {
        config.limits.guest_budget = 1;
        config.http.limits = Switch::Off;
    })
    .await;
    for _ in 0..3 {
        assert_eq!(query(&app, ASK).await.status, 200);
    }
    assert_eq!(told(&query(&app, ASK).await)["remaining"], 0);
    let dear = "{ explore(first: 100) { nodes { comments(first: 100) { nodes { id } } } } }";
    assert_eq!(
        query(&app, dear).await.refusal(),
        (400, "QUERY_TOO_COMPLEX")
    );
}
