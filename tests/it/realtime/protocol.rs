//! `graphql-transport-ws`, frame by frame.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::stage::{COMMENT_ADDED, Stage, comments_of};
use crate::support::socket::{Heard, Socket, message};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_and_a_mutation_are_answered_once_and_completed() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let mut socket = Socket::ready(stage.address, ann.token.as_deref()).await;
    let viewer = "{ viewer { user { handle } } }";
    socket.subscribe("q", viewer, Value::Null).await;
    let data = json!({ "viewer": { "user": { "handle": "ann" } } });
    assert_eq!(socket.event("q").await, data);
    assert_eq!(
        socket.hear().await,
        json!({ "type": "complete", "id": "q" })
    );
    let post = "mutation { createPost(input: { body: \"hello\" }) { postEdge { node { body } } } }";
    socket.subscribe("q", post, Value::Null).await;
    let made = socket.event("q").await;
    assert_eq!(made["createPost"]["postEdge"]["node"]["body"], "hello");
    assert_eq!(
        socket.hear().await,
        json!({ "type": "complete", "id": "q" })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_are_answered_before_and_after_the_acknowledgement() {
    let stage = Stage::start().await;
    let mut socket = Socket::open(stage.address).await;
    let pong = message(json!({ "type": "pong" }));
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, pong);
    socket.init(None).await;
    socket.say(json!({ "type": "pong" })).await;
    socket
        .say(json!({ "type": "ping", "payload": { "a": 1 } }))
        .await;
    let ack = message(json!({ "type": "connection_ack" }));
    assert_eq!(socket.next().await, ack);
    assert_eq!(socket.next().await, pong);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_message_closes_with_4400() {
    let stage = Stage::start().await;
    let subscribe = |payload: Value| json!({ "type": "subscribe", "id": "1", "payload": payload });
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let texts = [
        "hello".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        deep,
        json!({ "id": "1" }).to_string(),
        json!({ "type": "nope" }).to_string(),
        json!({ "type": "next", "id": "1", "payload": {} }).to_string(),
        json!({ "type": "connection_ack" }).to_string(),
        json!({ "type": "ping", "payload": 1 }).to_string(),
        json!({ "type": "complete" }).to_string(),
        json!({ "type": "complete", "id": "" }).to_string(),
        json!({ "type": "subscribe", "id": "x".repeat(129), "payload": { "query": "{ __typename }" } })
            .to_string(),
        json!({ "type": "subscribe", "payload": { "query": "{ __typename }" } }).to_string(),
        json!({ "type": "subscribe", "id": 1, "payload": { "query": "{ __typename }" } })
            .to_string(),
        subscribe(Value::Null).to_string(),
        subscribe(json!({})).to_string(),
        subscribe(json!({ "query": 1 })).to_string(),
        subscribe(json!({ "query": "{ __typename }", "variables": [] })).to_string(),
        subscribe(json!({ "query": "{ __typename }", "operationName": 1 })).to_string(),
    ];
    let texts = texts.into_iter().map(Message::text);
    for wrong in texts.chain([Message::binary(b"{\"type\":\"ping\"}".to_vec())]) {
        let mut socket = Socket::ready(stage.address, None).await;
        socket.send(wrong.clone()).await;
        let Heard::Closed(code, reason) = socket.next().await else {
            panic!("{wrong} was answered");
        };
        assert_eq!(code, 4400, "{wrong}");
        assert!((1..=123).contains(&reason.len()), "{wrong}: {reason}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_of_initialisation_is_kept() {
    let stage = Stage::start_with(|config| config.limits.socket_init_ms = 200).await;
    let mut early = Socket::open(stage.address).await;
    early.subscribe("1", "{ __typename }", Value::Null).await;
    assert_eq!(early.closed().await, 4401);
    let mut late = Socket::open(stage.address).await;
    assert_eq!(late.closed().await, 4408);
    let mut twice = Socket::open(stage.address).await;
    twice.init(None).await;
    twice.init(None).await;
    assert_eq!(twice.closed().await, 4429);
    let mut other = Socket::open_with(stage.address, &[]).await.unwrap();
    assert_eq!(other.closed().await, 4406);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_comes_by_payload_or_by_header_and_a_bad_one_closes_with_4403() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let bearer = format!("Bearer {}", ann.token.as_deref().unwrap());
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let handle = async |mut socket: Socket, payload: Value| {
        socket
            .say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        if let Heard::Closed(code, _) = socket.next().await {
            return json!(code);
        }
        let query = "{ viewer { user { handle } } }";
        socket.subscribe("q", query, Value::Null).await;
        socket.event("q").await["viewer"]["user"]["handle"].clone()
    };
    let lower = json!({ "authorization": bearer });
    let plain = Socket::open(stage.address).await;
    assert_eq!(handle(plain, lower.clone()).await, "ann", "in any case");
    let by_header = [protocol, ("authorization", &bearer)];
    let socket = Socket::open_with(stage.address, &by_header).await.unwrap();
    assert_eq!(handle(socket, Value::Null).await, "ann", "by header");
    let wrong_header = [protocol, ("authorization", "Bearer nonsense")];
    let socket = Socket::open_with(stage.address, &wrong_header)
        .await
        .unwrap();
    assert_eq!(handle(socket, lower).await, "ann", "the payload first");
    let socket = Socket::open_with(stage.address, &wrong_header)
        .await
        .unwrap();
    assert_eq!(handle(socket, Value::Null).await, 4403);
    for wrong in [json!("Bearer nonsense"), json!("nonsense"), json!(7)] {
        let socket = Socket::open(stage.address).await;
        let payload = json!({ "Authorization": wrong });
        assert_eq!(handle(socket, payload).await, 4403, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_is_taken_while_its_operation_lives_and_free_afterwards() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let (topic, variables) = (comments_of(&post), json!({ "post": post }));
    let mut socket = Socket::ready(stage.address, None).await;
    socket.subscribe("a", "{ nope }", Value::Null).await;
    assert_eq!(socket.error("a").await, "GRAPHQL_VALIDATION_FAILED");
    socket.subscribe("a", "{", Value::Null).await;
    assert_eq!(socket.error("a").await, "GRAPHQL_PARSE_FAILED");
    socket
        .subscribe("a", COMMENT_ADDED, variables.clone())
        .await;
    stage.is_heard(topic).await;
    socket
        .say(json!({ "type": "complete", "id": "never" }))
        .await;
    socket.say(json!({ "type": "complete", "id": "a" })).await;
    stage.is_unheard(topic).await;
    ann.comment(&post, "unheard").await;
    socket
        .subscribe("a", COMMENT_ADDED, variables.clone())
        .await;
    stage.is_heard(topic).await;
    ann.comment(&post, "heard").await;
    // Neither an answer to `complete` nor what happened in between.
    let heard = socket.event("a").await;
    assert_eq!(heard["commentAdded"]["node"]["body"], "heard");
    socket.subscribe("a", COMMENT_ADDED, variables).await;
    assert_eq!(socket.closed().await, 4409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_closes_with_1001_and_waits_for_it() {
    let mut stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let mut socket = Socket::ready(stage.address, None).await;
    let variables = json!({ "post": post });
    socket.subscribe("a", COMMENT_ADDED, variables).await;
    stage.is_heard(comments_of(&post)).await;
    stage.stop();
    assert_eq!(socket.closed().await, 1001);
    stage.stopped().await;
}
