//! Who may move a position.

use std::{collections::BTreeSet, time::Duration};

use rookery::{
    activity::{
        SHARDS,
        positions::{self, Move},
    },
    platform::db::Lane,
};
use uuid::Uuid;

use super::facts::{commit, noted, runner, with_notebook};
use crate::support::TestApp;

const NAME: &str = "notebook";
const LONG: Duration = Duration::from_secs(60);

async fn claim(app: &TestApp, worker: u128, limit: u64) -> Vec<positions::Held> {
    let db = &app.platform().db;
    positions::claim(db, NAME, Uuid::from_u128(worker), limit)
        .await
        .unwrap()
}

async fn beat(app: &TestApp, worker: u128, life: Duration) -> u64 {
    let who = (Uuid::from_u128(worker), "test");
    positions::beat(&app.platform().db, NAME, who, life)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_living_worker_keeps_its_shards_and_a_silent_one_loses_them() {
    let (app, _) = with_notebook().await;
    assert_eq!(beat(&app, 1, LONG).await, 1);
    let first = claim(&app, 1, 40).await;
    assert_eq!(first.len(), 40);
    assert_eq!(beat(&app, 2, LONG).await, 2);
    let second = claim(&app, 2, 100).await;
    assert_eq!(second.len(), 24);
    assert_eq!(claim(&app, 2, 100).await, []);
    assert_eq!(beat(&app, 1, Duration::ZERO).await, 1);
    let taken = claim(&app, 2, 100).await;
    let shards = |held: &[positions::Held]| held.iter().map(|h| h.shard).collect::<BTreeSet<_>>();
    assert_eq!(shards(&taken), shards(&first));
    assert_eq!(
        shards(&second).len() + taken.len(),
        SHARDS.unsigned_abs() as usize
    );
    assert!(
        taken
            .iter()
            .zip(&first)
            .all(|(now, was)| now.fence == was.fence + 1)
    );
}

#[tokio::test]
async fn a_worker_that_was_only_asleep_moves_nothing() {
    let (app, _) = with_notebook().await;
    let asleep = claim(&app, 1, 1).await[0];
    let taken = claim(&app, 2, 64).await;
    assert!(taken.iter().any(|held| held.shard == asleep.shard));
    let db = &app.platform().db;
    let move_to = |held, to| {
        let step = [Move { held, to }];
        db.write_txn(Lane::Background, move |txn| async move {
            positions::advance(&txn, NAME, &step).await
        })
    };
    let refused = move_to(asleep, 5).await.unwrap_err();
    assert!(positions::is_stale(&refused));
    let holder = taken.into_iter().find(|held| held.shard == asleep.shard);
    move_to(holder.unwrap(), 5).await.unwrap();
}

#[tokio::test]
async fn of_several_moves_none_is_made_where_one_is_not_allowed() {
    let (app, _) = with_notebook().await;
    let held = claim(&app, 1, 2).await;
    let mut wrong = held[1];
    wrong.fence += 1;
    let steps = [
        Move {
            held: held[0],
            to: 9,
        },
        Move { held: wrong, to: 9 },
    ];
    let db = &app.platform().db;
    let done = db.write_txn(Lane::Background, |txn| async move {
        positions::advance(&txn, NAME, &steps).await
    });
    assert!(positions::is_stale(&done.await.unwrap_err()));
    let all = positions::of(db.background(), NAME).await.unwrap();
    assert!(all.iter().all(|held| held.position == 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL"]
async fn workers_that_come_and_go_share_the_work_and_nothing_takes_effect_twice() {
    let (app, notebook) = with_notebook().await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut workers = Vec::new();
    for _ in 0..4 {
        let (runner, _) = runner(&app, &notebook);
        let runner = runner.with_lease(Duration::from_millis(300));
        workers.push(tokio::spawn(runner.run(stopped.clone())));
    }
    for n in 0..400 {
        commit(&app, u128::try_from(n % 50).unwrap(), 1, n).await;
        if n % 40 == 0 {
            positions::take_away(&app.platform().db, NAME)
                .await
                .unwrap();
        }
    }
    let patience = tokio::time::Instant::now() + Duration::from_secs(60);
    while noted(&app).await.len() < 400 {
        assert!(
            tokio::time::Instant::now() < patience,
            "the log was not followed to its end"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    let all = noted(&app).await;
    let places: BTreeSet<_> = all.iter().map(|(place, _)| *place).collect();
    assert_eq!((all.len(), places.len()), (400, 400));
}
