//! What a server keeps in its data folder, and how it begins and ends.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;
use tempfile::TempDir;

use super::{
    server::{Server, run_in},
    wire::{get, post},
};

#[test]
fn a_second_server_on_the_same_data_folder_is_refused_until_the_first_has_ended() {
    let dir = TempDir::new().unwrap();
    let first = Server::start_in(dir.path(), &[], &[]);
    let second = run_in(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    let says =
        "rookery: another rookery serves this data folder; stop it, or choose another --data-dir\n";
    assert_eq!(second.stderr, says);
    assert_eq!(first.terminate(), Some(0));
    let mut third = Server::start_in(dir.path(), &[], &[]);
    third.still_answers("the first has ended");
}

#[test]
fn a_taken_port_is_said_in_plain_words() {
    let server = Server::start(&[]);
    let dir = TempDir::new().unwrap();
    let address = server.address.to_string();
    let second = run_in(dir.path(), &["serve", "--listen", &address]);
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(
        second
            .stderr
            .contains(&format!("cannot listen on {address}")),
        "{second:?}"
    );
    assert!(second.stderr.contains("--listen"), "{second:?}");
}

#[test]
fn sigterm_ends_a_server_cleanly_and_leaves_its_data() {
    let dir = TempDir::new().unwrap();
    let server = Server::start_in(dir.path(), &[], &[]);
    let sign_up = "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } userErrors { code } } }";
    let input =
        json!({ "handle": "ann", "email": "ann@example.org", "password": "correct horse battery" });
    let answer = post(server.address, None, sign_up, json!({ "input": input }));
    let token = answer.body["data"]["signUp"]["session"]["accessToken"].clone();
    let token = token.as_str().unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(server.terminate(), Some(0));

    // The person is still there, and the key too: tokens of the first server are good at the second.
    let server = Server::start_in(dir.path(), &[], &[]);
    let who = "{ viewer { user { handle } } }";
    let answer = post(server.address, Some(token), who, json!({}));
    assert_eq!(
        answer.body["data"]["viewer"]["user"]["handle"], "ann",
        "{answer:?}"
    );
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn the_signing_key_is_made_once_and_only_its_owner_may_read_it() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("signing-key.pem");
    let mut keys = Vec::new();
    for _ in 0..2 {
        let server = Server::start_in(dir.path(), &[], &[]);
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{mode:o}");
        keys.push(fs::read_to_string(&file).unwrap());
        drop(server);
    }
    assert!(keys[0].starts_with("-----BEGIN PRIVATE KEY-----"));
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn a_file_that_is_no_key_is_refused() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("signing-key.pem"), "nothing\n").unwrap();
    let ended = run_in(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("not an Ed25519 key"), "{ended:?}");
    assert!(!ended.stderr.contains("nothing"), "{ended:?}");
}

#[test]
fn the_health_checks_and_the_schema_are_served() {
    let server = Server::start(&[]);
    assert_eq!(get(server.address, "/livez").text, "alive\n");
    assert_eq!(
        get(server.address, "/readyz").text,
        r#"{"status":"ready","degraded":[]}"#
    );
    let committed = include_str!("../../../schema.graphql");
    assert_eq!(get(server.address, "/schema.graphql").text, committed);
}
