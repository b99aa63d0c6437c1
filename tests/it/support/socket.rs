//! A client of `graphql-transport-ws`, frame by frame.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

/// Nothing here takes longer, also where many tests share a core.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What a server says.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Message(Value),
    /// The code and the reason; 1006 where the connection was cut.
    Closed(u16, String),
}

impl Socket {
    /// A socket on which nothing was said yet.
    pub async fn open(address: SocketAddr) -> Self {
        Self::open_with(
            address,
            &[("sec-websocket-protocol", "graphql-transport-ws")],
        )
        .await
        .expect("it opens")
    }

    /// The same with other headers; the status where it is refused.
    pub async fn open_with(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let url = format!("ws://{address}/graphql");
        let mut request = url.into_client_request().expect("a request");
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a header");
            request.headers_mut().insert(*name, value);
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// A socket whose connection is acknowledged.
    pub async fn ready(address: SocketAddr, token: Option<&str>) -> Self {
        let mut socket = Self::open(address).await;
        socket.init(token).await;
        assert_eq!(
            socket.next().await,
            message(json!({ "type": "connection_ack" }))
        );
        socket
    }

    pub async fn init(&mut self, token: Option<&str>) {
        let payload = token.map(|token| json!({ "Authorization": format!("Bearer {token}") }));
        self.say(json!({ "type": "connection_init", "payload": payload }))
            .await;
    }

    pub async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// `false` where the connection is gone.
    pub async fn try_say(&mut self, message: Value) -> bool {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .is_ok()
    }

    pub async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("it is sent");
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// What the server says next; pings of WebSocket are left out.
    pub async fn next(&mut self) -> Heard {
        loop {
            let next = timeout(PATIENCE, self.0.next()).await;
            match next.expect("something is heard") {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Message(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(Some(close)))) => {
                    return Heard::Closed(close.code.into(), close.reason.to_string());
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                None | Some(Err(_)) => return Heard::Closed(1006, String::new()),
                Some(Ok(other)) => panic!("{other}"),
            }
        }
    }

    /// The next message.
    pub async fn hear(&mut self) -> Value {
        match self.next().await {
            Heard::Message(message) => message,
            closed @ Heard::Closed(..) => panic!("{closed:?}"),
        }
    }

    /// The data of the next event of `id`.
    pub async fn event(&mut self, id: &str) -> Value {
        let message = self.hear().await;
        let expected = (message["type"].as_str(), message["id"].as_str());
        assert_eq!(expected, (Some("next"), Some(id)), "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "{message:#}");
        message["payload"]["data"].clone()
    }

    /// The code of the error that ends `id` next.
    pub async fn error(&mut self, id: &str) -> String {
        let message = self.hear().await;
        let expected = (message["type"].as_str(), message["id"].as_str());
        assert_eq!(expected, (Some("error"), Some(id)), "{message:#}");
        let code = &message["payload"][0]["extensions"]["code"];
        code.as_str().expect("a code").to_owned()
    }

    /// The code with which the server closes, whatever it says before.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code, _) = self.next().await {
                return code;
            }
        }
    }
}

/// What a message is heard as.
pub fn message(message: Value) -> Heard {
    Heard::Message(message)
}
