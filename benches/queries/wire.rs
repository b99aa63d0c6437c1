//! One kept connection over HTTP/1.1, as light as it can be: it works beside what is measured.

use std::{future::poll_fn, net::SocketAddr, pin::Pin};

use hyper::{
    Request,
    body::{Body, Incoming},
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::Result;

/// An operation, ready to be sent, and what it is about.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Who asks.
    pub viewer: Uuid,
    /// What the oracle is asked about: a handle, an id, or nothing.
    pub about: Option<String>,
    token: String,
    body: String,
}

impl Ask {
    /// `token` is empty at those who know nobody.
    pub fn new(document: &str, variables: &Value, viewer: Uuid, token: &str) -> Self {
        Self {
            viewer,
            about: None,
            token: token.to_owned(),
            body: json!({ "query": document, "variables": variables }).to_string(),
        }
    }

    pub fn about(self, about: impl ToString) -> Self {
        Self {
            about: Some(about.to_string()),
            ..self
        }
    }
}

pub struct Wire {
    address: SocketAddr,
    connection: SendRequest<String>,
}

impl Wire {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let connection = connect(address)
            .await
            .map_err(|error| format!("{address}: {error}"))?;
        Ok(Self {
            address,
            connection,
        })
    }

    /// The bytes of the answer.
    ///
    /// # Errors
    /// Says what was there in place of an answer with status 200.
    pub async fn ask(&mut self, ask: &Ask) -> Result<Vec<u8>> {
        let head = Request::post("/graphql")
            .header("host", self.address.to_string())
            .header("content-type", "application/json")
            .header(
                "accept",
                "application/graphql-response+json, application/json",
            );
        let head = match ask.token.as_str() {
            "" => head,
            token => head.header("authorization", format!("Bearer {token}")),
        };
        let request = head.body(ask.body.clone());
        self.fetch(request.map_err(|error| error.to_string())?)
            .await
    }

    /// A page by GET.
    pub async fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        let head = Request::get(path).header("host", self.address.to_string());
        let request = head.body(String::new());
        self.fetch(request.map_err(|error| error.to_string())?)
            .await
    }

    async fn fetch(&mut self, request: Request<String>) -> Result<Vec<u8>> {
        self.connection
            .ready()
            .await
            .map_err(|error| error.to_string())?;
        let response = self.connection.send_request(request).await;
        let response = response.map_err(|error| error.to_string())?;
        let status = response.status();
        let bytes = read(response.into_body()).await?;
        match status.as_u16() {
            200 => Ok(bytes),
            _ => Err(format!("{status} {:.200}", String::from_utf8_lossy(&bytes))),
        }
    }
}

async fn connect(address: SocketAddr) -> std::io::Result<SendRequest<String>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (connection, serving) = handshake(TokioIo::new(stream))
        .await
        .map_err(std::io::Error::other)?;
    tokio::spawn(serving);
    Ok(connection)
}

async fn read(mut body: Incoming) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| error.to_string())?;
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes)
}
