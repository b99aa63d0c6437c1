//! The dashboard, over a real Prometheus: every question of it has an answer.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::figures::observed;
use crate::process::{
    uploads::upload,
    wire::{get, percent, post},
};

const PATIENCE: Duration = Duration::from_secs(180);

/// Prometheus, ended by its own process id whatever happens.
struct Prometheus {
    child: Child,
    address: SocketAddr,
    _dir: TempDir,
}

impl Prometheus {
    /// Asks `ops` every second; nothing where the program is not installed.
    fn start(ops: SocketAddr) -> Option<Self> {
        let dir = TempDir::new().unwrap();
        let config = format!(
            "global: {{ scrape_interval: 1s }}\nscrape_configs:\n  - job_name: rookery\n    \
             static_configs: [{{ targets: ['{ops}'] }}]\n"
        );
        let file = dir.path().join("prometheus.yml");
        fs::write(&file, config).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                dir.path().join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match child {
            Ok(child) => Some(Self {
                child,
                address,
                _dir: dir,
            }),
            Err(error) if std::env::var("CI").as_deref() == Ok("true") => {
                panic!("prometheus: {error}")
            }
            Err(_) => {
                eprintln!("NOT TESTED: there is no prometheus (Debian: prometheus)");
                None
            }
        }
    }

    /// How many series answer; none before it listens.
    fn ask(&self, question: &str) -> usize {
        if std::net::TcpStream::connect(self.address).is_err() {
            return 0;
        }
        let answer = get(
            self.address,
            &format!("/api/v1/query?query={}", percent(question)),
        );
        assert_ne!(answer.status, 400, "{question}: {}", answer.text);
        let series = answer.body["data"]["result"].as_array();
        series.map_or(0, Vec::len)
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The questions of every panel, with the dashboard's variables filled in.
fn questions(panels: &Value, found: &mut Vec<String>) {
    for panel in panels.as_array().into_iter().flatten() {
        questions(&panel["panels"], found);
        for target in panel["targets"].as_array().into_iter().flatten() {
            let question = target["expr"].as_str().expect("a question");
            let filled = question
                .replace("$job", ".*")
                .replace("$instance", ".*")
                .replace("$__rate_interval", "1m");
            found.push(filled);
        }
    }
}

#[test]
fn every_question_of_the_dashboard_has_an_answer() {
    let dir = TempDir::new().unwrap();
    let (server, ops) = observed(&dir);
    let Some(prometheus) = Prometheus::start(ops) else {
        return;
    };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/grafana/dashboards/rookery.json");
    let dashboard: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let mut open = Vec::new();
    questions(&dashboard["panels"], &mut open);
    assert!(open.len() > 40, "{}", open.len());
    // Nothing is told of jobs before there was one.
    upload(&server);
    let begun = Instant::now();
    while !open.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "no answer to {open:#?}");
        let query = "{ explore(first: 3) { nodes { author { handle } } } }";
        post(server.address, None, query, json!({}));
        std::thread::sleep(Duration::from_secs(1));
        open.retain(|question| prometheus.ask(question) == 0);
    }
}
