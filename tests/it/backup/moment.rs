//! Back to a moment, with the settings and steps of docs/operations.md.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use rookery::{
    clock::{Clock, Timestamp},
    platform::tokens::Tokens,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{
    server::{Server, run},
    wire,
};

const DOCUMENT: &str = include_str!("../../../docs/operations.md");

/// A private cluster that archives, and takes orders by lines: `backup`, then a moment to go back to.
const CLUSTER: &str = r#"
. tests/services/packages.sh; . tests/services/postgres.sh
unset TEST_DATABASE_URL
postgres_start_local || exit 1
trap postgres_stop EXIT
port=${TEST_DATABASE_URL##*:}; port=${port%%/*}
conf=$postgres_dir/data/postgresql.conf
server() { as_postgres "$postgres_bin/pg_ctl" "$@" -D "$postgres_dir/data" -w -t 60 -s -l "$postgres_dir/server.log" -o "-p $port" >/dev/null; }
here() { sed "s#/backup#$postgres_dir/backup#g" <<<"$1"; }
as_postgres mkdir -p backup/wal backup/base
here "$ARCHIVE" >>"$conf"
server restart
echo "$TEST_DATABASE_URL"
read -r _
base=backup/base/2026-05-01
as_postgres "$postgres_bin/pg_basebackup" --host "$postgres_dir" --port "$port" --username rookery \
    --pgdata "$base" --checkpoint fast && as_postgres "$postgres_bin/pg_verifybackup" --quiet "$base" && echo saved
read -r moment
server stop -m fast
as_postgres mv data data.broken
as_postgres cp -a "$base" data
as_postgres sh -c 'cp -n data.broken/pg_wal/0* backup/wal/'
here "$RESTORE" | sed "s/2026-05-01 12:00:00+00/$moment/" >>"$conf"
as_postgres touch data/recovery.signal
server start
ask() { "$postgres_bin/psql" -h "$postgres_dir" -p "$port" -U rookery -d rookery -XAtqc "$1"; }
until [ "$(ask 'SELECT pg_get_wal_replay_pause_state()')" = paused ]; do sleep 0.1; done
ask 'SELECT pg_wal_replay_resume()' >/dev/null
until [ "$(ask 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.1; done
echo restored
read -r _
"#;

struct Cluster {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    fn start() -> Self {
        let mut shell = Command::new("bash")
            .args(["-c", CLUSTER])
            .env("ARCHIVE", block("archive_mode"))
            .env("RESTORE", block("restore_command"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let orders = shell.stdin.take();
        let answers = BufReader::new(shell.stdout.take().expect("a pipe"));
        Self {
            shell,
            orders,
            answers,
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    fn order(&mut self, order: &str) -> String {
        writeln!(self.orders.as_mut().expect("a shell"), "{order}").expect("an order");
        self.line()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input is the order to stop.
        drop(self.orders.take());
        let _ = self.shell.wait();
    }
}

/// The settings of the document that hold a word.
fn block(word: &str) -> String {
    let blocks = DOCUMENT.split("```").skip(1).step_by(2);
    let mut blocks = blocks.filter(|block| block.starts_with('\n') && block.contains(word));
    let block = blocks.next().expect("settings");
    let lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { \
    session { accessToken } userErrors { code } } }";
const WRITE: &str = "mutation($input: CreatePostInput!) { createPost(input: $input) { \
    postEdge { node { body } } userErrors { code } } }";
const READ: &str = "{ viewer { user { postCount posts(first: 10) { nodes { body } } } } }";

fn ask(server: &Server, token: &str, query: &str, input: Value) -> Value {
    let token = Some(token).filter(|token| !token.is_empty());
    let answer = wire::post(server.address, token, query, json!({ "input": input }));
    assert_eq!(answer.body["errors"], Value::Null, "{answer:?}");
    answer.body["data"].clone()
}

fn serve(dir: &Path, url: &str, key: &str, group: &str) -> Server {
    let environment = [
        ("DATABASE_URL", url),
        ("ROOKERY_SIGNING_KEY", key),
        ("ROOKERY_INSTANCE_GROUP", group),
        ("ROOKERY_WORKER_LEASE_MS", "500"),
        ("RUST_LOG", "error"),
    ];
    Server::start_in(dir, &["--migrate"], &environment)
}

/// A moment behind all that was acknowledged so far, and before all that comes.
fn moment() -> String {
    let Timestamp(at) = Clock::System.now();
    while Clock::System.now().0 < at + 20_000 {
        std::thread::yield_now();
    }
    let moment = Timestamp(at + 10_000).rfc3339();
    moment.replace('T', " ").replace('Z', "+00")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL's programs; tests/run runs it on PostgreSQL"]
async fn an_archive_leads_back_to_the_moment_before_a_mistake() {
    let (dir, key) = (TempDir::new().unwrap(), Tokens::new_pem().unwrap());
    let mut cluster = Cluster::start();
    let url = cluster.line();
    assert!(url.starts_with("postgres://"), "no cluster: {url}");
    let server = serve(dir.path(), &url, &key, "default");
    let who =
        json!({ "handle": "ann", "email": "ann@example.org", "password": "correct horse battery" });
    let joined = ask(&server, "", SIGN_UP, who);
    let token = joined["signUp"]["session"]["accessToken"].as_str().unwrap();
    let write = |server: &Server, body: &str| ask(server, token, WRITE, json!({ "body": body }));
    write(&server, "before the base backup");
    assert_eq!(cluster.order("backup"), "saved");
    write(&server, "in the archive alone");
    let moment = moment();
    write(&server, "the mistake");
    assert_eq!(server.terminate(), Some(0));

    assert_eq!(cluster.order(&moment), "restored");
    let server = serve(dir.path(), &url, &key, "restored");
    write(&server, "anew");
    let read = ask(&server, token, READ, json!({}));
    let bodies: Vec<_> = read["viewer"]["user"]["posts"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|post| post["body"].as_str().unwrap())
        .collect();
    assert_eq!(
        bodies,
        ["anew", "in the archive alone", "before the base backup"]
    );
    assert_eq!(server.terminate(), Some(0));
    let place = [
        ("DATABASE_URL", url.as_str()),
        ("ROOKERY_DATA_DIR", dir.path().to_str().unwrap()),
    ];
    let ended = run(&["admin", "recount"], &place);
    assert!(
        ended
            .stdout
            .contains("Every counter agrees with the tables."),
        "{ended:?}"
    );
}
