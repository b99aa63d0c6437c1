//! The end of a server whose clients do not end.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::stage::instance::Instance;

const MARGIN: Duration = Duration::from_secs(3);
const SETTINGS: [(&str, &str); 4] = [
    ("ROOKERY_SHUTDOWN_NOTICE_MS", "1500"),
    ("ROOKERY_DRAIN_MS", "3000"),
    ("ROOKERY_STOP_MS", "6000"),
    // So that nothing else ends the request.
    ("ROOKERY_REQUEST_BODY_MS", "600000"),
];

/// A request whose body does not come, and whose head was read for certain.
async fn stall(instance: &Instance) -> TcpStream {
    let mut stream = TcpStream::connect(instance.address)
        .await
        .expect("a connection");
    let head = "POST /graphql HTTP/1.1\r\nhost: rookery\r\ncontent-type: application/json\r\n\
                content-length: 100\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("a head");
    let mut told = [0; 12];
    stream.read_exact(&mut told).await.expect("an answer");
    assert_eq!(&told, b"HTTP/1.1 100");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_request_holds_the_end_up_no_longer_than_the_drain() {
    let mut instance = Instance::on_sqlite(&SETTINGS);
    let _stalled = stall(&instance).await;
    let begun = Instant::now();
    assert_eq!(instance.terminate(), Some(0));
    let took = begun.elapsed();
    assert!(
        took > Duration::from_millis(2_500),
        "it was waited for: {took:?}"
    );
    assert!(took < Duration::from_secs(6) + MARGIN, "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_it_at_once() {
    let mut instance = Instance::on_sqlite(&SETTINGS);
    let _stalled = stall(&instance).await;
    instance.signal("-TERM");
    instance.is_ready(503, Duration::from_secs(2)).await;
    let begun = Instant::now();
    assert_ne!(instance.terminate(), Some(0));
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
}
