//! How soon a message is with whoever listens at another instance, what an idle socket holds, and
//! whether one that stalls delays the others:
//!
//!     DATABASE_URL=postgres://… cargo bench --bench chat -- [--messages N] [--sockets N]
//!
//! Two servers of the same build run on the database, which is migrated, and nobody else's: rows
//! are added to it.

#![expect(
    clippy::unwrap_used,
    reason = "a bench ends where what it takes for granted is not so"
)]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clap::Parser;
use futures_util::{SinkExt, StreamExt};
use rookery::platform::tokens::Tokens;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

#[derive(Parser)]
struct Bench {
    #[arg(long, env = "DATABASE_URL")]
    database_url: String,
    /// How many messages are timed.
    #[arg(long, default_value_t = 10_000)]
    messages: usize,
    /// How many are sent in a second.
    #[arg(long, default_value_t = 100)]
    rate: u64,
    /// How many sockets stay idle.
    #[arg(long, default_value_t = 5_000)]
    sockets: usize,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

type Socket = WebSocketStream<TcpStream>;

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { \
    session { accessToken } viewer { user { id } } } }";
const START: &str = "mutation($input: StartConversationInput!) { startConversation(input: $input) { \
    conversation { id } userErrors { message } } }";
const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { \
    messageEdge { node { sequence } } userErrors { message } } }";
const ADDED: &str = "subscription($id: ID!) { messageAdded(conversationId: $id) { \
    node { sequence body sender { handle } } } }";

/// A server, ended with the bench.
struct Server(Child, SocketAddr);

impl Server {
    fn start(url: &str, key: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rookery"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--migrate",
                "--limits",
                "off",
            ])
            .env("DATABASE_URL", url)
            .env("ROOKERY_SIGNING_KEY", key)
            .env("ROOKERY_MAX_SOCKETS_PER_PERSON", "100000")
            .env("ROOKERY_MAX_SOCKETS_PER_ADDRESS", "100000")
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = None;
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some((_, rest)) = line.split_once("Endpoint    http://") {
                address = rest
                    .split('/')
                    .next()
                    .and_then(|address| address.parse().ok());
            }
            if line.starts_with("Stop with") {
                break;
            }
        }
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self(child, address.unwrap())
    }

    /// What it holds in memory, in KiB.
    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// What it has computed so far, in clock ticks of 10 ms.
    fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let rest = stat.rsplit_once(") ").unwrap().1;
        let fields: Vec<_> = rest.split(' ').collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One connection that is kept.
struct Http(TcpStream);

impl Http {
    async fn run(&mut self, token: &str, document: &str, input: Value) -> Value {
        let body = json!({ "query": document, "variables": { "input": input } }).to_string();
        let authorization = match token {
            "" => String::new(),
            token => format!("authorization: Bearer {token}\r\n"),
        };
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             {authorization}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.write_all(request.as_bytes()).await.unwrap();
        let (mut answer, mut part) = (Vec::new(), [0; 4096]);
        loop {
            let n = self.0.read(&mut part).await.unwrap();
            assert!(n > 0, "the server hung up");
            answer.extend_from_slice(&part[..n]);
            let text = String::from_utf8_lossy(&answer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap();
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            if body.len() >= length {
                let answer: Value = serde_json::from_str(body).unwrap();
                assert!(answer["errors"].is_null(), "{answer}");
                return answer["data"].clone();
            }
        }
    }
}

async fn http(server: &Server) -> Http {
    let stream = TcpStream::connect(server.1).await.unwrap();
    stream.set_nodelay(true).unwrap();
    Http(stream)
}

async fn subscribe(server: &Server, token: &str, document: &str, variables: Value) -> Socket {
    let stream = TcpStream::connect(server.1).await.unwrap();
    let mut request = format!("ws://{}/graphql", server.1)
        .into_client_request()
        .unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = client_async(request, stream).await.unwrap();
    let init = json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } });
    socket.send(Message::text(init.to_string())).await.unwrap();
    socket.next().await.unwrap().unwrap();
    let payload = json!({ "query": document, "variables": variables });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": payload });
    socket
        .send(Message::text(subscribe.to_string()))
        .await
        .unwrap();
    socket
}

/// The sequence that a frame tells.
async fn heard(socket: &mut Socket) -> u64 {
    loop {
        let Message::Text(text) = socket.next().await.unwrap().unwrap() else {
            continue;
        };
        let frame: Value = serde_json::from_str(&text).unwrap();
        if frame["type"] == "next" {
            let node = &frame["payload"]["data"]["messageAdded"]["node"];
            return node["sequence"]
                .as_u64()
                .unwrap_or_else(|| panic!("{frame}"));
        }
        if frame["type"] == "ping" {
            socket
                .send(Message::text(r#"{"type":"pong"}"#))
                .await
                .unwrap();
        }
        assert!(
            frame["type"] != "error" && frame["type"] != "complete",
            "{frame}"
        );
    }
}

struct Talk {
    servers: [Server; 2],
    writer: String,
    reader: String,
    conversation: String,
}

impl Talk {
    async fn begin(url: &str) -> Self {
        let key = Tokens::new_pem().unwrap();
        let servers = [Server::start(url, &key), Server::start(url, &key)];
        let mut http = http(&servers[0]).await;
        let mut people = Vec::new();
        let run = fastrand::u32(..);
        for name in ["writer", "reader"] {
            let handle = format!("{name}_{run:x}");
            let input = json!({ "handle": handle, "email": format!("{handle}@example.org"), "password": "correct horse battery" });
            let made = http.run("", SIGN_UP, input).await["signUp"].clone();
            let word = |value: &Value| value.as_str().unwrap().to_owned();
            people.push((
                word(&made["session"]["accessToken"]),
                word(&made["viewer"]["user"]["id"]),
            ));
        }
        let input = json!({ "kind": "DIRECT", "memberIds": [people[1].1] });
        let made = http.run(&people[0].0, START, input).await;
        let id = made["startConversation"]["conversation"]["id"]
            .as_str()
            .unwrap();
        Self {
            servers,
            writer: people[0].0.clone(),
            reader: people[1].0.clone(),
            conversation: id.to_owned(),
        }
    }

    async fn listen(&self) -> Socket {
        let id = json!({ "id": self.conversation });
        subscribe(&self.servers[1], &self.reader, ADDED, id).await
    }

    async fn listen_to_nothing(&self) -> Socket {
        let document = "subscription { conversationRemoved }";
        subscribe(&self.servers[1], &self.reader, document, json!({})).await
    }

    /// Sends messages at one server and times each until it has come from the other.
    async fn time(&self, messages: usize, rate: u64, body: &str) -> Vec<Duration> {
        let mut socket = self.listen().await;
        let mut http = http(&self.servers[0]).await;
        let (say, mut said) = mpsc::unbounded_channel::<(u64, Instant)>();
        // Who subscribes is not told when it has begun.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let hearing = tokio::spawn(async move {
            let mut times = Vec::new();
            while times.len() < messages {
                let sequence = heard(&mut socket).await;
                let come = Instant::now();
                let (sent, at) = said.recv().await.unwrap();
                assert_eq!(sent, sequence, "out of order");
                times.push(come.saturating_duration_since(at));
            }
            times
        });
        let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / rate));
        for _ in 0..messages {
            pace.tick().await;
            let at = Instant::now();
            let input = json!({ "conversationId": self.conversation, "body": body });
            let sent = http.run(&self.writer, SEND, input).await;
            let sequence = &sent["sendMessage"]["messageEdge"]["node"]["sequence"];
            say.send((sequence.as_u64().unwrap(), at)).unwrap();
        }
        hearing.await.unwrap()
    }
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index below the length"
        )]
        let n = ((times.len() - 1) as f64 * share) as usize;
        times[n].as_secs_f64() * 1_000.0
    };
    println!(
        "{what}: {} messages, from sending at one instance to arrival from the other: \
         median {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

#[tokio::main]
async fn main() {
    let bench = Bench::parse();
    let talk = Talk::begin(&bench.database_url).await;
    let before = talk.servers[1].ticks();
    show(
        "delay",
        talk.time(bench.messages, bench.rate, "the boats are in")
            .await,
    );
    let ticks = talk.servers[1].ticks() - before;
    println!("the listener's server computed {} ms for them", ticks * 10);

    let before = talk.servers[1].resident();
    let mut idle = Vec::new();
    for _ in 0..bench.sockets {
        idle.push(talk.listen_to_nothing().await);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let held = talk.servers[1].resident().saturating_sub(before);
    println!(
        "{} idle sockets with one subscription each: {held} KiB, {:.1} KiB each",
        idle.len(),
        per(held, idle.len())
    );
    drop(idle);

    // More than the kernel keeps for a reader.
    let long = "🐦".repeat(4_000);
    show(
        "others, before one stalls",
        talk.time(1_000, 50, &long).await,
    );
    // It subscribes and never reads.
    let stalled = talk.listen().await;
    show(
        "others, beside one that stalls",
        talk.time(1_000, 50, &long).await,
    );
    drop(stalled);
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn per(held: u64, many: usize) -> f64 {
    held as f64 / many.max(1) as f64
}
