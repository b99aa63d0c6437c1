//! GraphQL over server-sent events, in distinct connections mode.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, StatusCode, header},
};
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::stage::{COMMENT_ADDED, PATIENCE, Stage, comments_of};
use crate::support::{Caller, TestApp};

/// An answer that is read as it comes.
struct Events {
    status: StatusCode,
    content_type: String,
    body: BodyDataStream,
    text: String,
}

impl Events {
    async fn of(caller: &Caller, query: &str, variables: Value) -> Self {
        Self::wanted(
            &caller.app,
            caller.token.as_deref(),
            "text/event-stream",
            query,
            variables,
        )
        .await
    }

    async fn wanted(
        app: &TestApp,
        token: Option<&str>,
        accept: &str,
        query: &str,
        variables: Value,
    ) -> Self {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT_ENCODING, "gzip")
            .header(header::ACCEPT, accept);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = app.send(request.body(Body::from(body)).unwrap()).await;
        let content_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
        // Compression would keep events back.
        let is_compressed = response.headers().contains_key(header::CONTENT_ENCODING);
        assert!(!is_compressed || content_type != "text/event-stream");
        Self {
            status: response.status(),
            content_type: content_type.to_owned(),
            text: String::new(),
            body: response.into_body().into_data_stream(),
        }
    }

    /// The next event: its name and its data. `None` at the end.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                if event == ":" {
                    return Some((":".to_owned(), String::new()));
                }
                let (name, data) = event.split_once('\n').expect("two lines");
                let name = name.strip_prefix("event: ").expect("a name");
                let data = data.strip_prefix("data:").expect("data").trim();
                return Some((name.to_owned(), data.to_owned()));
            }
            let more = tokio::time::timeout(PATIENCE, self.body.next()).await;
            let more = more.expect("something comes")?.unwrap();
            self.text += std::str::from_utf8(&more).unwrap();
        }
    }

    async fn result(&mut self) -> Value {
        let (name, data) = self.next().await.expect("an event");
        assert_eq!(name, "next", "{data}");
        serde_json::from_str(&data).unwrap()
    }

    /// `complete`, with a line of data, and the end.
    async fn is_complete(&mut self) {
        let complete = ("complete".to_owned(), String::new());
        assert_eq!(self.next().await, Some(complete));
        assert_eq!(self.next().await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_answer_is_one_event_and_errors_of_the_operation_are_events_too() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let mut events = Events::of(&guest, "{ __typename }", json!({})).await;
    assert_eq!(events.status, StatusCode::OK);
    assert_eq!(events.content_type, "text/event-stream");
    let answer = json!({ "data": { "__typename": "Query" } });
    assert_eq!(events.result().await, answer);
    events.is_complete().await;
    for (query, code) in [
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        (
            "subscription { feedPostAdded { cursor } }",
            "UNAUTHENTICATED",
        ),
    ] {
        let mut events = Events::of(&guest, query, json!({})).await;
        assert_eq!(events.status, StatusCode::OK, "{query}");
        let result = events.result().await;
        assert_eq!(result["errors"][0]["extensions"]["code"], code, "{query}");
        events.is_complete().await;
    }
    let stranger = Caller {
        token: Some("nonsense".to_owned()),
        ..guest
    };
    let refused = Events::of(&stranger, "{ __typename }", json!({})).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_is_told_as_it_happens_and_kept_alive_between() {
    let stage = Stage::start_with(|config| config.limits.sse_keep_alive_ms = 50).await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let post = ann.post("hello").await;
    let both = "application/json, text/event-stream";
    for accept in ["text/event-stream", both] {
        let variables = json!({ "post": post });
        let token = bob.token.as_deref();
        let mut events = Events::wanted(&bob.app, token, accept, COMMENT_ADDED, variables).await;
        assert_eq!(events.content_type, "text/event-stream", "{accept}");
        let (name, _) = events.next().await.unwrap();
        assert_eq!(name, ":", "it is alive");
        assert!(stage.app.parts().hub.listening().has(comments_of(&post)));
        ann.comment(&post, "one").await;
        let told = loop {
            let (name, data) = events.next().await.unwrap();
            if name == "next" {
                break serde_json::from_str::<Value>(&data).unwrap();
            }
        };
        assert_eq!(told["data"]["commentAdded"]["node"]["body"], "one");
        drop(events);
        stage.is_unheard(comments_of(&post)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_ends_its_streams() {
    let stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let mut events = Events::of(&ann, COMMENT_ADDED, json!({ "post": post })).await;
    let ending = async {
        stage.is_heard(comments_of(&post)).await;
        stage.app.advance(15 * 60);
    };
    let (result, ()) = tokio::join!(events.result(), ending);
    let code = &result["errors"][0]["extensions"]["code"];
    assert_eq!(*code, "UNAUTHENTICATED");
    events.is_complete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_cuts_streams_without_completing_them() {
    let mut stage = Stage::start().await;
    let ann = stage.app.user("ann").await;
    let post = ann.post("hello").await;
    let body = json!({ "query": COMMENT_ADDED, "variables": { "post": post } }).to_string();
    let mut stream = tokio::net::TcpStream::connect(stage.address).await.unwrap();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
         accept: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
        .await
        .unwrap();
    stage.is_heard(comments_of(&post)).await;
    stage.stop();
    let mut text = String::new();
    let reading = tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut text);
    let read = tokio::time::timeout(Duration::from_secs(30), reading).await;
    read.expect("it ends").unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    assert!(!text.contains("complete"), "{text}");
    stage.stopped().await;
}
