//! A WebSocket with one subscription, in the protocol graphql-transport-ws.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A subscription, and the socket that it alone has.
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
            let subscribe = Message::text(subscribe.to_string());
            socket.send(subscribe).await.ok()?;
            Some(Self(socket))
        };
        timeout(PATIENCE, opening).await.ok().flatten()
    }

    /// The next frame of the subscription, or by which code the socket was closed; 1006 where it
    /// was cut without one.
    ///
    /// # Errors
    /// The code.
    pub async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let message = self.0.next().await.and_then(Result::ok).ok_or(1006_u16)?;
            let text = match message {
                Message::Text(text) => text,
                Message::Close(frame) => {
                    // The answer to it is sent by reading on.
                    let _ = timeout(Duration::from_secs(1), self.0.next()).await;
                    return Err(frame.map_or(1005, |frame| frame.code.into()));
                }
                _ => continue,
            };
            let frame: Value = serde_json::from_str(&text).map_err(|_| 1006_u16)?;
            match frame["type"].as_str().unwrap_or_default() {
                "ping" => {
                    let pong = Message::text(json!({ "type": "pong" }).to_string());
                    self.0.send(pong).await.map_err(|_| 1006_u16)?;
                }
                "next" | "error" | "complete" => return Ok(frame),
                _ => {}
            }
        }
    }
}
