//! Servers that die over an act of staff: it has its entry in the audit log, or it did not happen.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rookery::platform::tokens::Tokens;
use serde_json::{Value, json};

use super::stage::{moderator, report};
use crate::support::{Caller, PASSWORD, TestApp, number, on_postgres};

/// Where a server may die; every transaction passes both.
const POINTS: [&str; 2] = ["before-commit", "after-commit"];
const PATIENCE: Duration = Duration::from_secs(60);

/// A server on the database of a test, ended by its own process id whatever happens.
struct Server {
    child: Child,
    /// None where it died before it said where it listens.
    address: Option<SocketAddr>,
}

impl Server {
    fn start(app: &TestApp, key: &str, points: &str) -> Self {
        let database = &app.config().database;
        let mut command = Command::new(env!("CARGO_BIN_EXE_rookery"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_clear()
            .env("RUST_LOG", "error")
            .env("ROOKERY_DATA_DIR", &database.data_dir)
            .env("ROOKERY_SIGNING_KEY", key)
            .env("ROOKERY_LIMITS", "off")
            .env("FAILPOINTS", points)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(Stdio::piped());
        if let Some(url) = &database.database_url {
            // Without consumers, whose transactions pass these points too.
            command.arg("--no-worker").env("DATABASE_URL", url.expose());
        }
        let mut child = command.spawn().expect("a child");
        let stdout = child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let at = lines.find(|line| line.contains("http://"));
        let address = at.and_then(|line| {
            let endpoint = line.split("http://").nth(1)?;
            Some(endpoint.split('/').next()?.parse().expect("an address"))
        });
        // Read on, or the child blocks once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Calls a mutation; nothing where the server died over it.
    fn call(&self, token: &str, field: &str, input: &Value, payload: &str) -> Option<Value> {
        let name = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
        let query = format!(
            "mutation($input: {name}!) {{ {field}(input: $input) {{ {payload} \
             userErrors {{ code }} }} }}"
        );
        let body = json!({ "query": query, "variables": { "input": input } }).to_string();
        let address = self.address?;
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let authorization = match token {
            "" => String::new(),
            token => format!("authorization: Bearer {token}\r\n"),
        };
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/json\r\n{authorization}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (_, json) = answer.split_once("\r\n\r\n")?;
        let answer: Value = serde_json::from_str(json).ok()?;
        Some(answer["data"][field].clone())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What staff does until the server dies; whether it did.
fn act_until_it_dies(server: &mut Server, token: &str, acts: &[(&'static str, Value)]) -> bool {
    for (field, input) in acts {
        if server.call(token, field, input, "").is_none() {
            return true;
        }
    }
    false
}

/// Each is zero where rows, log and audit log agree.
const DISAGREEMENTS: [&str; 5] = [
    "SELECT COUNT(*) AS n FROM post WHERE (hidden_at IS NOT NULL) <> (1 = \
     (SELECT COUNT(*) FROM audit_entry WHERE subject_id = post.id AND action = 'CONTENT_HIDDEN') - \
     (SELECT COUNT(*) FROM audit_entry WHERE subject_id = post.id AND action = 'CONTENT_RESTORED'))",
    "SELECT COUNT(*) AS n FROM person WHERE (suspended_until > 0) <> (1 = \
     (SELECT COUNT(*) FROM audit_entry WHERE subject_id = person.id AND action = 'USER_SUSPENDED') - \
     (SELECT COUNT(*) FROM audit_entry WHERE subject_id = person.id AND action = 'USER_UNSUSPENDED'))",
    "SELECT COUNT(*) AS n FROM report WHERE (resolved_at IS NOT NULL) <> (1 = \
     (SELECT COUNT(*) FROM audit_entry WHERE subject_id = report.id AND action = 'REPORT_RESOLVED'))",
    "SELECT ABS((SELECT COUNT(*) FROM activity WHERE kind = 'report.content_hidden.v1') - \
     (SELECT COUNT(*) FROM audit_entry WHERE action = 'CONTENT_HIDDEN')) AS n",
    "SELECT ABS((SELECT COUNT(*) FROM activity WHERE kind = 'report.resolved.v1') - \
     (SELECT COUNT(*) FROM audit_entry WHERE action = 'REPORT_RESOLVED')) AS n",
];

/// What one round does: hides and shows again, suspends and lifts, and decides about a report.
fn acts(posts: &[String], reports: &[String], ann: &Caller) -> Vec<(&'static str, Value)> {
    let mut acts = Vec::new();
    for (post, report) in posts.iter().zip(reports) {
        let thing = json!({ "subjectId": post, "reason": "r" });
        let person = json!({ "userId": ann.id, "reason": "r" });
        let decided = json!({ "reportId": report, "resolution": "CONTENT_HIDDEN" });
        acts.push(("hideContent", thing.clone()));
        acts.push(("suspendUser", person.clone()));
        acts.push(("restoreContent", thing));
        acts.push(("unsuspendUser", person));
        acts.push(("resolveReport", decided));
    }
    acts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_of_staff_over_which_the_server_dies_has_its_entry_or_did_not_happen() {
    let app = TestApp::start().await;
    app.hold();
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let staff = moderator(&app).await;
    let (mut posts, mut reports) = (Vec::new(), Vec::new());
    for n in 0..12 {
        let post = bob.post(&format!("{n}")).await;
        reports.push(report(&ann, &post).await);
        posts.push(post);
    }
    let key = Tokens::new_pem().unwrap();
    let token = {
        let server = Server::start(&app, &key, "");
        let login = json!({ "login": staff.handle, "password": PASSWORD });
        let done = server.call("", "signIn", &login, "session { accessToken }");
        let done = done.expect("an answer");
        done["session"]["accessToken"].as_str().unwrap().to_owned()
    };
    // On SQLite the consumers pass the points too.
    let (first, step) = if on_postgres() { (6, 2) } else { (24, 6) };
    let mut deaths = 0;
    for round in 0..10 {
        let points = format!("{}={}*off->return", POINTS[round % 2], first + round * step);
        let from = round % 3;
        let (posts, reports) = (posts[from..].to_vec(), reports[from..].to_vec());
        let (mut server, token) = (Server::start(&app, &key, &points), token.clone());
        let acts = acts(&posts, &reports, &ann);
        let died =
            tokio::task::spawn_blocking(move || act_until_it_dies(&mut server, &token, &acts));
        deaths += usize::from(died.await.unwrap());
        for sql in DISAGREEMENTS {
            assert_eq!(number(&app, sql).await, 0, "round {round}: {sql}");
        }
    }
    assert!(deaths >= 8, "only {deaths} servers died");
    let done = "SELECT COUNT(*) AS n FROM audit_entry";
    assert!(number(&app, done).await > 10, "hardly anything was done");
}
