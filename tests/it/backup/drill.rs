//! People write while a copy is taken; what is restored from it is served and proven.

use std::{
    fs,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rookery::{
    app,
    platform::{config::DatabaseConfig, db::Db, tokens::Tokens},
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::{
    process::{
        server::{Ended, Server, run},
        wire,
    },
    support::TestDatabase,
};

const PATIENCE: Duration = Duration::from_secs(120);

/// The dead keep their shards no longer than this.
const LEASE: (&str, &str) = ("ROOKERY_WORKER_LEASE_MS", "500");

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { \
    session { accessToken } userErrors { code } } }";
const WRITE: &str = "mutation($input: CreatePostInput!) { createPost(input: $input) { \
    postEdge { node { id } } userErrors { code } } }";
const VIEWER: &str = "{ viewer { user { handle postCount } } }";

/// Where somebody writes, and what was acknowledged.
pub struct Town {
    server: Server,
    pub database: TestDatabase,
    key: String,
    token: String,
    acknowledged: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

/// What the binary is told of a database.
fn environment<'a>(config: &'a DatabaseConfig, key: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut environment = vec![LEASE, ("ROOKERY_LIMITS", "off")];
    if let Some(url) = &config.database_url {
        environment.push(("DATABASE_URL", url.expose()));
        environment.push(("ROOKERY_SIGNING_KEY", key));
    }
    environment
}

/// Runs a command on a database.
pub fn command(config: &DatabaseConfig, args: &[&str]) -> Ended {
    let dir = config.data_dir.to_str().unwrap();
    let mut environment = environment(config, "");
    environment.retain(|(name, _)| *name == "DATABASE_URL");
    environment.push(("ROOKERY_DATA_DIR", dir));
    run(args, &environment)
}

fn ask(server: &Server, token: &str, query: &str, input: Value) -> Value {
    let token = Some(token).filter(|token| !token.is_empty());
    let answer = wire::post(server.address, token, query, json!({ "input": input }));
    assert_eq!(answer.body["errors"], Value::Null, "{answer:?}");
    answer.body["data"].clone()
}

fn wait(mut is_so: impl FnMut() -> bool, what: &str) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

impl Town {
    pub async fn found() -> Self {
        let (database, key) = (TestDatabase::create().await, Tokens::new_pem().unwrap());
        let config = &database.config;
        let server = Server::start_in(&config.data_dir, &[], &environment(config, &key));
        let who = json!({ "handle": "ann", "email": "ann@example.org",
                          "password": "correct horse battery" });
        let joined = ask(&server, "", SIGN_UP, who);
        let token = joined["signUp"]["session"]["accessToken"].as_str();
        Self {
            token: token.unwrap_or_else(|| panic!("{joined}")).to_owned(),
            database,
            server,
            key,
            acknowledged: Mutex::default(),
            is_over: AtomicBool::new(false),
        }
    }

    fn so_far(&self) -> Vec<String> {
        let said = self.acknowledged.lock();
        said.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self, body: &str) {
        let input = json!({ "body": body, "idempotencyKey": body });
        let wrote = ask(&self.server, &self.token, WRITE, input);
        assert!(wrote["createPost"]["postEdge"].is_object(), "{wrote}");
        self.acknowledged.lock().unwrap().push(body.to_owned());
    }

    /// Has a copy taken while four write, and ends the town. Returns what was acknowledged before
    /// the copy began.
    pub fn copied(self, copy: impl FnOnce(&DatabaseConfig)) -> (Self, Vec<String>) {
        let before = thread::scope(|scope| {
            for writer in 0..4 {
                let town = &self;
                scope.spawn(move || {
                    for n in 0.. {
                        if town.is_over.load(Ordering::SeqCst) {
                            break;
                        }
                        town.write(&format!("{writer} writes {n}"));
                    }
                });
            }
            // Also where the copy fails, so that the writers end.
            let _over = Over(&self.is_over);
            wait(|| self.so_far().len() >= 40, "nobody writes");
            let before = self.so_far();
            copy(&self.database.config);
            let copied = self.so_far().len();
            wait(
                || self.so_far().len() > copied,
                "the copy has ended the writing",
            );
            before
        });
        (self, before)
    }

    /// Serves what was restored, and proves it: it holds what was acknowledged `before`.
    pub async fn proven(self, restored: &DatabaseConfig, before: &[String]) {
        let db = app::connect(restored, None).await.unwrap();
        let bodies = texts(&db, "SELECT body AS t FROM post").await;
        let lost: Vec<_> = before
            .iter()
            .filter(|body| !bodies.contains(body))
            .collect();
        assert_eq!(lost, Vec::<&String>::new(), "was acknowledged and is gone");
        let written = self.so_far();
        assert!(
            bodies.len() < written.len(),
            "something was written after it"
        );
        assert!(bodies.iter().all(|body| body.contains(" writes ")));
        assert_eq!(texts(&db, GAPS).await, Vec::<String>::new());
        let heads = texts(&db, SOURCES).await;
        assert_eq!(heads, ["/rookery/default"]);
        db.close().await;

        let mut environment = environment(restored, &self.key);
        environment.push(("ROOKERY_INSTANCE_GROUP", "restored"));
        let server = Server::start_in(&restored.data_dir, &[], &environment);
        // A token of before is good, and somebody who asked again gets what they made.
        let viewer = ask(&server, &self.token, VIEWER, json!({}));
        assert_eq!(viewer["viewer"]["user"]["handle"], "ann", "{viewer}");
        let again = json!({ "body": before[0], "idempotencyKey": before[0] });
        ask(&server, &self.token, WRITE, again);
        let lost = written.iter().find(|body| !bodies.contains(body)).unwrap();
        let anew = json!({ "body": lost, "idempotencyKey": lost });
        ask(&server, &self.token, WRITE, anew);
        wait(|| is_quiet(restored), "the log is not followed to its end");
        let viewer = ask(&server, &self.token, VIEWER, json!({}));
        let count = &viewer["viewer"]["user"]["postCount"];
        assert_eq!(*count, bodies.len() + 1, "{viewer}");
        assert_eq!(server.terminate(), Some(0));

        let ended = command(restored, &["admin", "recount"]);
        let right = "Every counter agrees with the tables.";
        assert!(ended.stdout.contains(right), "{ended:?}");
        let db = app::connect(restored, None).await.unwrap();
        assert_eq!(texts(&db, GAPS).await, Vec::<String>::new());
        let sources = texts(&db, SOURCES).await;
        assert_eq!(sources, ["/rookery/default", "/rookery/restored"]);
        db.close().await;
    }

    /// Its data folder.
    pub fn dir(&self) -> &Path {
        &self.database.config.data_dir
    }

    /// Copies a file of its data folder into another.
    pub fn take_along(&self, file: &str, to: &DatabaseConfig) {
        fs::copy(self.dir().join(file), to.data_dir.join(file)).unwrap();
    }
}

/// Ends the writing when it is dropped.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Shards whose positions are not dense up to their heads.
const GAPS: &str = "SELECT CAST(s.shard AS text) AS t FROM activity_shard s WHERE s.head <> \
    (SELECT COUNT(*) FROM activity a WHERE a.shard = s.shard AND a.position BETWEEN 1 AND s.head) \
    OR s.head <> (SELECT COUNT(*) FROM activity a WHERE a.shard = s.shard)";
const SOURCES: &str = "SELECT DISTINCT source AS t FROM activity ORDER BY 1";

async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(db.backend(), sql);
    let rows = db.background().query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "t").unwrap())
        .collect()
}

/// Whether every consumer has come to the end of the log.
fn is_quiet(config: &DatabaseConfig) -> bool {
    let ended = command(config, &["events", "status", "--json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let status: Value = serde_json::from_str(&ended.stdout).unwrap();
    let consumers = status["consumers"].as_array().unwrap();
    assert!(consumers.len() > 4, "{status:#}");
    consumers.iter().all(|consumer| consumer["behind"] == 0)
}
