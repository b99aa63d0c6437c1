//! Clients that take their time, or all of it.

use std::{net::SocketAddr, time::Duration};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    load::process,
    stage::{instance::Instance, trial::Trial, until},
};

const PATIENCE: Duration = Duration::from_secs(60);
/// How many there are of each kind.
const EACH: usize = 20;
/// What may come on top of the configured time, on a busy machine.
const MARGIN: Duration = Duration::from_secs(4);
/// How much more the server may hold than before, in KiB.
const ROOM: u64 = 48 * 1024;

const HURRIED: [(&str, &str); 4] = [
    ("ROOKERY_REQUEST_HEAD_MS", "1000"),
    ("ROOKERY_REQUEST_BODY_MS", "1000"),
    ("ROOKERY_SOCKET_INIT_MS", "1000"),
    ("ROOKERY_SOCKET_WRITE_MS", "2000"),
];

const HEAD: &str = "POST /graphql HTTP/1.1\r\nhost: rookery\r\ncontent-type: application/json\r\n";

/// Sends a beginning, then a byte now and then for ever, until the server ends it; says how long it
/// bore that.
async fn drip(address: SocketAddr, beginning: String) -> Duration {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let begun = Instant::now();
    stream
        .write_all(beginning.as_bytes())
        .await
        .expect("a beginning");
    let (mut from, mut to) = stream.split();
    let drip = async {
        while to.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = drip => {}
        _ = from.read_to_end(&mut answer) => {}
    }
    begun.elapsed()
}

/// Asks over and over on one connection, and reads none of the answers, until nothing more can be
/// sent.
async fn read_nothing(address: SocketAddr, token: &str) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut stream = socket.connect(address).await.expect("a connection");
    let what = "{ explore(first: 100) { nodes { id body author { id handle displayName } } } }";
    let body = json!({ "query": what }).to_string();
    let length = body.len();
    let request =
        format!("{HEAD}authorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n{body}");
    while stream.write_all(request.as_bytes()).await.is_ok() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_clients_are_cut_in_time_and_nobody_else_waits_for_them() {
    let instance = Instance::on_sqlite(&HURRIED);
    let trial = Trial::begin(&[instance.address], 4, None).await;
    trial.goes_on(20, PATIENCE).await;
    let files = process::open_files(instance.id()).expect("it runs");
    let before = process::resident(instance.id()).expect("it runs");

    let beginnings = [
        // A head without an end, a body without one, and nothing at all.
        format!("{HEAD}x-long: "),
        format!("{HEAD}content-length: 60000\r\n\r\n{{"),
        String::new(),
    ];
    let mut dripping = JoinSet::new();
    for beginning in beginnings.iter().cycle().take(EACH * 3) {
        dripping.spawn(drip(instance.address, beginning.clone()));
    }
    let mut deaf = JoinSet::new();
    for n in 0..EACH {
        let token = trial.town.people[n % 8].token.clone();
        let address = instance.address;
        deaf.spawn(async move { read_nothing(address, &token).await });
    }
    for bore in dripping.join_all().await {
        assert!(bore < Duration::from_secs(1) + MARGIN, "{bore:?}");
    }
    trial.goes_on(20, PATIENCE).await;
    let cut = tokio::time::timeout(PATIENCE, deaf.join_all()).await;
    assert!(cut.is_ok(), "whoever reads nothing is not cut");
    until("their connections are closed", PATIENCE, || async {
        process::open_files(instance.id()).expect("it runs") <= files + 4
    })
    .await;
    let after = process::resident(instance.id()).expect("it runs");
    assert!(
        after < before + ROOM,
        "{before} KiB before, {after} KiB after"
    );

    let told = trial.judge(instance.address).await;
    let others: Vec<_> = told.others().collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(
        told.within(0.99) < Duration::from_secs(5),
        "{:?}",
        told.within(0.99)
    );
}
