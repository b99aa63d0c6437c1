//! Clients as people install them from npm, against the demo.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{process::server::Server, support::npm};

const PASSWORD: &str = "rookery by the sea";
const PATIENCE: Duration = Duration::from_secs(120);

/// The folder of the scripts, if npm is here.
pub fn scripts() -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let scripts = ["apollo.mjs", "chat.mjs", "oidc.mjs", "sse.mjs"];
    let folder = FOLDER.get_or_init(|| npm::installed("clients", &scripts));
    folder.clone()
}

/// Runs a script to its end; what it printed.
fn run(folder: &Path, args: &[&str]) -> Value {
    let mut child = Command::new("node")
        .args(args)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let done = child.wait_with_output().expect("its output");
    assert!(done.status.success(), "{args:?}: {done:?}");
    serde_json::from_slice(&done.stdout).expect("JSON")
}

fn sequences(value: &Value) -> Vec<i64> {
    let list = value.as_array().expect("a list").iter();
    list.map(|number| number.as_i64().expect("a number"))
        .collect()
}

#[test]
fn the_readmes_chat_outlives_its_tokens_without_a_gap() {
    let Some(folder) = scripts() else { return };
    let dir = TempDir::new().expect("a temporary folder");
    let short = [("ROOKERY_ACCESS_TOKEN_SECONDS", "2")];
    let server = Server::start_in(dir.path(), &["--demo"], &short);
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let endpoint = format!("http://{}/graphql", server.address);
    let told = run(&folder, &["chat.mjs", readme, &endpoint, PASSWORD, "40"]);
    assert_eq!(sequences(&told["shown"]), (2..42).collect::<Vec<_>>());
    // It connected anew for each token that had run out.
    assert!(told["connections"].as_i64() >= Some(3), "{told}");
}

#[test]
fn the_stock_client_for_sse_gets_each_message_once() {
    let Some(folder) = scripts() else { return };
    let server = Server::start(&["--demo"]);
    let endpoint = format!("http://{}/graphql", server.address);
    let told = run(&folder, &["sse.mjs", &endpoint, PASSWORD, "20"]);
    assert_eq!(sequences(&told["shown"]), (2..22).collect::<Vec<_>>());
}

#[test]
fn apollos_client_sends_a_document_once_and_calls_it_by_its_hash_from_then_on() {
    let Some(folder) = scripts() else { return };
    for (method, cache, requests) in [
        (
            "POST",
            "1000000",
            [
                "POST hash 400",
                "POST text 200",
                "POST hash 200",
                "POST hash 200",
            ]
            .as_slice(),
        ),
        (
            "GET",
            "1000000",
            &[
                "GET hash 400",
                "POST text 200",
                "GET hash 200",
                "GET hash 200",
            ],
        ),
        // Where nothing is kept it notices, and asks by hashes no more.
        (
            "POST",
            "0",
            &[
                "POST hash 400",
                "POST text 200",
                "POST text 200",
                "POST text 200",
            ],
        ),
    ] {
        let dir = TempDir::new().expect("a temporary folder");
        let kept = [("ROOKERY_DOCUMENT_CACHE_BYTES", cache)];
        let server = Server::start_in(dir.path(), &["--demo"], &kept);
        let endpoint = format!("http://{}/graphql", server.address);
        let told = run(&folder, &["apollo.mjs", &endpoint, method]);
        assert_eq!(
            told["requests"],
            serde_json::json!(requests),
            "{method} {cache}"
        );
        assert_eq!(
            told["shown"],
            serde_json::json!(["mara_lind", "mara_lind", null])
        );
    }
}
