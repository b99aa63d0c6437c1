//! Servers that die, and workers that are stopped: as processes, on PostgreSQL.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rookery::{
    accounts::{Role, commands::NewAccount},
    app,
    clock::{Clock, Timestamp},
    ids::{PersonId, SessionId},
    people::{self, entity::person},
    platform::{Platform, db::Lane, tokens::Tokens},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::stage::{Broker, PATIENCE, Stage};
use crate::support::number;

/// Where a process may die. The first two are passed by every transaction, the others by the relay.
const POINTS: [(&str, usize); 4] = [
    ("before-commit", 60),
    ("after-commit", 60),
    ("after-send", 3),
    ("after-acknowledgement", 2),
];

/// A lease that is soon over: each round ends with a worker that says no goodbye.
const LEASE_MS: &str = "300";

/// Processes of one database and one broker.
struct House {
    stage: Stage,
    key: String,
    token: String,
    dir: TempDir,
}

impl House {
    async fn build(broker: Broker) -> Self {
        let stage = Stage::set(broker).await;
        stage.app.hold();
        let key = Tokens::new_pem().unwrap();
        let config = stage.app.config();
        let platform = app::platform(config, &key, Clock::System).await.unwrap();
        let token = resident(&platform).await;
        let dir = TempDir::new().unwrap();
        Self {
            stage,
            key,
            token,
            dir,
        }
    }

    /// The binary on this database and broker.
    fn command(&self, args: &[&str], points: &str) -> Command {
        let database = &self.stage.app.config().database;
        let kafka = &self.stage.broker.config;
        let brokers = match &self.stage.broker.embedded {
            Some(mock) => mock.address().unwrap(),
            None => kafka.kafka_brokers.clone().unwrap(),
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_rookery"));
        command
            .args(args)
            .env_clear()
            .env("RUST_LOG", "error")
            .env(
                "DATABASE_URL",
                database.database_url.as_ref().unwrap().expose(),
            )
            .env("ROOKERY_DATA_DIR", self.dir.path())
            .env("ROOKERY_SIGNING_KEY", &self.key)
            .env("ROOKERY_LIMITS", "off")
            .env("ROOKERY_WORKER_LEASE_MS", LEASE_MS)
            .env("KAFKA_BROKERS", brokers)
            .env("KAFKA_TOPIC_PREFIX", &kafka.kafka_topic_prefix)
            .env("KAFKA_PARTITIONS", kafka.kafka_partitions.to_string())
            .env("FAILPOINTS", points)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn serve(&self, points: &str) -> Process {
        let args = ["serve", "--listen", "127.0.0.1:0"];
        Process::spawn(self.command(&args, points))
    }

    fn worker(&self) -> Process {
        Process::spawn(self.command(&["worker"], ""))
    }

    /// Waits until everything in the log has been acknowledged.
    async fn drained(&self) {
        let lag = "SELECT CAST(COALESCE(SUM(s.head - c.position), 1) AS bigint) AS n \
                   FROM activity_consumer c JOIN activity_shard s ON s.shard = c.shard \
                   WHERE c.name LIKE 'kafka:%' AND c.name <> 'kafka:test'";
        until(
            async || number(&self.stage.app, lag).await == 0,
            "the log is not sent",
        )
        .await;
    }
}

async fn until(is_so: impl AsyncFn() -> bool, or: &str) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "{or}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Somebody with an access token of the house's key.
async fn resident(p: &Platform) -> String {
    let now = p.now();
    let (id, session) = (PersonId(p.new_id(now)), SessionId(p.new_id(now)));
    let person = person::Model {
        id,
        handle: "resident".to_owned(),
        display_name: String::new(),
        bio: String::new(),
        created_at: now,
        deleted_at: None,
        is_private: false,
        suspended_until: Timestamp(0),
        is_suspended: false,
    };
    let account = NewAccount::hashed("resident@example.org", "x".to_owned()).unwrap();
    let made = p.db.write_txn(Lane::Request, |txn| {
        let (person, account) = (person.clone(), account.clone());
        async move {
            people::commands::join(&txn, person, account, Role::Member).await?;
            rookery::accounts::commands::first_session(p, &txn, id, None, (session, now)).await
        }
    });
    made.await.unwrap().1.access_token
}

/// A child, ended by its own process id whatever happens.
struct Process {
    child: Child,
    /// None where it died before it said where it listens.
    address: Option<SocketAddr>,
}

impl Process {
    fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("a child");
        let stdout = child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let is_up = |line: &String| line.contains("http://") || line.starts_with("Following");
        let at = lines.find(is_up).and_then(|line| {
            let endpoint = line.split("http://").nth(1)?;
            Some(endpoint.split('/').next()?.parse().expect("an address"))
        });
        // Read on, or the child blocks once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: at }
    }

    fn is_dead(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(sent.expect("kill").success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a mutation; nothing where the server died over it.
fn mutate(address: SocketAddr, token: &str, query: &str, variables: &Value) -> Option<Value> {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\nauthorization: Bearer {token}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, json) = answer.split_once("\r\n\r\n")?;
    serde_json::from_str(json).ok()
}

const PUBLISH: &str = "mutation($body: String!) { createPost(input: { body: $body }) \
                       { postEdge { node { id } } userErrors { code } } }";

/// Publishes until the server dies; ends it where it does not.
fn write_until_it_dies(server: &mut Process, token: &str) -> bool {
    let Some(address) = server.address else {
        return true;
    };
    for n in 0..200 {
        let body = json!({ "body": format!("#tag number {n}") });
        if mutate(address, token, PUBLISH, &body).is_none() {
            break;
        }
        if server.is_dead() {
            return true;
        }
    }
    // The relay may still be about to.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) {
        if server.is_dead() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}

async fn killed_at_any_point_nothing_is_lost_and_nothing_is_invented(broker: Broker) {
    let rounds: usize = std::env::var("KILL_ROUNDS").map_or(100, |n| n.parse().unwrap());
    let house = House::build(broker).await;
    let mut deaths = [0; POINTS.len()];
    for round in 0..rounds {
        let (point, passes) = POINTS[round % POINTS.len()];
        let points = format!("{point}={}*off->return", fastrand::usize(0..passes));
        let (mut server, token) = (house.serve(&points), house.token.clone());
        let died = tokio::task::spawn_blocking(move || write_until_it_dies(&mut server, &token));
        deaths[round % POINTS.len()] += usize::from(died.await.unwrap());
    }
    assert!(
        deaths.iter().all(|n| *n * POINTS.len() >= rounds / 2),
        "the points were not met: {deaths:?} of {rounds}"
    );
    let _last = house.serve("");
    house.drained().await;
    house.stage.check().await;
    assert!(house.stage.committed().await.len() > rounds);
}

async fn workers_that_are_stopped_and_woken_keep_order(broker: Broker) {
    let house = House::build(broker).await;
    let [ada, bob] = house.stage.app.users(["ada", "bob"]).await;
    let post = ada.post("hello").await;
    let workers: Vec<Process> = (0..4).map(|_| house.worker()).collect();
    for round in 0..8 {
        for n in 0..10 {
            bob.react(&post, if n % 2 == 0 { "👍" } else { "🎉" }).await;
            ada.post(&format!("round {round}")).await;
            bob.mutate(
                "removeReaction",
                json!({ "subjectId": post, "emoji": "👍" }),
                "",
            )
            .await;
        }
        let sleeper = &workers[round % workers.len()];
        sleeper.signal("-STOP");
        // Past its lease: others hold everything.
        let orphans = "SELECT COUNT(*) AS n FROM activity_consumer c WHERE c.name LIKE 'kafka:%' \
                       AND c.name <> 'kafka:test' AND NOT EXISTS (SELECT 1 FROM activity_worker w \
                       WHERE w.name = c.name AND w.worker = c.worker \
                       AND w.alive_until > EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)";
        tokio::time::sleep(Duration::from_millis(350)).await;
        until(
            async || number(&house.stage.app, orphans).await == 0,
            "shards without a worker",
        )
        .await;
        ada.post("while one sleeps").await;
        sleeper.signal("-CONT");
    }
    house.drained().await;
    house.stage.check().await;
}

/// `on_both!` for tests of processes. Their names end otherwise: what ends in `on_kafka` runs on
/// SQLite, too.
macro_rules! on_postgres {
    ($name:ident) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs PostgreSQL"]
            async fn on_the_mock() {
                super::$name(super::super::stage::Broker::mock()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs PostgreSQL and Kafka"]
            async fn on_kafka_and_postgres() {
                super::$name(super::super::stage::Broker::kafka().await).await;
            }
        }
    };
}
on_postgres!(killed_at_any_point_nothing_is_lost_and_nothing_is_invented);
on_postgres!(workers_that_are_stopped_and_woken_keep_order);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL and Kafka"]
async fn a_minute_without_a_broker_of_ours_is_not_noticed_by_those_who_write_on_kafka_and_postgres()
{
    let seconds = std::env::var("KAFKA_AWAY_SECONDS").map_or(60, |n| n.parse().unwrap());
    let house = House::build(Broker::kafka_alone().await).await;
    house.stage.broker.control("start").await;
    let server = house.serve("");
    let (address, token) = (server.address.unwrap(), house.token.clone());
    let write = async |patience: Duration| {
        let token = token.clone();
        let writing = tokio::task::spawn_blocking(move || latencies(address, &token, patience));
        writing.await.unwrap()
    };
    write(Duration::from_secs(3)).await;
    let with = write(Duration::from_secs(10)).await;
    house.stage.broker.control("stop").await;
    let without = write(Duration::from_secs(seconds)).await;
    house.stage.broker.control("start").await;
    house.drained().await;
    house.stage.check().await;
    let median = |times: &[Duration]| times[times.len() / 2];
    println!(
        "median of a mutation: {:?} with Kafka ({}), {:?} without ({}), ratio {:.2}",
        median(&with),
        with.len(),
        median(&without),
        without.len(),
        median(&without).as_secs_f64() / median(&with).as_secs_f64()
    );
}

/// Publishes for so long; every mutation must succeed. How long each took, ascending.
fn latencies(address: SocketAddr, token: &str, patience: Duration) -> Vec<Duration> {
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < patience {
        let sent = Instant::now();
        let body = json!({ "body": "hello" });
        let answer = mutate(address, token, PUBLISH, &body).expect("an answer");
        let payload = &answer["data"]["createPost"];
        assert!(payload["postEdge"]["node"]["id"].is_string(), "{answer}");
        times.push(sent.elapsed());
        std::thread::sleep(Duration::from_millis(5));
    }
    times.sort_unstable();
    times
}
