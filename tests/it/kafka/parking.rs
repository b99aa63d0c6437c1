//! Events that Kafka refuses for good.

use std::time::Duration;

use rookery::activity::{parking, positions};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    facts::{Noted, Unheard},
    on_both,
    stage::{Broker, NAME, Stage, new_id},
};

/// More than a producer takes (1 MB).
const TOO_MUCH: usize = 1_200_000;

fn noted(thingid: Uuid, number: u32, size: usize) -> Noted {
    Noted {
        thingid,
        number,
        ballast: "x".repeat(size),
    }
}

/// The numbers of what arrived for `thing`, in order.
async fn numbers(stage: &Stage, thing: Uuid) -> Vec<i64> {
    let received = stage.received().await;
    let own = received.iter().filter(|m| m.key == thing.to_string());
    own.map(super::stage::Received::number).collect()
}

async fn what_is_refused_is_parked_with_its_successors_and_nothing_else_waits(broker: Broker) {
    let stage = Stage::set(broker).await;
    let (bad, good) = (new_id(), new_id());
    let mut events = vec![noted(bad, 0, 10), noted(bad, 1, TOO_MUCH)];
    events.extend((2..5).map(|n| noted(bad, n, 10)));
    events.extend((0..50).map(|n| noted(good, n, 10)));
    stage.record(&events).await;
    let relay = stage.start(Duration::from_secs(10));
    stage.drained().await;
    assert_eq!(stage.parked().await, 4);
    assert_eq!(numbers(&stage, bad).await, [0]);
    assert_eq!(numbers(&stage, good).await, (0..50).collect::<Vec<_>>());
    // It is still refused: all stay in the parking.
    parking::retry(stage.db(), NAME).await.unwrap();
    until_asked_for(&stage).await;
    assert_eq!(stage.parked().await, 4);
    assert_eq!(numbers(&stage, bad).await, [0]);
    // Somebody made it smaller: they go in order.
    let smaller = "UPDATE activity_parked SET payload = replace(payload, 'xxxxxxxxxx', '')";
    stage.app.sql(smaller).await;
    parking::retry(stage.db(), NAME).await.unwrap();
    until_asked_for(&stage).await;
    assert_eq!(stage.parked().await, 0);
    assert_eq!(numbers(&stage, bad).await, [0, 1, 2, 3, 4]);
    // What follows is no longer held up.
    stage.record(&[noted(bad, 5, 10)]).await;
    stage.drained().await;
    assert_eq!(numbers(&stage, bad).await, [0, 1, 2, 3, 4, 5]);
    relay.stop().await;
}
on_both!(what_is_refused_is_parked_with_its_successors_and_nothing_else_waits);

/// Waits until nothing in the parking is to be tried.
async fn until_asked_for(stage: &Stage) {
    let begun = std::time::Instant::now();
    while !parking::due(stage.db(), NAME).await.unwrap().is_empty() {
        assert!(begun.elapsed() < super::stage::PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn large_events_keep_their_place(broker: Broker) {
    let stage = Stage::set(broker).await;
    let thing = new_id();
    let sizes = [10, 20_000, 10, 17_000, 40_000, 10, 15_000, 10];
    let events = (0..).zip(sizes).map(|(n, size)| noted(thing, n, size));
    stage.record(&events.collect::<Vec<_>>()).await;
    let relay = stage.start(Duration::from_secs(10));
    stage.drained().await;
    relay.stop().await;
    assert_eq!(numbers(&stage, thing).await, (0..8).collect::<Vec<_>>());
    stage.check().await;
}
on_both!(large_events_keep_their_place);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kind_that_is_unknown_holds_its_shard_and_no_other() {
    let stage = Stage::set(Broker::mock()).await;
    let strange = new_id();
    let shard = rookery::activity::shard_of(strange);
    // One of sixty-four stands in the same shard, and would wait with it.
    let elsewhere = |id: &Uuid| rookery::activity::shard_of(*id) != shard;
    let usual = std::iter::repeat_with(new_id).find(elsewhere).unwrap();
    let unheard = Unheard { thingid: strange };
    stage.record(&[noted(strange, 0, 10)]).await;
    stage.record(&[unheard]).await;
    stage.record(&[noted(strange, 1, 10)]).await;
    let relay = stage.start(Duration::from_secs(10));
    let begun = std::time::Instant::now();
    while numbers(&stage, strange).await != [0] {
        assert!(begun.elapsed() < super::stage::PATIENCE);
    }
    stage.record(&[noted(usual, 0, 10)]).await;
    while numbers(&stage, usual).await != [0] {
        assert!(begun.elapsed() < super::stage::PATIENCE);
    }
    let positions = positions::of(stage.db().background(), NAME).await.unwrap();
    let held = positions.iter().find(|held| held.shard == shard).unwrap();
    assert_eq!(held.position, 1);
    assert_eq!(stage.parked().await, 0);
    // The shard is there for whoever knows more.
    while holder(&stage, shard).await.is_some() {
        assert!(begun.elapsed() < super::stage::PATIENCE);
    }
    relay.stop().await;
}

/// The worker that holds a shard.
async fn holder(stage: &Stage, shard: i32) -> Option<Uuid> {
    let db = stage.db();
    let sql =
        format!("SELECT worker FROM activity_consumer WHERE shard = {shard} AND name = '{NAME}'");
    let statement = sea_orm::Statement::from_string(db.backend(), sql);
    let row = db.background().query_one_raw(statement).await.unwrap();
    row.unwrap().try_get("", "worker").unwrap()
}
