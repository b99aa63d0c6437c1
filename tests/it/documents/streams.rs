//! Known documents over WebSockets and event streams.

use axum::body::to_bytes;
use serde_json::{Value, json};

use super::{by_hash, extensions, with_text};
use crate::{
    http::{JSON, post},
    realtime::stage::{COMMENT_ADDED, Stage, comments_of},
    support::{TestApp, socket::Socket},
};

async fn subscribe(socket: &mut Socket, id: &str, payload: Value) {
    let message = json!({ "type": "subscribe", "id": id, "payload": payload });
    socket.say(message).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_calls_a_subscription_by_its_hash() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("A post").await;
    let mut socket = Socket::ready(stage.address, ann.token.as_deref()).await;
    let variables = json!({ "post": post });

    subscribe(&mut socket, "1", by_hash(COMMENT_ADDED, variables.clone())).await;
    assert_eq!(socket.error("1").await, "PERSISTED_QUERY_NOT_FOUND");
    // The text goes along, as `graphql-ws` has it with an empty one the first time.
    let mut empty = by_hash(COMMENT_ADDED, variables.clone());
    empty["query"] = "".into();
    subscribe(&mut socket, "1", empty).await;
    assert_eq!(socket.error("1").await, "PERSISTED_QUERY_NOT_FOUND");
    subscribe(
        &mut socket,
        "1",
        with_text(COMMENT_ADDED, variables.clone()),
    )
    .await;
    stage.is_heard(comments_of(&post)).await;
    // Whoever sends something after it has been read after it was kept.
    subscribe(&mut socket, "2", by_hash(COMMENT_ADDED, variables.clone())).await;
    stage.is_heard_by(2, comments_of(&post)).await;
    ann.comment(&post, "hello").await;
    let mut heard = Vec::new();
    for _ in 0..2 {
        let message = socket.hear().await;
        heard.push(message["id"].clone());
        assert_eq!(
            message["payload"]["data"]["commentAdded"]["node"]["body"],
            "hello"
        );
    }
    heard.sort_by_key(ToString::to_string);
    assert_eq!(heard, ["1", "2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_lives_on_after_a_hash_of_another_text_or_of_another_version() {
    let stage = Stage::start().await;
    let mut socket = Socket::ready(stage.address, None).await;
    let mut other = with_text("{ __typename }", Value::Null);
    other["extensions"] = extensions("{ rateLimit { cost } }");
    subscribe(&mut socket, "1", other).await;
    assert_eq!(socket.error("1").await, "BAD_USER_INPUT");
    let mut newer = with_text("{ __typename }", Value::Null);
    newer["extensions"]["persistedQuery"]["version"] = 2.into();
    subscribe(&mut socket, "1", newer).await;
    assert_eq!(socket.error("1").await, "BAD_USER_INPUT");
    subscribe(&mut socket, "1", with_text("{ __typename }", Value::Null)).await;
    let data = json!({ "__typename": "Query" });
    assert_eq!(socket.event("1").await, data);
    socket.hear().await;
    subscribe(&mut socket, "2", by_hash("{ __typename }", Value::Null)).await;
    assert_eq!(socket.event("2").await, data);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_that_validation_refused_is_not_kept() {
    let stage = Stage::start().await;
    let mut socket = Socket::ready(stage.address, None).await;
    let text = "subscription { nothing }";
    for _ in 0..2 {
        subscribe(&mut socket, "1", with_text(text, Value::Null)).await;
        assert_eq!(socket.error("1").await, "GRAPHQL_VALIDATION_FAILED");
        subscribe(&mut socket, "1", by_hash(text, Value::Null)).await;
        assert_eq!(socket.error("1").await, "PERSISTED_QUERY_NOT_FOUND");
    }
}

/// What an event stream says from beginning to end.
async fn events(app: &TestApp, request: Value) -> String {
    let request = axum::http::Request::post("/graphql")
        .header("content-type", JSON)
        .header("accept", "text/event-stream")
        .body(request.to_string().into());
    let response = app.send(request.unwrap()).await;
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn an_event_stream_calls_an_operation_by_its_hash() {
    let app = TestApp::start().await;
    let text = "{ __typename }";
    let unknown = events(&app, by_hash(text, Value::Null)).await;
    assert!(
        unknown
            .starts_with("event: next\ndata: {\"errors\":[{\"message\":\"PersistedQueryNotFound\""),
        "{unknown}"
    );
    assert!(
        unknown.contains("\"code\":\"PERSISTED_QUERY_NOT_FOUND\""),
        "{unknown}"
    );
    let data =
        "event: next\ndata: {\"data\":{\"__typename\":\"Query\"}}\n\nevent: complete\ndata:\n\n";
    assert_eq!(events(&app, with_text(text, Value::Null)).await, data);
    assert_eq!(events(&app, by_hash(text, Value::Null)).await, data);
    assert_eq!(post(&app, by_hash(text, Value::Null)).await.status, 200);
}
