//! A server that dies while it makes a picture ready.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    server::Server,
    wire::{self, Answer},
};
use crate::media::pictures::photo;

/// Where it dies: before anything is made, and between two forms of the picture.
const POINTS: [&str; 2] = ["making", "making-one"];

/// The dead keep their shards no longer than this.
const LEASE: (&str, &str) = ("ROOKERY_WORKER_LEASE_MS", "300");

pub fn call(server: &Server, token: &str, query: &str, input: Value) -> Value {
    let token = Some(token).filter(|token| !token.is_empty());
    let answer = wire::post(server.address, token, query, json!({ "input": input }));
    assert!(answer.body.get("errors").is_none(), "{answer:?}");
    answer.body["data"].clone()
}

pub fn word(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Sends bytes as an answer of `createUpload` says.
pub fn send(upload: &Value, bytes: &[u8]) -> Answer {
    let url = word(&upload["url"]);
    let rest = url.strip_prefix("http://").expect("the embedded store");
    let (address, target) = rest.split_at(rest.find('/').expect("a path"));
    let mut head = format!("PUT {target} HTTP/1.1\r\ncontent-length: {}", bytes.len());
    for header in upload["headers"].as_array().expect("headers") {
        let (name, value) = (word(&header["name"]), word(&header["value"]));
        head += &format!("\r\n{name}: {value}");
    }
    wire::exchange(address.parse().expect("an address"), &head, bytes)
}

/// Joins, uploads a picture, and says that it is there: the token and the picture.
pub fn upload(server: &Server) -> (String, String) {
    let join =
        "mutation($input: SignUpInput!) { signUp(input: $input) { session { accessToken } } }";
    let who = json!({ "handle": "ann", "email": "ann@example.org", "password": "correct horse" });
    let done = call(server, "", join, who);
    let token = word(&done["signUp"]["session"]["accessToken"]);
    let announce = "mutation($input: CreateUploadInput!) { createUpload(input: $input) { upload { \
                    media { id } url headers { name value } } } }";
    let bytes = photo(320, 240);
    let what = json!({ "purpose": "POST", "contentType": "image/jpeg", "byteSize": bytes.len() });
    let upload = call(server, &token, announce, what)["createUpload"]["upload"].clone();
    assert_eq!(send(&upload, &bytes).status, 200);
    let id = word(&upload["media"]["id"]);
    let complete = "mutation($input: CompleteUploadInput!) { completeUpload(input: $input) { \
                    media { status } } }";
    let done = call(server, &token, complete, json!({ "mediaId": id }));
    assert_eq!(done["completeUpload"]["media"]["status"], "PROCESSING");
    (token, id)
}

/// The names of all objects below a folder.
fn objects(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        match entry.path().is_dir() {
            true => found.extend(objects(&entry.path())),
            false => found.push(entry.file_name().to_string_lossy().into_owned()),
        }
    }
    found.retain(|name| !name.starts_with('.'));
    found.sort();
    found
}

#[test]
fn a_picture_whose_maker_has_died_is_made_ready_by_the_next_one() {
    for point in POINTS {
        let dir = TempDir::new().expect("a temporary folder");
        let points = format!("{point}=return");
        let dying = Server::start_in(dir.path(), &[], &[("FAILPOINTS", &points), LEASE]);
        let (token, id) = upload(&dying);
        dying.dies();
        let server = Server::start_in(dir.path(), &[], &[LEASE]);
        let look = "query($input: ID!) { node(id: $input) { ... on Media { status url } } }";
        let begun = Instant::now();
        loop {
            let seen = call(&server, &token, look, json!(id))["node"].clone();
            if seen["status"] == "READY" {
                break;
            }
            assert_eq!(seen["status"], "PROCESSING", "{point}");
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{point}: it is not taken up"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let forms = ["large.webp", "original.jpg", "small.webp", "thumbnail.webp"];
        let begun = Instant::now();
        while objects(&dir.path().join("objects")) != forms {
            let left = objects(&dir.path().join("objects"));
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{point}: {left:?}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
