//! The figures that Prometheus is shown.

use std::process::Stdio;

use serde_json::json;
use tempfile::TempDir;

use crate::process::{
    server::Server,
    wire::{get, post},
};

/// A server that shows its figures.
pub(super) fn observed(dir: &TempDir) -> (Server, std::net::SocketAddr) {
    let settings = [("ROOKERY_OPS_LISTEN", "127.0.0.1:0")];
    let server = Server::start_in(dir.path(), &["--demo"], &settings);
    let line = server
        .greeting
        .lines()
        .find(|line| line.starts_with("Operators"));
    let address = line.and_then(|line| line.split("://").nth(1)?.split('/').next());
    let address = address.expect("an address").parse().expect("an address");
    (server, address)
}

#[test]
fn what_is_counted_is_told_with_its_meaning() {
    let dir = TempDir::new().unwrap();
    let (server, ops) = observed(&dir);
    post(
        server.address,
        None,
        "{ explore { nodes { id } } }",
        json!({}),
    );
    post(server.address, None, "{ nonsense }", json!({}));
    let page = get(ops, "/metrics");
    for line in [
        r#"rookery_graphql_operations_total{type="query",code="OK"} 1"#,
        r#"rookery_graphql_operations_total{type="query",code="GRAPHQL_VALIDATION_FAILED"} 1"#,
        r#"rookery_graphql_operation_duration_seconds_count{type="query"} 2"#,
        r#"rookery_graphql_operation_statements_bucket{type="query",le="1"} 2"#,
        r#"rookery_degraded{part="kafka"} 0"#,
        r#"rookery_db_connections_limit{pool="read"} 8"#,
        r#"rookery_lane_limit{lane="read"} 16"#,
        "rookery_db_deadlocks_total 0",
        "rookery_subscriptions_active 0",
        "# TYPE process_resident_memory_bytes gauge",
    ] {
        assert!(page.text.contains(line), "{line} in {}", page.text);
    }
    assert_eq!(
        get(ops, "/readyz").text,
        r#"{"status":"ready","degraded":[]}"#
    );
    assert_eq!(get(ops, "/livez").text, "alive\n");
}

#[test]
fn promtool_finds_nothing_wrong_with_them() {
    use std::{io::Write, process::Command};
    let dir = TempDir::new().unwrap();
    let (server, ops) = observed(&dir);
    post(
        server.address,
        None,
        "{ explore { nodes { id } } }",
        json!({}),
    );
    let page = get(ops, "/metrics").text;
    let tool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut tool = match tool {
        Ok(tool) => tool,
        Err(error) if std::env::var("CI").as_deref() == Ok("true") => panic!("promtool: {error}"),
        Err(_) => return eprintln!("NOT TESTED: there is no promtool (Debian: prometheus)"),
    };
    let mut input = tool.stdin.take().unwrap();
    let body = page.split_once("# ").map_or("", |(_, rest)| rest);
    input.write_all(format!("# {body}").as_bytes()).unwrap();
    drop(input);
    let done = tool.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success() && said.is_empty(), "{said}");
}
