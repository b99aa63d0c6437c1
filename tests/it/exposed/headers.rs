//! What browsers are told with every answer.

use axum::http::Method;

use crate::{
    http::{Answer, GRAPHQL, JSON, raw},
    support::TestApp,
};

const GUARDS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];
const CLOSED: &str = "default-src 'none'; frame-ancestors 'none'";

/// One answer of each kind, by what it is.
async fn answers(app: &TestApp) -> Vec<(&'static str, u16, Answer)> {
    let post = [("content-type", JSON), ("accept", GRAPHQL)];
    let socket = [("upgrade", "websocket")];
    let fine = r#"{"query":"{ __typename }"}"#;
    let large = "x".repeat(70_000);
    let url = format!("/graphql?query={}", "x".repeat(20_000));
    let mut answers = Vec::new();
    for (kind, status, method, path, headers, body) in [
        ("an answer", 200, Method::POST, "/graphql", &post[..], fine),
        (
            "a refusal",
            400,
            Method::POST,
            "/graphql",
            &post,
            r#"{"query":"{"}"#,
        ),
        ("too large", 413, Method::POST, "/graphql", &post, &large),
        ("a long URL", 414, Method::GET, &url, &[], ""),
        ("a method", 405, Method::DELETE, "/graphql", &post, ""),
        ("a media type", 415, Method::POST, "/graphql", &[], fine),
        (
            "a broken upgrade",
            400,
            Method::GET,
            "/graphql",
            &socket,
            "",
        ),
        ("health", 200, Method::GET, "/livez", &[], ""),
        ("readiness", 200, Method::GET, "/readyz", &[], ""),
        ("the schema", 200, Method::GET, "/schema.graphql", &[], ""),
        ("nothing", 404, Method::GET, "/nothing", &[], ""),
        ("no asset", 404, Method::GET, "/playground/nothing", &[], ""),
        ("the page", 200, Method::GET, "/", &[], ""),
    ] {
        answers.push((
            kind,
            status,
            raw(app, method, path, headers, body.to_owned()).await,
        ));
    }
    answers
}

#[tokio::test]
async fn every_answer_has_every_guard() {
    let app = TestApp::start().await;
    for (kind, status, answer) in answers(&app).await {
        assert_eq!(answer.status, status, "{kind}: {answer:?}");
        for (name, value) in GUARDS {
            let said: Vec<_> = answer.headers.get_all(name).iter().collect();
            assert_eq!(said, [value], "{name} of {kind}");
        }
        let policies = answer.headers.get_all("content-security-policy").iter();
        assert_eq!(policies.count(), 1, "{kind}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{kind}: {policy}"
        );
        let is_playground = kind == "the page" || kind == "no asset";
        assert_eq!(policy == CLOSED, !is_playground, "{kind}: {policy}");
        assert!(!answer.header("cache-control").is_empty(), "{kind}");
        assert_eq!(answer.header("strict-transport-security"), "", "{kind}");
    }
}

#[tokio::test]
async fn what_the_endpoint_says_is_stored_by_nobody() {
    let app = TestApp::start().await;
    let endpoint = [
        "an answer",
        "a refusal",
        "too large",
        "a long URL",
        "a method",
        "a media type",
    ];
    let answers = answers(&app).await;
    let mut seen = 0;
    for (kind, _, answer) in answers.iter().filter(|(kind, ..)| endpoint.contains(kind)) {
        assert_eq!(
            answer.header("cache-control"),
            "private, no-store",
            "{kind}"
        );
        seen += 1;
    }
    assert_eq!(seen, endpoint.len());
}

#[tokio::test]
async fn browsers_are_held_to_tls_where_there_is_some_and_only_there() {
    const YEAR: &str = "max-age=31536000";
    let by_tls = async |app: &TestApp, said: &[(&str, &str)]| {
        let answer = raw(app, Method::GET, "/livez", said, "").await;
        answer.header("strict-transport-security").to_owned()
    };
    let own = TestApp::start_with(|config| config.http.tls_cert = Some("cert.pem".into())).await;
    assert_eq!(by_tls(&own, &[]).await, YEAR);
    // A request without a connection is of this machine.
    let behind = TestApp::start_with(|config| {
        config.http.trusted_proxies = "127.0.0.1".parse().unwrap();
    })
    .await;
    assert_eq!(
        by_tls(&behind, &[("x-forwarded-proto", "https")]).await,
        YEAR
    );
    assert_eq!(by_tls(&behind, &[("x-forwarded-proto", "http")]).await, "");
    assert_eq!(by_tls(&behind, &[]).await, "");
    let bare = TestApp::start().await;
    assert_eq!(by_tls(&bare, &[("x-forwarded-proto", "https")]).await, "");
}
