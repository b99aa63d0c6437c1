//! Requests byte by byte, as no client would send them.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// Nothing came: 0.
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}

/// The host and port of a URL, and what follows them.
pub fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap();
    let slash = rest.find('/').unwrap();
    rest.split_at(slash)
}

/// Sends a request whose body has the length that it says.
pub async fn send(method: &str, url: &str, headers: &[(String, String)], body: &[u8]) -> Reply {
    let mut headers = headers.to_vec();
    if !body.is_empty() || method == "PUT" {
        headers.push(("content-length".to_owned(), body.len().to_string()));
    }
    let (address, target) = split(url);
    exchange(address, (method, target), &headers, body).await
}

/// Sends these headers and these bytes, whether they fit or not.
pub async fn exchange(
    address: &str,
    line: (&str, &str),
    headers: &[(String, String)],
    body: &[u8],
) -> Reply {
    let mut stream = connect(address, line, headers).await;
    // The answer may come before all is sent.
    drop(stream.write_all(body).await);
    answer(stream).await
}

/// Sends these headers and these bytes, then ends the connection.
pub async fn cut(
    address: &str,
    line: (&str, &str),
    headers: &[(String, String)],
    body: &[u8],
) -> Reply {
    let mut stream = connect(address, line, headers).await;
    stream.write_all(body).await.unwrap();
    stream.shutdown().await.unwrap();
    answer(stream).await
}

async fn connect(
    address: &str,
    (method, target): (&str, &str),
    headers: &[(String, String)],
) -> TcpStream {
    let mut request = format!("{method} {target} HTTP/1.1\r\nhost: {address}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn answer(mut stream: TcpStream) -> Reply {
    let mut bytes = Vec::new();
    let reading = stream.read_to_end(&mut bytes);
    drop(tokio::time::timeout(Duration::from_secs(10), reading).await);
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Reply {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
        let (status, head, body) = (0, String::new(), Vec::new());
        return Reply { status, head, body };
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = bytes[end + 4..].to_vec();
    Reply { status, head, body }
}
