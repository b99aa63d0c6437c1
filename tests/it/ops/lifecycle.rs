//! How a server ends, as whoever starts and stops services sees it.

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::process::{
    server::Server,
    wire::{get, post},
};

fn serve(dir: &TempDir, settings: &[(&str, &str)]) -> Server {
    Server::start_in(dir.path(), &[], settings)
}

#[test]
fn a_server_says_that_it_stops_before_it_refuses_anybody() {
    let dir = TempDir::new().unwrap();
    let server = serve(&dir, &[("ROOKERY_SHUTDOWN_NOTICE_MS", "2000")]);
    assert_eq!(get(server.address, "/readyz").status, 200);
    server.signal("-TERM");
    let begun = Instant::now();
    let mut said = get(server.address, "/readyz");
    while said.status == 200 && begun.elapsed() < Duration::from_secs(1) {
        said = get(server.address, "/readyz");
    }
    assert_eq!(
        (said.status, &said.body["status"]),
        (503, &json!("stopping"))
    );
    let answer = post(server.address, None, "{ __typename }", json!({}));
    assert_eq!(answer.body["data"]["__typename"], "Query");
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
    assert_eq!(get(server.address, "/livez").status, 200);
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let dir = TempDir::new().unwrap();
    let server = serve(&dir, &[("ROOKERY_SHUTDOWN_NOTICE_MS", "600000")]);
    server.signal("-TERM");
    while get(server.address, "/readyz").status == 200 {}
    server.signal("-TERM");
    assert_eq!(server.ended(), Some(1));
}

#[test]
fn it_ends_when_its_time_is_over_whatever_is_open() {
    let dir = TempDir::new().unwrap();
    let settings = [
        ("ROOKERY_SHUTDOWN_NOTICE_MS", "600000"),
        ("ROOKERY_STOP_MS", "300"),
    ];
    let server = serve(&dir, &settings);
    server.signal("-TERM");
    assert_eq!(server.ended(), Some(1));
}

#[test]
fn ctrl_c_waits_for_nobody_to_notice() {
    let dir = TempDir::new().unwrap();
    let server = serve(&dir, &[("ROOKERY_SHUTDOWN_NOTICE_MS", "600000")]);
    server.signal("-INT");
    assert_eq!(server.ended(), Some(0));
}
