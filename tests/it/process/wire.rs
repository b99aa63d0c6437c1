//! HTTP/1.1 over TCP, byte by byte, so that a test can also send what no client would.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The lines before the body.
    pub head: String,
    pub text: String,
    /// Null where the body is not JSON.
    pub body: Value,
}

impl Answer {
    /// The code of the first error; empty without one.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
    }
}

/// Sends `head` (without its empty line) and `body`, and reads one answer.
pub fn exchange(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let patience = Some(Duration::from_secs(30));
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(patience).expect("a timeout");
    stream.set_write_timeout(patience).expect("a timeout");
    let head = format!("{head}\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    // A server that has read enough may answer and close before it has got everything.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body));
    read_answer(&mut stream)
}

fn read_answer(stream: &mut TcpStream) -> Answer {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 65536]);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..count]);
    }
    let text = String::from_utf8(bytes).expect("an answer in UTF-8");
    let (head, text) = text
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no whole answer: {text:?}"));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("no status: {head}")),
        head: head.to_ascii_lowercase(),
        body: serde_json::from_str(text).unwrap_or_default(),
        text: text.to_owned(),
    }
}

/// Gets a page.
pub fn get(address: SocketAddr, path: &str) -> Answer {
    let head = format!("GET {path} HTTP/1.1\r\naccept: application/graphql-response+json, */*");
    exchange(address, &head, b"")
}

/// Posts bytes as a GraphQL request, with more header lines.
pub fn post_bytes(address: SocketAddr, headers: &str, body: &[u8]) -> Answer {
    let head = format!(
        "POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\n\
         accept: application/graphql-response+json\r\ncontent-length: {}{headers}",
        body.len()
    );
    exchange(address, &head, body)
}

/// Posts an operation, signed in if there is a token.
pub fn post(address: SocketAddr, token: Option<&str>, query: &str, variables: Value) -> Answer {
    let headers = token.map_or(String::new(), |token| {
        format!("\r\nauthorization: Bearer {token}")
    });
    let body = json!({ "query": query, "variables": variables }).to_string();
    post_bytes(address, &headers, body.as_bytes())
}

/// Text as it may stand in a URL's query.
pub fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
