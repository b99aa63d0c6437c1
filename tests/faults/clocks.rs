//! Two servers on one database whose clocks do not agree.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    load::{asks::POST, http::Client, town::Town},
    stage::{
        cluster::Cluster,
        instance::{Instance, new_key},
        is_here,
        trial::Trial,
    },
};

const PATIENCE: Duration = Duration::from_secs(60);
const FEED: &str =
    "{ viewer { homeFeed(first: 50) { nodes { id } } } explore(first: 50) { nodes { id } } }";
const WRITTEN: &str = "mutation($input: CreatePostInput!) { createPost(input: $input) { \
    postEdge { node { id createdAt } } userErrors { code message } } }";

/// libfaketime, of Debian's package of that name.
fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let files = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    files.into_iter().find(|file| file.exists())
}

/// An instance whose wall clock is wrong by some seconds. Its monotonic clock is right.
fn skewed(url: &str, key: &str, library: &Path, seconds: i64) -> Instance {
    let wrong = format!("{seconds:+}s");
    let settings = [
        ("LD_PRELOAD", library.to_str().expect("UTF-8")),
        ("FAKETIME", &wrong),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
    ];
    Instance::on_postgres(url, key, &settings)
}

/// How far the clock of that server is from ours, by what it writes.
async fn skew(instance: &Instance, token: &str) -> i64 {
    let input = json!({ "input": { "body": "What time is it?" } });
    let answer = Client::new(instance.address)
        .ask(token, WRITTEN, &input)
        .await;
    let answer = answer.expect("an answer").body;
    let at = answer["data"]["createPost"]["postEdge"]["node"]["createdAt"].as_str();
    let at: jiff::Timestamp = at
        .unwrap_or_else(|| panic!("{answer}"))
        .parse()
        .expect("a time");
    let now = std::time::UNIX_EPOCH.elapsed().expect("a time").as_secs();
    at.as_second() - i64::try_from(now).expect("a time")
}

async fn feeds(instance: &Instance, token: &str) -> Value {
    let answer = Client::new(instance.address)
        .ask(token, FEED, &json!({}))
        .await;
    answer.expect("an answer").body["data"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_whose_clocks_are_two_minutes_apart_agree_on_everything_else() {
    let library = library();
    if !is_here("libfaketime", library.is_some()) {
        return;
    }
    let library = library.expect("it is here");
    let cluster = tokio::task::block_in_place(Cluster::start);
    let key = new_key();
    let right = Instance::on_postgres(&cluster.url, &key, &[]);
    for seconds in [120, -120] {
        let wrong = skewed(&cluster.url, &key, &library, seconds);
        // Sessions begun at one are good at the other.
        let town = Town::found(wrong.address, 2).await;
        let here = skew(&right, &town.people[0].token).await;
        assert!((-10..=10).contains(&here), "{here}");
        let there = skew(&wrong, &town.people[0].token).await - seconds;
        assert!(
            (-10..=10).contains(&there),
            "faketime does not reach it: {there}"
        );

        let trial = Trial::begin(&[right.address, wrong.address], 4, None).await;
        trial.goes_on(40, PATIENCE).await;
        let people = trial.town.clone();
        let told = trial.judge(right.address).await;
        let others: Vec<_> = told.others().collect();
        assert!(others.is_empty(), "{others:?}");
        // Leases go by the database's time: all work is done, whoever does it.
        right.is_followed(PATIENCE).await;
        for consumer in right.events()["consumers"].as_array().expect("consumers") {
            assert_eq!(consumer["parked"], 0, "{consumer}");
        }
        for person in &people.people[..2] {
            let (one, other) = (
                feeds(&right, &person.token).await,
                feeds(&wrong, &person.token).await,
            );
            assert!(
                one["explore"]["nodes"]
                    .as_array()
                    .is_some_and(|all| all.len() > 5),
                "{one}"
            );
            assert_eq!(one, other, "everybody reads in one order");
        }
        let input = json!({ "input": { "body": "Still here." } });
        let written = Client::new(wrong.address)
            .ask(&people.people[0].token, POST, &input)
            .await;
        assert_eq!(written.expect("an answer").code(), "");
    }
}
