//! What a client may take of a connection, and for how long.

use std::time::{Duration, Instant};

use axum::body::Body;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rookery::platform::config::Config;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::{ASK, PATIENCE, ask, connect, end, post};
use crate::{realtime::stage::Stage, support::socket::Socket};

const LONG: u64 = 600_000;

fn patience(head: u64, idle: u64) -> impl FnOnce(&mut Config) {
    move |config| {
        config.connections.request_head_ms = head;
        config.connections.connection_idle_ms = idle;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_come_to_its_end_ends_the_connection() {
    let stage = Stage::start_with(patience(400, LONG)).await;
    let whole = "POST /graphql HTTP/1.1\r\nhost: a.example\r\n";
    for sent in ["", "P", "POST /graphql HTTP/1.1\r\n", whole] {
        let (begun, mut stream) = (Instant::now(), connect(stage.address).await);
        stream.write_all(sent.as_bytes()).await.unwrap();
        assert_eq!(end(&mut stream).await, "", "{sent:?}");
        assert!(begun.elapsed() >= Duration::from_millis(400), "{sent:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_trickles_does_not_live_longer() {
    let stage = Stage::start_with(patience(400, LONG)).await;
    let mut stream = connect(stage.address).await;
    stream.write_all(&ASK.as_bytes()[..30]).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let trickle = async {
        while writing.write_all(b"x-more: 1\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        rest = end(&mut reading) => assert_eq!(rest, ""),
        () = trickle => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_requests_a_connection_may_rest_longer_than_a_head_may_take() {
    let stage = Stage::start_with(patience(400, LONG)).await;
    let mut stream = connect(stage.address).await;
    ask(&mut stream).await;
    // One that began later is ended first.
    assert_eq!(end(&mut connect(stage.address).await).await, "");
    ask(&mut stream).await;
    // The next head has as long as the first one had, not forever.
    stream.write_all(b"GET /").await.unwrap();
    assert_eq!(end(&mut stream).await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_without_requests_is_ended_over_both_versions() {
    let stage = Stage::start_with(patience(LONG, 400)).await;
    let mut stream = connect(stage.address).await;
    ask(&mut stream).await;
    assert_eq!(end(&mut stream).await, "");

    let io = TokioIo::new(connect(stage.address).await);
    let (mut requests, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = hyper::Request::get("http://a.example/livez");
    let answer = requests
        .send_request(request.body(Body::empty()).unwrap())
        .await;
    assert_eq!(answer.unwrap().status(), 200);
    let ended = timeout(PATIENCE, connection).await;
    drop(ended.expect("it ends").unwrap());
    drop(requests);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_and_streams_of_events_outlive_both() {
    let stage = Stage::start_with(|config| {
        patience(2_000, 2_000)(config);
        config.limits.sse_keep_alive_ms = 50;
    })
    .await;
    let ann = stage.app.user("ann").await;
    let mut socket = Socket::ready(stage.address, ann.token.as_deref()).await;
    let mut stream = connect(stage.address).await;
    let body = json!({ "query": "subscription { feedPostAdded { cursor } }" }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: a.example\r\ncontent-type: application/json\r\n\
         accept: text/event-stream\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{body}",
        ann.token.as_deref().unwrap(),
        body.len(),
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut heard, begun) = (String::new(), Instant::now());
    // Longer than anything else may live.
    while begun.elapsed() < Duration::from_millis(3_500) {
        let mut bytes = [0; 1024];
        let read = timeout(PATIENCE, stream.read(&mut bytes)).await;
        let count = read.expect("it is alive").unwrap();
        assert_ne!(count, 0, "it ended: {heard}");
        heard += std::str::from_utf8(&bytes[..count]).unwrap();
    }
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
    socket.subscribe("x", "{ __typename }", json!({})).await;
    assert_eq!(socket.event("x").await, json!({ "__typename": "Query" }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_does_not_come_is_answered_408() {
    let stage = Stage::start_with(|config| config.connections.request_body_ms = 300).await;
    let mut stream = connect(stage.address).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: a.example\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n{\"query\":";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = end(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("BAD_USER_INPUT"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_is_too_large_is_answered_431() {
    let stage = Stage::start().await;
    let fits = "x".repeat(20_000);
    let fits = post(
        stage.address,
        &[("x-long", fits.as_str())],
        "{ __typename }",
    )
    .await;
    assert_eq!(fits.status, 200);
    let large = "x".repeat(33_000);
    let large = post(
        stage.address,
        &[("x-long", large.as_str())],
        "{ __typename }",
    )
    .await;
    assert_eq!(large.status, 431);
}

/// The settings of HTTP/2 that a server begins with, by their numbers.
async fn settings(stage: &Stage) -> Vec<(u16, u32)> {
    let mut stream = connect(stage.address).await;
    let hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    stream.write_all(hello).await.unwrap();
    let mut head = [0; 9];
    timeout(PATIENCE, stream.read_exact(&mut head))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(head[3], 4, "a frame of settings");
    let mut frame = vec![0; usize::from(head[1]) * 256 + usize::from(head[2])];
    stream.read_exact(&mut frame).await.unwrap();
    let pair = |six: &[u8]| {
        let value = u32::from_be_bytes(six[2..].try_into().unwrap());
        (u16::from_be_bytes([six[0], six[1]]), value)
    };
    frame.chunks(6).map(pair).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_2_tells_its_bounds_and_they_can_be_set() {
    const MAX_CONCURRENT_STREAMS: u16 = 3;
    const MAX_HEADER_LIST_SIZE: u16 = 6;
    let told = settings(&Stage::start().await).await;
    assert!(told.contains(&(MAX_CONCURRENT_STREAMS, 100)), "{told:?}");
    assert!(
        told.contains(&(MAX_HEADER_LIST_SIZE, 32 * 1024)),
        "{told:?}"
    );
    let stage = Stage::start_with(|config| {
        config.connections.max_http2_streams = 7;
        config.connections.max_request_head_bytes = 9_000;
    });
    let told = settings(&stage.await).await;
    assert!(told.contains(&(MAX_CONCURRENT_STREAMS, 7)), "{told:?}");
    assert!(told.contains(&(MAX_HEADER_LIST_SIZE, 9_000)), "{told:?}");
}
