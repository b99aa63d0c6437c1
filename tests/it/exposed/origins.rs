//! From which web pages browsers may call.

use rookery::platform::config::{Config, Environment};

use super::post;
use crate::{
    process::server::run,
    realtime::stage::Stage,
    support::{
        raw::{Reply, exchange},
        socket::Socket,
    },
};

const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";
const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

fn listed(config: &mut Config) {
    config.http.allowed_origins =
        Some("https://app.example,http://localhost:5173".parse().unwrap());
}

/// What a browser asks before it sends what a form could not send.
async fn preflight(stage: &Stage, origin: &str) -> Reply {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,content-type",
        ),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let address = stage.address.to_string();
    exchange(&address, ("OPTIONS", "/graphql"), &headers, b"").await
}

/// Whom the server lets read its answers.
async fn allowed(stage: &Stage, origin: &str) -> [Option<String>; 2] {
    let before = preflight(stage, origin).await;
    let after = post(stage.address, &[("origin", origin)], "{ __typename }").await;
    [before, after].map(|reply| {
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("access-control-allow-credentials"), None);
        reply
            .header("access-control-allow-origin")
            .map(str::to_owned)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listed_origins_read_answers_and_others_do_not() {
    let stage = Stage::start_with(listed).await;
    for origin in [APP, "http://localhost:5173"] {
        let origin_ = Some(origin.to_owned());
        assert_eq!(allowed(&stage, origin).await, [origin_.clone(), origin_]);
    }
    for origin in [
        EVIL,
        "null",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://sub.app.example",
        "http://localhost",
    ] {
        assert_eq!(allowed(&stage, origin).await, [None, None], "{origin}");
    }
    let told = preflight(&stage, APP).await;
    assert_eq!(
        told.header("access-control-allow-methods"),
        Some("GET,POST")
    );
    let headers = told.header("access-control-allow-headers");
    assert_eq!(headers, Some("authorization,content-type,accept"));
    // A cache must not answer one page with what another was told.
    for reply in [
        told,
        post(stage.address, &[("origin", EVIL)], "{ __typename }").await,
    ] {
        let vary = reply
            .header("vary")
            .unwrap_or_default()
            .to_ascii_lowercase();
        assert!(vary.contains("origin"), "{vary}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_default_any_page_calls_in_development_and_none_in_production() {
    let stage = Stage::start().await;
    let any = Some("*".to_owned());
    assert_eq!(allowed(&stage, EVIL).await, [any.clone(), any]);
    let production =
        |config: &mut Config| config.safety.environment = Some(Environment::Production);
    let stage = Stage::start_with(production).await;
    assert_eq!(allowed(&stage, EVIL).await, [None, None]);
    assert_eq!(opened(&stage, &[EVIL]).await, Err(403));
    assert_eq!(opened(&stage, &[]).await, Ok(()));
}

/// Whether a socket opens for a page of these origins; otherwise the status.
async fn opened(stage: &Stage, origins: &[&str]) -> Result<(), u16> {
    let mut headers: Vec<(&'static str, &str)> = vec![PROTOCOL];
    headers.extend(origins.iter().map(|origin| ("origin", *origin)));
    Socket::open_with(stage.address, &headers).await.map(|_| ())
}

/// The status of a stream of events for a page of this origin.
async fn streamed(stage: &Stage, origin: &[(&str, &str)], accept: &str) -> u16 {
    let headers = [&[("accept", accept)], origin].concat();
    post(stage.address, &headers, "{ __typename }").await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_and_streams_open_for_listed_pages_for_our_own_and_for_what_is_no_browser() {
    let stage = Stage::start_with(listed).await;
    let own = format!("http://{}", stage.address);
    let events = "text/event-stream";
    assert_eq!(opened(&stage, &[]).await, Ok(()));
    assert_eq!(streamed(&stage, &[], events).await, 200);
    for origin in [APP, &own] {
        assert_eq!(opened(&stage, &[origin]).await, Ok(()), "{origin}");
        assert_eq!(streamed(&stage, &[("origin", origin)], events).await, 200);
    }
    for origin in [
        EVIL,
        "null",
        "",
        "https://app.example/",
        &stage.address.to_string(),
    ] {
        assert_eq!(opened(&stage, &[origin]).await, Err(403), "{origin:?}");
        for accept in [events, "application/json, text/event-stream"] {
            let status = streamed(&stage, &[("origin", origin)], accept).await;
            assert_eq!(status, 403, "{origin:?} {accept}");
        }
    }
    let twice = [("origin", APP), ("origin", EVIL)];
    assert_eq!(streamed(&stage, &twice, events).await, 403);
}

#[test]
fn an_origin_that_would_never_match_refuses_to_start() {
    for (origins, says) in [
        ("app.example", "write scheme://host"),
        ("https://app.example/", "without a path"),
        ("https://app.example:443", "own port"),
        ("*,https://app.example", "stands alone"),
        (
            "https://a.example,https://*.b.example",
            "`https://*.b.example` is no origin",
        ),
    ] {
        let ended = run(&["serve"], &[("ROOKERY_ALLOWED_ORIGINS", origins)]);
        assert_eq!(ended.code, Some(2), "{origins}: {ended:?}");
        assert!(ended.stderr.contains(says), "{origins}: {ended:?}");
    }
}
