//! Bodies over a real connection: a limit holds whether or not the length is announced.

use super::{
    server::Server,
    wire::{Answer, exchange, post_bytes},
};

const REQUEST: &str = r#"{"query":"{ __typename }"}"#;
const LIMIT: usize = 64 * 1024;

fn padded(length: usize) -> Vec<u8> {
    let mut body = REQUEST.as_bytes().to_vec();
    body.resize(length, b' ');
    body
}

/// Sends a body in chunks that do not say how many will follow.
fn chunked(server: &Server, body: &[u8]) -> Answer {
    let mut sent = Vec::new();
    for chunk in body.chunks(10_000) {
        sent.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        sent.extend(chunk);
        sent.extend(b"\r\n");
    }
    sent.extend(b"0\r\n\r\n");
    let head = "POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\n\
                accept: application/graphql-response+json\r\ntransfer-encoding: chunked";
    exchange(server.address, head, &sent)
}

#[test]
fn a_body_of_64_kib_is_read_and_a_larger_one_is_answered_413() {
    let mut server = Server::start(&[]);
    let fits = post_bytes(server.address, "", &padded(LIMIT));
    assert_eq!(fits.body["data"]["__typename"], "Query", "{fits:?}");
    for length in [LIMIT + 1, 10 * LIMIT] {
        let answer = post_bytes(server.address, "", &padded(length));
        assert_eq!((answer.status, answer.code()), (413, "PAYLOAD_TOO_LARGE"));
    }
    server.still_answers("large bodies");
}

#[test]
fn a_chunked_body_is_bounded_too() {
    let mut server = Server::start(&[]);
    let fits = chunked(&server, &padded(LIMIT));
    assert_eq!(fits.body["data"]["__typename"], "Query", "{fits:?}");
    for length in [LIMIT + 1, 10 * LIMIT] {
        let answer = chunked(&server, &padded(length));
        assert_eq!((answer.status, answer.code()), (413, "PAYLOAD_TOO_LARGE"));
    }
    server.still_answers("large chunked bodies");
}

#[test]
fn a_body_that_is_announced_as_too_large_is_not_waited_for() {
    let mut server = Server::start(&[]);
    let head = "POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\n\
                accept: application/graphql-response+json\r\ncontent-length: 10000000000";
    let answer = exchange(server.address, head, REQUEST.as_bytes());
    assert_eq!((answer.status, answer.code()), (413, "PAYLOAD_TOO_LARGE"));
    server.still_answers("a body that never came");
}

#[test]
fn a_body_that_is_shorter_than_announced_is_no_end_of_the_server() {
    let mut server = Server::start(&[]);
    let head = "POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 999";
    let address = server.address;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let text = format!("{head}\r\nhost: {address}\r\n\r\n{REQUEST}");
    std::io::Write::write_all(&mut stream, text.as_bytes()).unwrap();
    drop(stream);
    server.still_answers("a body that broke off");
}
