//! A PostgreSQL of its own that can be restarted, two servers on it, and the people who talk.

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

use rookery::platform::tokens::Tokens;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::wire;
use crate::process::server::Server;

/// A private cluster that takes orders by lines. What is acknowledged there survives its restart.
const CLUSTER: &str = r#"
. tests/services/packages.sh; . tests/services/postgres.sh
unset TEST_DATABASE_URL
postgres_start_local || exit 1
as_postgres sed -i 's/^synchronous_commit.*/synchronous_commit = on/' "$postgres_dir/data/postgresql.conf"
as_postgres "$postgres_bin/pg_ctl" reload -D "$postgres_dir/data" -s
port=${TEST_DATABASE_URL##*:}; port=${port%%/*}
echo "$TEST_DATABASE_URL"
while read -r _; do
    as_postgres "$postgres_bin/pg_ctl" restart -D "$postgres_dir/data" -w -t 60 -s -m immediate \
        -l "$postgres_dir/server.log" -o "-p $port" >/dev/null 2>&1
    echo restarted
done
postgres_stop
"#;

struct Cluster {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    url: String,
}

impl Cluster {
    fn start() -> Self {
        let mut shell = Command::new("bash")
            .args(["-c", CLUSTER])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let orders = shell.stdin.take();
        let answers = BufReader::new(shell.stdout.take().expect("a pipe"));
        let mut cluster = Self {
            shell,
            orders,
            answers,
            url: String::new(),
        };
        cluster.url = cluster.line();
        cluster
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "the private PostgreSQL did not start");
        line.trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input is the order to stop.
        drop(self.orders.take());
        let _ = self.shell.wait();
    }
}

/// Everything that a history needs, ended with it.
pub struct House {
    servers: [Mutex<Option<Server>>; 2],
    addresses: Mutex<[SocketAddr; 2]>,
    cluster: Mutex<Cluster>,
    key: String,
    dir: TempDir,
    people: Vec<Resident>,
}

/// Somebody with a session.
#[derive(Clone)]
pub struct Resident {
    pub id: String,
    pub token: String,
}

/// A conversation, and the cursor behind its first message.
#[derive(Clone)]
pub struct Room {
    pub id: String,
    pub begin: String,
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { \
    session { accessToken } viewer { user { id } } } }";
const START: &str = "mutation($input: StartConversationInput!) { startConversation(input: $input) { \
    conversation { id } userErrors { message } } }";

impl House {
    pub async fn build(people: usize) -> Self {
        let cluster = tokio::task::spawn_blocking(Cluster::start)
            .await
            .expect("a cluster");
        let (key, dir) = (
            Tokens::new_pem().expect("a key"),
            TempDir::new().expect("a folder"),
        );
        let serve = || server(&cluster.url, &key, dir.path());
        let [one, two] = [serve(), serve()];
        let mut house = Self {
            addresses: Mutex::new([one.address, two.address]),
            servers: [one, two].map(|server| Mutex::new(Some(server))),
            cluster: Mutex::new(cluster),
            key,
            dir,
            people: Vec::new(),
        };
        for n in 0..people {
            let (handle, password) = (format!("person_{n}"), "correct horse battery");
            let input = json!({ "handle": handle, "email": format!("{handle}@example.org"), "password": password });
            let made = house.must("", SIGN_UP, input).await;
            let word = |value: &Value| value.as_str().expect("text").to_owned();
            house.people.push(Resident {
                id: word(&made["signUp"]["viewer"]["user"]["id"]),
                token: word(&made["signUp"]["session"]["accessToken"]),
            });
        }
        house
    }

    /// Two groups of everybody, with a first message each.
    pub async fn rooms(&self) -> Vec<Room> {
        let mut rooms = Vec::new();
        let (owner, others) = self.people.split_first().expect("people");
        let members: Vec<_> = others.iter().map(|person| person.id.as_str()).collect();
        for title in ["one", "two"] {
            let input = json!({ "kind": "GROUP", "memberIds": members, "title": title });
            let made = self.must(&owner.token, START, input).await;
            let id = &made["startConversation"]["conversation"]["id"];
            let id = id.as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
            let input = json!({ "conversationId": id, "body": "begin" });
            let sent = self.must(&owner.token, wire::SEND, input).await;
            let begin = &sent["sendMessage"]["messageEdge"]["cursor"];
            let begin = begin
                .as_str()
                .unwrap_or_else(|| panic!("{sent}"))
                .to_owned();
            rooms.push(Room { id, begin });
        }
        rooms
    }

    async fn must(&self, token: &str, document: &str, input: Value) -> Value {
        let variables = json!({ "input": input });
        let answer = wire::post(self.address(0), token, document, &variables).await;
        let answer = answer.expect("an answer");
        assert!(answer["errors"].is_null(), "{answer}");
        answer["data"].clone()
    }

    pub fn person(&self, n: usize) -> Resident {
        self.people[n].clone()
    }

    /// Where one of the two servers listens now.
    pub fn address(&self, n: usize) -> SocketAddr {
        held(&self.addresses)[n % 2]
    }

    /// Kills a server at once, and starts it again.
    pub async fn kill(&self, n: usize) {
        let url = held(&self.cluster).url.clone();
        let (key, dir) = (self.key.clone(), self.dir.path().to_owned());
        // Dropped, it is killed.
        drop(held(&self.servers[n]).take());
        let again = tokio::task::spawn_blocking(move || server(&url, &key, &dir));
        let again = again.await.expect("a server");
        held(&self.addresses)[n] = again.address;
        *held(&self.servers[n]) = Some(again);
    }

    /// Sends a server a signal.
    pub fn signal(&self, n: usize, signal: &str) {
        held(&self.servers[n])
            .as_ref()
            .expect("a server")
            .signal(signal);
    }

    /// Restarts the database without a goodbye to anybody.
    pub fn restart_database(&self) {
        tokio::task::block_in_place(|| {
            let mut cluster = held(&self.cluster);
            writeln!(cluster.orders.as_mut().expect("a shell"), "restart").expect("an order");
            assert_eq!(cluster.line(), "restarted");
        });
    }
}

/// A server on the cluster. What it says of restarts is no news.
fn server(url: &str, key: &str, dir: &Path) -> Server {
    let environment = [
        ("DATABASE_URL", url),
        ("ROOKERY_SIGNING_KEY", key),
        ("RUST_LOG", "off"),
    ];
    Server::start_in(dir, &["--migrate", "--limits", "off"], &environment)
}
