//! A server that is started, ended and started again, at one address and on one database.

use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey, pkcs8::spki::der::pem::LineEnding};
use serde_json::Value;
use tempfile::TempDir;

use super::{
    free_address,
    server::{Ended, Server, run},
    until,
};
use crate::load::http::Client;

/// One instance, ended when dropped.
pub struct Instance {
    pub address: SocketAddr,
    environment: Vec<(String, String)>,
    server: Option<Server>,
    folder: PathBuf,
    _dir: Option<TempDir>,
}

/// A key to sign with, for all instances of one system.
pub fn new_key() -> String {
    let seed: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..))
        .take(32)
        .collect();
    let seed = seed.try_into().expect("32 bytes");
    let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF);
    pem.expect("a key").to_string()
}

impl Instance {
    /// On an SQLite file in a folder of its own.
    pub fn on_sqlite(settings: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let mut instance = Self::in_folder(dir.path(), settings);
        instance._dir = Some(dir);
        instance
    }

    /// On an SQLite file in that folder, which stays.
    pub fn in_folder(folder: &Path, settings: &[(&str, &str)]) -> Self {
        Self::begin(folder.to_owned(), settings)
    }

    /// On PostgreSQL, with the key that all instances on it share.
    pub fn on_postgres(url: &str, key: &str, settings: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let of_postgres = [
            ("DATABASE_URL", url),
            ("ROOKERY_SIGNING_KEY", key),
            ("ROOKERY_MIGRATE", "true"),
        ];
        let settings = [&of_postgres, settings].concat();
        let mut instance = Self::begin(dir.path().to_owned(), &settings);
        instance._dir = Some(dir);
        instance
    }

    fn begin(folder: PathBuf, settings: &[(&str, &str)]) -> Self {
        let address = free_address();
        let (listen, data) = (
            address.to_string(),
            folder.to_str().expect("UTF-8").to_owned(),
        );
        let own = [
            ("ROOKERY_LISTEN", listen.as_str()),
            ("ROOKERY_OPS_LISTEN", "off"),
            ("ROOKERY_DATA_DIR", &data),
            ("ROOKERY_LIMITS", "off"),
            ("RUST_LOG", "warn"),
            ("ROOKERY_MAX_SOCKETS_PER_ADDRESS", "100000"),
        ];
        let all = own.iter().chain(settings);
        let mut instance = Self {
            address,
            environment: all
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            server: None,
            folder,
            _dir: None,
        };
        instance.start();
        instance
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        let pairs = self.environment.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// Starts it, and waits until it has said that it serves.
    pub fn start(&mut self) {
        let path = self.folder.join("server.log");
        let log = File::options().create(true).append(true).open(path);
        let log = log.expect("a file for the log");
        let server = tokio::task::block_in_place(|| Server::start_set(&self.environment(), log));
        assert_eq!(server.address, self.address);
        self.server = Some(server);
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    pub fn id(&self) -> u32 {
        self.server().id()
    }

    pub fn signal(&self, signal: &str) {
        self.server().signal(signal);
    }

    /// Kills it at once.
    pub fn kill(&mut self) {
        // Dropped, it is killed.
        tokio::task::block_in_place(|| drop(self.server.take()));
    }

    /// Asks it to stop, and waits for its end: its exit code, none where a signal ended it.
    pub fn terminate(&mut self) -> Option<i32> {
        let server = self.server.take().expect("it runs");
        tokio::task::block_in_place(|| server.terminate())
    }

    /// Runs a command beside it, with its settings.
    pub fn run(&self, args: &[&str]) -> Ended {
        tokio::task::block_in_place(|| run(args, &self.environment()))
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("server.log")).expect("a log")
    }

    /// What a probe sees of it: the status of /readyz, and what is degraded.
    pub async fn readiness(&self) -> (u16, Vec<String>) {
        let answer = Client::new(self.address).get("/readyz").await;
        let Ok(answer) = answer else {
            return (0, Vec::new());
        };
        let degraded = answer.body["degraded"].as_array().into_iter().flatten();
        let words = degraded.filter_map(Value::as_str).map(str::to_owned);
        (answer.status, words.collect())
    }

    /// Waits until /readyz answers so.
    pub async fn is_ready(&self, status: u16, patience: Duration) -> Duration {
        let what = format!("/readyz answers {status}");
        until(&what, patience, || async {
            self.readiness().await.0 == status
        })
        .await
    }

    /// The state of its log, as `rookery events status --json` tells.
    pub fn events(&self) -> Value {
        let ended = self.run(&["events", "status", "--json"]);
        serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"))
    }

    /// Waits until every consumer has followed the log to its end.
    pub async fn is_followed(&self, patience: Duration) {
        until("the log is followed", patience, || async {
            let consumers = self.events()["consumers"].clone();
            let consumers = consumers.as_array().expect("a list");
            !consumers.is_empty() && consumers.iter().all(|one| one["behind"] == 0)
        })
        .await;
    }
}
