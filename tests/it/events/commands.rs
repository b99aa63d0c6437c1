//! `rookery events tail`, `replay` and `retry`, beside an app and a broker.

use std::collections::BTreeMap;

use rookery::{
    activity::{
        parking,
        positions::{self, Start},
    },
    platform::db::{Db, Lane, Place},
};
use serde_json::Value;
use tempfile::TempDir;

use super::{
    stream::{Broker, LIFE, command, some_life},
    support::validate,
};
use crate::{
    process::server::run_in,
    support::{TestApp, number},
};

/// The messages that a command has printed.
fn messages(stdout: &str) -> Vec<Value> {
    let message = |line| serde_json::from_str(line).unwrap();
    stdout.lines().map(message).collect()
}

fn ids(messages: &[Value]) -> Vec<&str> {
    let mut ids: Vec<_> = messages.iter().map(|m| m["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn what_happens_is_on_the_topics_and_is_as_the_schemas_say() {
    let app = TestApp::start().await;
    let mut broker = Broker::start(&app).await;
    some_life(&app).await;
    broker.send().await;
    let count = LIFE.to_string();
    let all = [
        "events", "tail", "--from", "earliest", "--json", "--count", &count,
    ];
    let ended = command(&app, &all).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let on_topics = messages(&ended.stdout);
    assert_eq!(on_topics.len(), LIFE);
    for message in &on_topics {
        assert_eq!(validate(message), Ok(()), "{message:#}");
    }

    // The log tells the same, in the order of time, and goes on until it is quiet.
    let log = [
        "events",
        "tail",
        "--from",
        "2026-05-01",
        "--json",
        "--until-quiet",
        "3",
    ];
    let ended = command(&app, &log).await;
    let in_log = messages(&ended.stdout);
    assert_eq!(ids(&in_log), ids(&on_topics));
    let by_id = |messages: Vec<Value>| -> BTreeMap<String, Value> {
        messages
            .into_iter()
            .map(|m| (m["id"].to_string(), m))
            .collect()
    };
    assert_eq!(by_id(in_log), by_id(on_topics));

    let posts = [
        "events",
        "tail",
        "--from",
        "earliest",
        "--topic",
        "posts",
        "--type",
        "post.published",
    ];
    let ended = command(&app, &[&posts[..], &["--count", "2"]].concat()).await;
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), 2);
    for line in lines {
        let is_whole =
            line.starts_with("2026-05-01T12:00:00Z") && line.contains("post.published.v1");
        assert!(is_whole && line.contains(r#""level":"PUBLIC""#), "{line}");
    }
}

#[tokio::test]
async fn tail_tells_from_the_log_what_is_chosen_and_nothing_before_its_time() {
    let app = TestApp::start().await;
    let [ann, _] = some_life(&app).await;
    app.advance(600);
    ann.post("later").await;
    let tail = |from: &'static str, more: &'static [&'static str]| {
        let app = app.clone();
        async move {
            let args = [
                &[
                    "events",
                    "tail",
                    "--json",
                    "--until-quiet",
                    "2",
                    "--from",
                    from,
                ],
                more,
            ];
            messages(&command(&app, &args.concat()).await.stdout)
        }
    };
    assert_eq!(tail("2026-05-01", &[]).await.len(), LIFE + 1);
    let later = tail("2026-05-01T12:05:00Z", &[]).await;
    assert_eq!(later.len(), 1);
    assert_eq!(later[0]["time"], "2026-05-01T12:10:00Z");
    assert_eq!(
        tail("2026-05-01", &["--topic", "rookery.comments"])
            .await
            .len(),
        1
    );
    assert_eq!(
        tail("2026-05-01", &["--type", "user.registered"])
            .await
            .len(),
        2
    );
    assert_eq!(
        tail("2026-05-01", &["--type", "rookery.post"]).await.len(),
        3
    );
    assert_eq!(tail("2026-05-01", &["--type", "pos"]).await.len(), 0);
}

#[tokio::test]
async fn replay_sends_what_was_sent_again_with_the_same_ids_and_nothing_before_the_relay() {
    let app = TestApp::start().await;
    let mut broker = Broker::start(&app).await;
    let [ann, _] = some_life(&app).await;
    broker.send().await;
    // Not sent yet: that is the relay's to do, so that the first time is in order.
    ann.post("not yet").await;
    let positions = "SELECT CAST(SUM(position) AS BIGINT) AS n FROM activity_consumer WHERE name = 'kafka:embedded'";
    let before = number(&app, positions).await;

    let ended = command(&app, &["events", "replay", "--since", "2026-05-01"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("10 events were sent again"),
        "{}",
        ended.stdout
    );
    assert_eq!(
        number(&app, positions).await,
        before,
        "nobody's position moves"
    );

    let twice = (2 * LIFE).to_string();
    let tail = [
        "events", "tail", "--from", "earliest", "--json", "--count", &twice,
    ];
    let ended = command(&app, &tail).await;
    let sent = messages(&ended.stdout);
    let mut copies: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for message in &sent {
        copies
            .entry(message["id"].to_string())
            .or_default()
            .push(message);
    }
    assert_eq!(copies.len(), LIFE);
    for copies in copies.values() {
        assert_eq!(copies.len(), 2);
        assert_eq!(copies[0], copies[1]);
    }

    let ended = command(
        &app,
        &[
            "events",
            "replay",
            "--since",
            "2026-05-01",
            "--topic",
            "comments",
        ],
    )
    .await;
    assert!(
        ended.stdout.contains("1 events were sent again"),
        "{}",
        ended.stdout
    );
    let ended = command(&app, &["events", "replay", "--since", "2026-05-02"]).await;
    assert!(
        ended.stdout.contains("0 events were sent again"),
        "{}",
        ended.stdout
    );
}

/// A worker that lets one parked event through, and fails at every other.
async fn lets_one_through(db: &Db, name: &'static str, passes: Place) {
    loop {
        for event in parking::due(db, name).await.unwrap() {
            let (shard, position) = (event.shard, event.position);
            let place = Place { shard, position };
            if place == passes {
                let pass = |txn| async move { parking::take_out(&txn, name, place).await };
                db.write_txn(Lane::Background, pass).await.unwrap();
            } else {
                let why = "still too large";
                let failed = parking::failed_again(db, name, place, event.aggregate, why);
                failed.await.unwrap();
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn retry_says_what_became_of_parked_events() {
    const NAME: &str = "follower";
    let app = TestApp::start().await;
    let db = app.platform().db.clone();
    some_life(&app).await;
    positions::register(&db, NAME, Start::Now).await.unwrap();
    let ended = command(&app, &["events", "retry"]).await;
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "Nothing is parked.\n")
    );
    let ended = command(&app, &["events", "retry", "--consumer", "nobody"]).await;
    assert!(
        ended
            .stderr
            .contains("no consumer is called nobody; there are:"),
        "{ended:?}"
    );

    let heads = rookery::activity::heads::read(db.background())
        .await
        .unwrap();
    let places: Vec<Place> = heads.into_iter().filter(|head| head.position > 0).collect();
    let (first, second) = (places[0], places[1]);
    db.write_txn(Lane::Background, |txn| async move {
        parking::park(&txn, NAME, first, "it does not fit", 10).await?;
        parking::park(&txn, NAME, second, "it does not fit", 10).await
    })
    .await
    .unwrap();

    let ended = command(&app, &["events", "retry", "--wait", "1"]).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("no worker takes the 2 that are left"),
        "{ended:?}"
    );

    app.sql("UPDATE activity_parked SET is_due = FALSE").await;
    let worker = lets_one_through(&db, NAME, first);
    let asked = command(&app, &["events", "retry", "--consumer", NAME]);
    let ended = tokio::select! { ended = asked => ended, () = worker => unreachable!() };
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for words in [
        "went through",
        "failed again: still too large",
        "1 went through, 1 did not.",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
}

#[tokio::test]
async fn what_is_missing_is_said_with_what_to_do() {
    let dir = TempDir::new().unwrap();
    for (args, words) in [
        (
            &["events", "status"][..],
            "start `rookery serve` first, or name its folder with --data-dir",
        ),
        (
            &["events", "tail"],
            "no broker is known: set KAFKA_BROKERS, or start `rookery serve`",
        ),
        (
            &["events", "tail", "--topic", "songs"],
            "there is no topic songs; there are: users, posts",
        ),
        (
            &["events", "tail", "--from", "noon"],
            "write a time as 2026-05-01T12:00:00Z",
        ),
        (&["events", "replay", "--since", "1h"], "no broker is known"),
    ] {
        let ended = run_in(dir.path(), args);
        assert_ne!(ended.code, Some(0), "{args:?}");
        assert!(ended.stderr.contains(words), "{args:?}: {}", ended.stderr);
    }
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        0,
        "nothing is made"
    );

    let app = TestApp::start().await;
    let _broker = Broker::start(&app).await;
    positions::forget(&app.platform().db, super::stream::RELAY)
        .await
        .unwrap();
    let ended = command(&app, &["events", "replay", "--since", "1h"]).await;
    assert!(
        ended
            .stderr
            .contains("nothing was ever sent to this cluster"),
        "{ended:?}"
    );
}
