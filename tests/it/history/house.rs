//! A PostgreSQL of its own that can be restarted, two servers on it, and the people who talk.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rookery::platform::tokens::Tokens;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::wire;
use crate::process::{cluster::Cluster, server::Server};

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
        tokio::task::block_in_place(|| held(&self.cluster).order("restart"));
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
