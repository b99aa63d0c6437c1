//! HTTP and WebSocket as a client speaks them that may be cut off at any moment.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

pub const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { \
    messageEdge { cursor node { id sequence body } } userErrors { code message } } }";

/// Whoever waits longer asks again.
const PATIENCE: Duration = Duration::from_secs(8);

/// Runs an operation by POST. `None`: no answer, so nobody knows what became of it.
pub async fn post(
    address: SocketAddr,
    token: &str,
    document: &str,
    variables: &Value,
) -> Option<Value> {
    let body = json!({ "query": document, "variables": variables }).to_string();
    let authorization = match token {
        "" => String::new(),
        token => format!("authorization: Bearer {token}\r\n"),
    };
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         {authorization}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        let answer = String::from_utf8(answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        assert!(!head.contains("chunked"), "{head}");
        serde_json::from_str(body).ok()
    };
    timeout(PATIENCE, exchange).await.ok().flatten()
}

/// A socket with one subscription.
pub struct Subscription(WebSocketStream<TcpStream>);

impl Subscription {
    /// Subscribes; `None` where it cannot be had now.
    pub async fn open(
        address: SocketAddr,
        token: &str,
        document: &str,
        variables: &Value,
    ) -> Option<Self> {
        let opening = async {
            let stream = TcpStream::connect(address).await.ok()?;
            let mut request = format!("ws://{address}/graphql")
                .into_client_request()
                .ok()?;
            let protocol = "graphql-transport-ws".parse().ok()?;
            request
                .headers_mut()
                .insert("sec-websocket-protocol", protocol);
            let (mut socket, _) = client_async(request, stream).await.ok()?;
            let payload = json!({ "Authorization": format!("Bearer {token}") });
            let init = json!({ "type": "connection_init", "payload": payload });
            socket.send(Message::text(init.to_string())).await.ok()?;
            let ack = socket.next().await?.ok()?;
            ack.to_text()
                .ok()
                .filter(|ack| ack.contains("connection_ack"))?;
            let payload = json!({ "query": document, "variables": variables });
            let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
            socket
                .send(Message::text(subscribe.to_string()))
                .await
                .ok()?;
            Some(Self(socket))
        };
        timeout(PATIENCE, opening).await.ok().flatten()
    }

    /// The next frame of the subscription; `None` when the socket is gone.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            let message = self.0.next().await?.ok()?;
            let Message::Text(text) = message else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).ok()?;
            match frame["type"].as_str()? {
                "ping" => {
                    let pong = Message::text(json!({ "type": "pong" }).to_string());
                    self.0.send(pong).await.ok()?;
                }
                "next" | "error" | "complete" => return Some(frame),
                _ => {}
            }
        }
    }
}
