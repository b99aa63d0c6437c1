//! What consumers derive does not depend on how they came to it.

use std::sync::Arc;

use fastrand::Rng;
use rookery::{
    activity::{
        Handler, Outcome, Run, positions, reading,
        rebuild::{self, Progress},
    },
    app,
    counters::recount,
    platform::db::Place,
};
use sea_orm::{ConnectionTrait, Statement};

use crate::{
    concurrency::{invariants, town::Town},
    support::{TestApp, number},
};

/// Everything that consumers derive, in a fixed order.
async fn derived(app: &TestApp) -> Vec<String> {
    let tables = [
        ("counter", "subject_id, kind, value", "value <> 0"),
        (
            "reaction_group",
            "subject_id, emoji, count, first_at",
            "count <> 0",
        ),
        ("comment", "id, score", "score <> 0"),
        (
            "post_hashtag",
            "hashtag_id, post_id, is_counted",
            "is_counted",
        ),
        ("trend_score", "subject_id, kind, score", "score > 0"),
        ("search_word", "kind, term, place, subject_id", "place > 0"),
        (
            "search_prefix",
            "kind, term, place, subject_id",
            "place >= 0",
        ),
    ];
    let db = app.platform().db.background();
    let mut rows = Vec::new();
    for (table, columns, condition) in tables {
        let sql = format!("SELECT {columns} FROM {table} WHERE {condition}");
        let statement = Statement::from_string(db.get_database_backend(), sql);
        for row in db.query_all_raw(statement).await.unwrap() {
            let column = |name: &&str| {
                let name = name.trim();
                let value = row
                    .try_get::<i64>("", name)
                    .map(|n| n.to_string())
                    .or_else(|_| row.try_get::<bool>("", name).map(|b| b.to_string()))
                    .or_else(|_| row.try_get::<uuid::Uuid>("", name).map(|id| id.to_string()));
                value.or_else(|_| row.try_get::<String>("", name)).unwrap()
            };
            let values: Vec<String> = columns.split(',').map(|name| column(&name)).collect();
            rows.push(format!("{table} {}", values.join(" ")));
        }
    }
    rows.sort();
    rows
}

/// A few events of a few shards, in any order of shards, and some of them twice.
async fn nibble(app: &TestApp, consumer: &Arc<dyn Handler>, dice: &mut Rng) {
    let db = app.platform().db.background();
    let mut held = positions::of(db, consumer.name()).await.unwrap();
    dice.shuffle(&mut held);
    for held in held.into_iter().take(dice.usize(1..40)) {
        let after = Place {
            shard: held.shard,
            position: held.position,
        };
        let limit = dice.u64(1..4);
        let interest = consumer.interest();
        let events = reading::run(db, after, interest, limit).await.unwrap();
        let Some(last) = events.last() else { continue };
        let end = last.position;
        let run = Run { held, events, end };
        let shard = held.shard;
        let first = consumer.handle(vec![run.clone()]).await;
        assert_eq!(first, [(shard, Outcome::Reached(end))]);
        if dice.bool() {
            assert_eq!(consumer.handle(vec![run]).await, [(shard, Outcome::Lost)]);
        }
    }
}

/// Tables whose rows are made from others, by who can make them anew.
const DERIVED: [(&str, &[&str]); 4] = [
    // These two are compared by what is read, in tests of their own.
    ("feed", &[]),
    ("notifications", &[]),
    ("trends", &["trend_score"]),
    ("search", &["search_word", "search_prefix"]),
];

/// Takes derived rows away, and has them made from the tables alone.
async fn rebuild_from_nothing(app: &TestApp) {
    let db = &app.platform().db;
    for rows in app::rebuilds(app.platform()) {
        let derived = DERIVED.iter().find(|(name, _)| *name == rows.name());
        let (_, tables) = derived.expect("all that can be rebuilt is compared");
        for table in *tables {
            app.sql(&format!("DELETE FROM {table}")).await;
        }
        rebuild::ask(db, rows.name()).await.unwrap();
        while rebuild::step(db, &*rows).await.unwrap() != Progress::Done {}
        assert_eq!(rebuild::step(db, &*rows).await.unwrap(), Progress::Idle);
    }
}

#[tokio::test]
async fn any_interleaving_any_repetition_and_a_rebuild_at_any_point_end_in_the_same_rows() {
    let (mut rebuilt, mut moved) = (0, 0);
    for seed in 0..6 {
        let app = TestApp::start_with(|config| config.limits.member_budget = u32::MAX).await;
        app.hold();
        let town = Town::found(&app).await;
        let consumers = app::consumers(app.platform());
        let db = &app.platform().db;
        let mut dice = Rng::with_seed(seed);
        for _ in 0..190 {
            app.advance(1);
            town.act(&mut dice).await;
            if dice.u8(0..6) == 0 {
                let one = dice.usize(0..consumers.len());
                nibble(&app, &consumers[one], &mut dice).await;
            }
            if dice.u8(0..60) == 0 {
                let wrong = recount::prove(db, &app::counters(), &app::truths()).await;
                // Marks are made by another consumer: one that lags is put right, and that is all.
                let wrong = wrong
                    .unwrap()
                    .into_iter()
                    .filter(|(what, _)| *what != "HASHTAGS");
                let wrong: Vec<_> = wrong.filter(|(_, n)| *n > 0).collect();
                assert!(
                    wrong.iter().all(|(what, _)| *what == "POSTS"),
                    "seed {seed}: {wrong:?}"
                );
                rebuilt += 1;
            }
        }
        app.settle().await;
        let ends = derived(&app).await;
        assert!(ends.len() > 20, "seed {seed}: {} rows", ends.len());
        invariants::hold(&app).await;
        assert_eq!(derived(&app).await, ends, "seed {seed}");
        rebuild_from_nothing(&app).await;
        assert_eq!(derived(&app).await, ends, "seed {seed}, from nothing");
        let privacy = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'user.profile_updated.v1'";
        moved += number(&app, privacy).await;
    }
    assert!(rebuilt > 3, "rebuilt {rebuilt} times");
    assert!(moved > 3, "{moved} profiles changed");
}
