//! A server that everybody can reach: what a connection may take, who may call, and for whom a
//! proxy asks.

mod connections;
mod headers;
mod keys;
mod origins;
mod production;
mod proxies;
mod tls;

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::raw::{Reply, exchange};

/// Nothing here takes longer, also where many tests share a core.
const PATIENCE: Duration = Duration::from_secs(60);

/// A small request that leaves the connection open.
const ASK: &str = "GET /livez HTTP/1.1\r\nhost: a.example\r\n\r\n";

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("it listens")
}

/// Sends [`ASK`] and reads its answer.
async fn ask(stream: &mut (impl AsyncRead + AsyncWriteExt + Unpin)) -> String {
    stream.write_all(ASK.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    while !answer.ends_with("alive\n") {
        let mut bytes = [0; 1024];
        let read = timeout(PATIENCE, stream.read(&mut bytes)).await;
        let count = read.expect("it answers").expect("it answers");
        assert_ne!(count, 0, "it ended after {answer:?}");
        answer += std::str::from_utf8(&bytes[..count]).expect("text");
    }
    answer
}

/// What comes until the server ends the connection.
async fn end(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut rest = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
    // Cut is ended too.
    let _ = ended.expect("it ends");
    String::from_utf8_lossy(&rest).into_owned()
}

/// Posts an operation over a connection of its own, with more headers.
async fn post(address: SocketAddr, headers: &[(&str, &str)], query: &str) -> Reply {
    let body = serde_json::json!({ "query": query }).to_string();
    let length = body.len().to_string();
    let mut all = vec![
        ("content-type", "application/json"),
        ("content-length", length.as_str()),
    ];
    all.extend(headers);
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let all: Vec<_> = all.into_iter().map(owned).collect();
    exchange(
        &address.to_string(),
        ("POST", "/graphql"),
        &all,
        body.as_bytes(),
    )
    .await
}
