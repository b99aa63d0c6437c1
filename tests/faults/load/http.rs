//! One kept connection over HTTP/1.1.

use std::{future::poll_fn, net::SocketAddr, pin::Pin, time::Duration};

use hyper::{
    Request, Response,
    body::{Body, Incoming},
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};

use super::answer::Answer;

/// Longer than any deadline of the server.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client of one server, or of what stands before many.
pub struct Client {
    pub address: SocketAddr,
    connection: Option<SendRequest<String>>,
}

/// Why there is no answer.
pub type Lost = &'static str;

impl Client {
    /// It connects when it first asks.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            connection: None,
        }
    }

    /// Runs an operation by POST; a guest has no token.
    ///
    /// # Errors
    /// Says where it was lost. What was not sent at all is sent again, on another connection.
    pub async fn ask(
        &mut self,
        token: &str,
        document: &str,
        variables: &Value,
    ) -> Result<Answer, Lost> {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let head = Request::post("/graphql")
            .header("host", self.address.to_string())
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json");
        let head = match token {
            "" => head,
            token => head.header("authorization", format!("Bearer {token}")),
        };
        let request = head.body(body).map_err(|_| "no request")?;
        self.fetch(request).await
    }

    /// Gets a page, as a probe does.
    ///
    /// # Errors
    /// As of `ask`.
    pub async fn get(&mut self, path: &str) -> Result<Answer, Lost> {
        let head = Request::get(path).header("host", self.address.to_string());
        let request = head.body(String::new()).map_err(|_| "no request")?;
        self.fetch(request).await
    }

    async fn fetch(&mut self, request: Request<String>) -> Result<Answer, Lost> {
        let fetched = timeout(PATIENCE, self.exchange(request)).await;
        let fetched = fetched.unwrap_or(Err("no answer in time"));
        if fetched.is_err() {
            self.connection = None;
        }
        fetched
    }

    async fn exchange(&mut self, mut request: Request<String>) -> Result<Answer, Lost> {
        loop {
            let is_fresh = self.connection.is_none();
            let connection = match &mut self.connection {
                Some(connection) => connection,
                none => none.insert(connect(self.address).await?),
            };
            if connection.ready().await.is_err() {
                self.connection = None;
                continue;
            }
            match connection.try_send_request(request).await {
                Ok(response) => return read(response).await,
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) if !is_fresh => request = unsent,
                    Some(_) => return Err("closed before it was sent"),
                    None => return Err("cut before the answer"),
                },
            }
            self.connection = None;
        }
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<String>, Lost> {
    let stream = TcpStream::connect(address)
        .await
        .map_err(|_| "not connected")?;
    let _ = stream.set_nodelay(true);
    let (connection, serving) = handshake(TokioIo::new(stream))
        .await
        .map_err(|_| "not connected")?;
    tokio::spawn(serving);
    Ok(connection)
}

async fn read(response: Response<Incoming>) -> Result<Answer, Lost> {
    let (head, mut body) = response.into_parts();
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| "cut within the answer")?;
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    let seconds = head.headers.get("retry-after");
    let seconds = seconds.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
    Ok(Answer {
        status: head.status.as_u16(),
        retry_after: seconds,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    })
}
