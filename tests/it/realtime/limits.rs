//! What one socket may ask for, and what becomes of those that do not read.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rookery::{ids::NodeId, platform::config::Switch, realtime::Topic};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;

use super::stage::{COMMENT_ADDED, Stage, comments_of, until};
use crate::support::socket::{Heard, Socket};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_bounded_as_everywhere_and_the_socket_survives() {
    let stage = Stage::start().await;
    let mut socket = Socket::ready(stage.address, None).await;
    let aliases = |many: u32| {
        let aliases: Vec<_> = (0..many).map(|n| format!("a{n}:__typename")).collect();
        format!("{{{}}}", aliases.join(" "))
    };
    let brackets = |n| format!("{{a(b:{}{})}}", "[".repeat(n), "]".repeat(n));
    let long = format!("{{ __typename #{}\n}}", "x".repeat(20_000));
    for (query, code) in [
        (aliases(100), "QUERY_TOO_COMPLEX"),
        (aliases(2_000), "PAYLOAD_TOO_LARGE"),
        (brackets(400), "QUERY_TOO_COMPLEX"),
        (brackets(5_000), "QUERY_TOO_COMPLEX"),
        (long, "PAYLOAD_TOO_LARGE"),
        (
            "subscription { a: feedPostAdded { cursor } b: feedPostAdded { cursor } }".to_owned(),
            "QUERY_TOO_COMPLEX",
        ),
    ] {
        socket.subscribe("x", &query, json!({})).await;
        let got = socket.error("x").await;
        assert_eq!(got, code, "{}", &query[..40]);
    }
    let variables = json!({ "a": "x".repeat(40_000) });
    socket.subscribe("x", "{ __typename }", variables).await;
    assert_eq!(socket.error("x").await, "PAYLOAD_TOO_LARGE");
    socket.subscribe("x", "{ __typename }", json!({})).await;
    socket.event("x").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_too_large_closes() {
    let stage = Stage::start().await;
    let mut socket = Socket::ready(stage.address, None).await;
    socket.send(Message::text("x".repeat(70_000))).await;
    assert_eq!(socket.closed().await, 1009);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_operation_too_many_is_refused_and_the_others_go_on() {
    let stage = Stage::start_with(|config| config.limits.max_socket_operations = 2).await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let mut socket = Socket::ready(stage.address, None).await;
    for id in ["a", "b", "c"] {
        let variables = json!({ "post": post });
        socket.subscribe(id, COMMENT_ADDED, variables).await;
    }
    assert_eq!(socket.error("c").await, "RATE_LIMITED");
    stage.is_heard_by(2, comments_of(&post)).await;
    socket.say(json!({ "type": "complete", "id": "a" })).await;
    stage.is_heard_by(1, comments_of(&post)).await;
    socket.subscribe("c", "{ __typename }", json!({})).await;
    socket.event("c").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_socket_too_many_of_a_person_or_an_address_is_refused() {
    let stage = Stage::start_with(|config| {
        config.limits.max_sockets_per_person = 1;
        config.limits.max_sockets_per_address = 3;
    })
    .await;
    let ann = stage.app.user("ann").await;
    let first = Socket::ready(stage.address, ann.token.as_deref()).await;
    let mut second = Socket::open(stage.address).await;
    second.init(ann.token.as_deref()).await;
    let Heard::Closed(4429, reason) = second.next().await else {
        panic!("a second socket");
    };
    assert!(reason.contains("too many"), "{reason}");
    drop(second);
    let mut open = vec![first];
    // The place of the second becomes free once the server has said goodbye.
    let refused = loop {
        let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
        match Socket::open_with(stage.address, &protocol).await {
            Ok(socket) => open.push(socket),
            Err(status) => break status,
        }
    };
    assert_eq!(refused, 429);
    assert!(open.len() <= 3);
    open.clear();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_socket_is_pinged_and_closed() {
    let stage = Stage::start_with(|config| {
        config.limits.socket_ping_ms = 50;
        config.limits.socket_idle_ms = 600;
    })
    .await;
    // A client that answers pings stays.
    let mut lively = Socket::ready(stage.address, None).await;
    let mut silent = tokio::net::TcpStream::connect(stage.address).await.unwrap();
    let hello = "GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                 sec-websocket-protocol: graphql-transport-ws\r\n\r\n";
    silent.write_all(hello.as_bytes()).await.unwrap();
    // `connection_init`, masked with zeros.
    let init = br#"{"type":"connection_init"}"#;
    let head = [0x81, 0x80 | u8::try_from(init.len()).unwrap(), 0, 0, 0, 0];
    silent.write_all(&[&head[..], init].concat()).await.unwrap();
    let reading = async {
        let mut bytes = Vec::new();
        silent.read_to_end(&mut bytes).await.unwrap();
        bytes
    };
    let living = async {
        loop {
            lively.next().await;
        }
    };
    let bytes = tokio::select! {
        bytes = tokio::time::timeout(Duration::from_secs(30), reading) => bytes.expect("it ends"),
        () = living => unreachable!(),
    };
    assert!(bytes.windows(2).any(|two| two == [0x89, 0]), "pinged");
    let close = bytes
        .windows(4)
        .any(|four| four[0] == 0x88 && four[2..] == [0x03, 0xe9]);
    assert!(close, "closed with 1001");
    lively.subscribe("q", "{ __typename }", json!({})).await;
    lively.event("q").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_read_is_cut_and_delays_nobody() {
    let stage = Stage::start_with(|config| config.limits.socket_write_ms = 500).await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let topic = comments_of(&post);
    // Answers that fill what the kernel keeps for a reader; it asks and never reads.
    let mut stalled = Socket::ready(stage.address, None).await;
    let variables = json!({ "post": post });
    let mut reader = Socket::ready(stage.address, None).await;
    for socket in [&mut stalled, &mut reader] {
        socket
            .subscribe("c", COMMENT_ADDED, variables.clone())
            .await;
    }
    stage.is_heard_by(2, topic).await;
    let query = "{ __schema { types { name description fields { name description args { name \
                 description } type { name ofType { name } } } } } }";
    let flood = async {
        for n in 0.. {
            let payload = json!({ "query": query });
            let ask = json!({ "type": "subscribe", "id": n.to_string(), "payload": payload });
            let sent = tokio::time::timeout(Duration::from_secs(5), stalled.try_say(ask)).await;
            if !matches!(sent, Ok(true)) {
                break;
            }
        }
    };
    let reading = async {
        let mut slowest = Duration::ZERO;
        for n in 0..10 {
            let begun = Instant::now();
            ann.comment(&post, &format!("{n}")).await;
            let event = reader.event("c").await;
            assert_eq!(event["commentAdded"]["node"]["body"], n.to_string());
            slowest = slowest.max(begun.elapsed());
        }
        slowest
    };
    let ((), slowest) = tokio::join!(flood, reading);
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    stage.is_heard_by(1, topic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_stream_that_nobody_reads_is_cut_too() {
    let stage = Stage::start_with(|config| config.limits.socket_write_ms = 500).await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let topic = comments_of(&post);
    let comment = ann.comment(&post, &"x".repeat(2_000)).await;
    let bodies: String = (0..20).map(|n| format!("b{n}: body ")).collect();
    let query = format!(
        "subscription($post: ID!) {{ commentAdded(postId: $post) {{ node {{ {bodies} }} }} }}"
    );
    let body = json!({ "query": query, "variables": { "post": post } }).to_string();
    let mut stalled = TcpStream::connect(stage.address).await.unwrap();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         accept: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stalled.write_all(request.as_bytes()).await.unwrap();
    stage.is_heard(topic).await;
    let hub = &stage.app.parts().hub;
    let comment = NodeId::parse(&comment).unwrap().id;
    // Told again and again, until what the kernel keeps for a reader is full.
    until(|| {
        hub.tell(topic, comment);
        hub.listening().count(topic) == 0
    })
    .await;
    drop(stalled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_falls_behind_is_told_to_fetch_again() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let topic = comments_of(&post);
    let mut socket = Socket::ready(stage.address, None).await;
    let variables = json!({ "post": post });
    socket.subscribe("c", COMMENT_ADDED, variables).await;
    stage.is_heard(topic).await;
    // More than fits into its queue, told in one go.
    let hub = &stage.app.parts().hub;
    for n in 0..200 {
        hub.tell(topic, uuid::Uuid::from_u128(n));
    }
    assert_eq!(socket.error("c").await, "RESUME_EXPIRED");
    stage.is_unheard(topic).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_is_paid_for() {
    let stage = Stage::start_with(|config| {
        config.http.limits = Switch::On;
        config.limits.guest_budget = 20;
    })
    .await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let mut socket = Socket::ready(stage.address, None).await;
    let variables = json!({ "post": post });
    socket.subscribe("c", COMMENT_ADDED, variables).await;
    stage.is_heard(comments_of(&post)).await;
    let mut events = 0;
    let refused = loop {
        ann.comment(&post, "hello").await;
        let heard = socket.hear().await;
        match heard["type"].as_str() {
            Some("next") => events += 1,
            _ => break heard,
        }
    };
    let extensions = &refused["payload"][0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED");
    assert!(extensions["retryAfterSeconds"].is_u64(), "{refused}");
    assert!((1..20).contains(&events), "{events}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sockets_that_vanish_leave_nothing_behind() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let sockets = (0..20).map(async |_| {
        let mut socket = Socket::ready(stage.address, ann.token.as_deref()).await;
        let variables = json!({ "post": post });
        socket.subscribe("c", COMMENT_ADDED, variables).await;
        socket
    });
    let sockets = join_all(sockets).await;
    stage.is_heard_by(20, comments_of(&post)).await;
    drop(sockets);
    stage.is_unheard(comments_of(&post)).await;
    let id = rookery::ids::NodeId::parse(&ann.id).unwrap().id;
    let session = Topic::Session(rookery::ids::PersonId(id));
    stage.is_unheard(session).await;
}
