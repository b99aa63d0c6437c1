//! What `status` and `rookery events status` say.

use std::time::Duration;

use rookery::{
    activity::{
        parking,
        positions::{self, Move, Start},
        status::{Following, bytes, parked, status},
    },
    platform::db::{Lane, Place},
};
use serde_json::Value;
use uuid::Uuid;

use super::stream::{LIFE, command, some_life};
use crate::support::TestApp;

const NAME: &str = "follower";

async fn follower(app: &TestApp) -> Following {
    let status = status(&app.platform().db).await.unwrap();
    let mut named = status.consumers.into_iter().filter(|c| c.name == NAME);
    named.next().unwrap()
}

/// Handles the first event that waits in any shard. Says where it was.
async fn handle_one(app: &TestApp, worker: Uuid) -> Place {
    let db = &app.platform().db;
    let held = positions::claim(db, NAME, worker, 64).await.unwrap();
    let heads = rookery::activity::heads::read(db.background())
        .await
        .unwrap();
    let (held, _) = held
        .into_iter()
        .zip(heads)
        .find(|(held, head)| head.position > held.position)
        .unwrap();
    let place = Place {
        shard: held.shard,
        position: held.position + 1,
    };
    let moves = [Move {
        held,
        to: place.position,
    }];
    db.write_txn(Lane::Background, |txn| async move {
        positions::advance(&txn, NAME, &moves).await?;
        parking::park(&txn, NAME, place, "it does not fit", 10).await
    })
    .await
    .unwrap();
    place
}

#[tokio::test]
async fn a_consumer_is_shown_with_what_waits_for_it_and_who_works_for_it() {
    let app = TestApp::start().await;
    let db = &app.platform().db;
    some_life(&app).await;
    positions::register(db, NAME, Start::Oldest).await.unwrap();
    let seen = follower(&app).await;
    assert_eq!(seen.behind, LIFE as i64);
    assert!(seen.lag_seconds > 0.0, "{seen:?}");
    assert_eq!((seen.parked, seen.due, seen.unheld), (0, 0, 64));
    assert!(seen.workers.is_empty() && seen.stuck.is_empty(), "{seen:?}");

    let worker = Uuid::from_u128(1);
    let life = Duration::from_secs(60);
    positions::beat(db, NAME, (worker, "here"), life)
        .await
        .unwrap();
    let place = handle_one(&app, worker).await;
    let seen = follower(&app).await;
    assert_eq!(seen.behind, LIFE as i64 - 1);
    assert_eq!((seen.parked, seen.due, seen.unheld), (1, 0, 0));
    assert_eq!(seen.workers.len(), 1);
    assert_eq!(
        (seen.workers[0].host.as_str(), seen.workers[0].shards),
        ("here", 64)
    );
    let aside = parked(db, Some(NAME)).await.unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!(
        (aside[0].shard, aside[0].position),
        (place.shard, place.position)
    );
    assert_eq!(aside[0].reason, "it does not fit");
    assert!(parked(db, Some("another")).await.unwrap().is_empty());
    parking::retry(db, NAME).await.unwrap();
    assert_eq!(follower(&app).await.due, 1);

    // Nothing has moved for two minutes though there was something to do.
    app.sql("UPDATE activity_consumer SET moved_at = moved_at - 120000000")
        .await;
    let stuck = follower(&app).await.stuck;
    let waiting = stuck.iter().map(|stuck| stuck.kind.as_str());
    assert!(
        !stuck.is_empty() && waiting.clone().all(|kind| kind.ends_with(".v1")),
        "{stuck:?}"
    );
    positions::leave(db, NAME, worker).await.unwrap();
    assert_eq!(follower(&app).await.unheld, 64);
}

#[tokio::test]
async fn the_log_is_shown_with_its_size_and_its_rate() {
    let app = TestApp::start().await;
    let db = &app.platform().db;
    let empty = status(db).await.unwrap().log;
    assert_eq!((empty.recorded, empty.kept, empty.oldest_at), (0, 0, None));
    some_life(&app).await;
    let log = status(db).await.unwrap().log;
    assert_eq!((log.recorded, log.kept), (LIFE as i64, LIFE as i64));
    assert_eq!(log.oldest_at, Some(app.platform().now().0));
    assert!(bytes(db).await.unwrap() > 0);
    // The clock of this app stands still in the past: nothing is of the last ten minutes.
    assert!(log.per_minute.abs() < 0.001, "{log:?}");
    app.sql("UPDATE activity SET recorded_at = recorded_at + 1000000000000000")
        .await;
    let log = status(db).await.unwrap().log;
    assert!(
        (log.per_minute - LIFE as f64 / 10.0).abs() < 0.001,
        "{log:?}"
    );
}

#[tokio::test]
async fn the_command_shows_it_to_people_and_to_programs() {
    let app = TestApp::start().await;
    some_life(&app).await;
    app.sql("DELETE FROM activity_consumer").await;
    let nobody = command(&app, &["events", "status"]).await;
    assert!(
        nobody.stdout.contains("Nobody has followed the log yet"),
        "{nobody:?}"
    );

    positions::register(&app.platform().db, NAME, Start::Oldest)
        .await
        .unwrap();
    handle_one(&app, Uuid::from_u128(1)).await;
    let ended = command(&app, &["events", "status"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for words in [
        "CONSUMER",
        "follower",
        "nobody works for it",
        "1 parked",
        "10 events ever, 10 kept",
        "oldest kept: 2026-05-01T12:00:00Z",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    app.sql("UPDATE activity SET kind = 'post.sung.v9'").await;
    app.sql("UPDATE activity_consumer SET moved_at = moved_at - 120000000")
        .await;
    let ended = command(&app, &["events", "status"]).await;
    let words = "waits for a newer program: nothing here knows post.sung.v9";
    assert!(ended.stdout.contains(words), "{}", ended.stdout);

    let ended = command(&app, &["events", "status", "--json"]).await;
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(json["consumers"][0]["behind"], LIFE - 1);
    assert_eq!(json["log"]["kept"], LIFE);
    assert!(json["bytes"].as_i64().unwrap() > 0);
}
