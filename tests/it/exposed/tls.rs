//! Connections by TLS, to the real binary.

use std::{fs, path::Path, sync::Arc};

use axum::body::Body;
use futures_util::{SinkExt, StreamExt};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion,
        pki_types::{CertificateDer, ServerName},
        version::{TLS12, TLS13},
    },
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::{ASK, PATIENCE, ask, connect, end};
use crate::process::server::{Server, run};

/// A certificate for localhost, with its key.
struct Certificate {
    der: CertificateDer<'static>,
    cert: String,
    key: String,
}

impl Certificate {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        Self {
            der: made.cert.der().clone(),
            cert: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }

    fn write(&self, dir: &Path) {
        fs::write(dir.join("cert.pem"), &self.cert).unwrap();
        fs::write(dir.join("key.pem"), &self.key).unwrap();
    }
}

/// The settings that name the files of a folder.
fn files(dir: &Path) -> [(&'static str, String); 2] {
    let path = |name| dir.join(name).to_str().unwrap().to_owned();
    [
        ("ROOKERY_TLS_CERT", path("cert.pem")),
        ("ROOKERY_TLS_KEY", path("key.pem")),
    ]
}

fn serve(dir: &Path) -> Server {
    let files = files(dir);
    let files = files.each_ref().map(|(name, path)| (*name, path.as_str()));
    Server::start_in(dir, &[], &files)
}

type Versions = &'static [&'static SupportedProtocolVersion];

/// Connects as somebody who trusts these certificates alone.
async fn shake(
    server: &Server,
    trusted: &[&Certificate],
    (versions, alpn): (Versions, &[&str]),
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    trusted
        .iter()
        .for_each(|one| roots.add(one.der.clone()).unwrap());
    let mut config = ClientConfig::builder_with_protocol_versions(versions)
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = connect(server.address).await;
    let shaking = TlsConnector::from(Arc::new(config)).connect(name, stream);
    timeout(PATIENCE, shaking).await.expect("it answers")
}

const OLDER: Versions = &[&TLS12];
const MODERN: (Versions, &[&str]) = (&[&TLS13], &["http/1.1"]);

#[tokio::test]
async fn both_versions_of_tls_and_of_http_are_served() {
    let (dir, certificate) = (TempDir::new().unwrap(), Certificate::new());
    certificate.write(dir.path());
    let server = serve(dir.path());
    assert!(
        server.greeting.contains("Endpoint    https://127.0.0.1:"),
        "{}",
        server.greeting
    );
    for (versions, number) in [
        (OLDER, ProtocolVersion::TLSv1_2),
        (MODERN.0, ProtocolVersion::TLSv1_3),
    ] {
        let wanted = (versions, &["http/1.1"][..]);
        let mut stream = shake(&server, &[&certificate], wanted).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(number));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let answer = ask(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains("strict-transport-security: max-age=31536000\r\n"),
            "{answer}"
        );
    }
    let wanted = (MODERN.0, &["h2", "http/1.1"][..]);
    let stream = shake(&server, &[&certificate], wanted).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = TokioIo::new(stream);
    let (mut requests, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = hyper::Request::post("https://localhost/graphql");
    let request = request.header("content-type", "application/json");
    let body = Body::from(r#"{"query":"{ __typename }"}"#);
    let answer = requests
        .send_request(request.body(body).unwrap())
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, hyper::Version::HTTP_2)
    );
    let body = axum::body::to_bytes(Body::new(answer.into_body()), 1_000)
        .await
        .unwrap();
    assert_eq!(body, r#"{"data":{"__typename":"Query"}}"#);
    drop(requests);
    drop(connection.await.unwrap());
    assert_eq!(server.terminate(), Some(0));
}

#[tokio::test]
async fn a_websocket_is_served_by_tls() {
    let (dir, certificate) = (TempDir::new().unwrap(), Certificate::new());
    certificate.write(dir.path());
    let server = serve(dir.path());
    let stream = shake(&server, &[&certificate], MODERN).await.unwrap();
    let mut request = "wss://localhost/graphql".into_client_request().unwrap();
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = client_async(request, stream).await.unwrap();
    socket
        .send(Message::text(r#"{"type":"connection_init"}"#))
        .await
        .unwrap();
    let heard = timeout(PATIENCE, socket.next()).await.expect("it answers");
    let heard = heard.unwrap().unwrap();
    assert_eq!(heard.to_text().unwrap(), r#"{"type":"connection_ack"}"#);
}

#[tokio::test]
async fn what_does_not_speak_tls_is_told_nothing() {
    let (dir, certificate) = (TempDir::new().unwrap(), Certificate::new());
    certificate.write(dir.path());
    let server = serve(dir.path());
    let mut stream = connect(server.address).await;
    stream.write_all(ASK.as_bytes()).await.unwrap();
    let told = end(&mut stream).await;
    assert!(!told.contains("HTTP") && !told.contains("alive"), "{told}");
    // The certificate of somebody else is no use, and the server survives both.
    let other = Certificate::new();
    assert!(shake(&server, &[&other], MODERN).await.is_err());
    let mut stream = shake(&server, &[&certificate], MODERN).await.unwrap();
    ask(&mut stream).await;
}

#[tokio::test]
async fn a_handshake_that_does_not_come_ends_the_connection() {
    let (dir, certificate) = (TempDir::new().unwrap(), Certificate::new());
    certificate.write(dir.path());
    let files = files(dir.path());
    let mut environment = vec![("ROOKERY_REQUEST_HEAD_MS", "300")];
    environment.extend(files.iter().map(|(name, path)| (*name, path.as_str())));
    let server = Server::start_in(dir.path(), &[], &environment);
    for sent in [&b""[..], b"\x16\x03\x01"] {
        let mut stream = connect(server.address).await;
        stream.write_all(sent).await.unwrap();
        assert_eq!(end(&mut stream).await, "");
    }
    // Nor does a head behind a handshake.
    let mut stream = shake(&server, &[&certificate], MODERN).await.unwrap();
    stream.write_all(b"GET /").await.unwrap();
    assert_eq!(end(&mut stream).await, "");
}

/// Waits until new connections are shown this certificate.
async fn shown(server: &Server, known: &[&Certificate], awaited: &Certificate) {
    let waiting = async {
        loop {
            let stream = shake(server, known, MODERN)
                .await
                .expect("one that is known");
            let shown = stream.get_ref().1.peer_certificates().unwrap();
            if shown == [awaited.der.clone()] {
                return;
            }
        }
    };
    timeout(PATIENCE, waiting).await.expect("it is shown");
}

#[tokio::test]
async fn a_new_certificate_is_read_at_sighup_and_nobody_is_cut() {
    let [first, second, third] = std::array::from_fn(|_| Certificate::new());
    let dir = TempDir::new().unwrap();
    first.write(dir.path());
    let server = serve(dir.path());
    let mut open = shake(&server, &[&first], MODERN).await.unwrap();
    ask(&mut open).await;

    second.write(dir.path());
    server.signal("-HUP");
    shown(&server, &[&first, &second], &second).await;
    ask(&mut open).await;

    // What cannot be used changes nothing.
    fs::write(dir.path().join("key.pem"), &first.key).unwrap();
    server.signal("-HUP");
    let mut stream = shake(&server, &[&second], MODERN).await.unwrap();
    ask(&mut stream).await;
    third.write(dir.path());
    server.signal("-HUP");
    shown(&server, &[&second, &third], &third).await;
    ask(&mut open).await;
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn files_that_are_missing_wrong_or_of_another_certificate_refuse_to_start() {
    let (right, other) = (Certificate::new(), Certificate::new());
    let broken = right.cert.replace("MII", "!!!");
    let together = "are damaged or do not belong together";
    for (cert, key, says) in [
        (None, Some(&right.key), "ROOKERY_TLS_CERT: "),
        (Some(&right.cert), None, "ROOKERY_TLS_KEY: "),
        (
            Some(&right.key),
            Some(&right.key),
            "cert.pem holds no PEM block CERTIFICATE",
        ),
        (
            Some(&right.cert),
            Some(&right.cert),
            "key.pem holds no PEM block PRIVATE KEY",
        ),
        (Some(&right.cert), Some(&other.key), together),
        (Some(&broken), Some(&right.key), together),
    ] {
        let dir = TempDir::new().unwrap();
        for (name, text) in [("cert.pem", cert), ("key.pem", key)] {
            if let Some(text) = text {
                fs::write(dir.path().join(name), text).unwrap();
            }
        }
        let files = files(dir.path());
        let files = files.each_ref().map(|(name, path)| (*name, path.as_str()));
        let ended = run(&["serve"], &files);
        assert_eq!(ended.code, Some(1), "{says}: {ended:?}");
        assert!(ended.stderr.contains(says), "{says}: {ended:?}");
        // The key itself is told to nobody.
        assert!(!ended.stderr.contains("BEGIN"), "{ended:?}");
    }
    let ended = run(&["serve"], &[("ROOKERY_TLS_KEY", "key.pem")]);
    assert!(
        ended.stderr.contains("go together: set both or neither"),
        "{ended:?}"
    );
}
