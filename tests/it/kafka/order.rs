//! Order, with several relays that take shards from each other.

use std::time::Duration;

use rookery::activity::positions;
use uuid::Uuid;

use super::{
    on_both,
    stage::{Broker, NAME, Stage, new_id},
};

async fn four_relays_that_steal_from_each_other_keep_order(broker: Broker) {
    let stage = Stage::set(broker).await;
    let things: Vec<Uuid> = (0..40).map(|_| new_id()).collect();
    let lease = Duration::from_millis(600);
    let mut relays: Vec<_> = (0..4).map(|_| stage.start(lease)).collect();
    for round in 0..12 {
        stage.scribble(&things, 120).await;
        match round % 3 {
            0 => positions::take_away(stage.db(), NAME).await.unwrap(),
            1 => {
                let victim = relays.remove(fastrand::usize(..relays.len()));
                victim.kill().await;
                relays.push(stage.start(lease));
            }
            _ => {
                let leaving = relays.remove(0);
                leaving.stop().await;
                relays.push(stage.start(lease));
            }
        }
    }
    stage.drained().await;
    for relay in relays {
        relay.stop().await;
    }
    stage.check().await;
}
on_both!(four_relays_that_steal_from_each_other_keep_order);

/// Two workers believe that the same shards are theirs, as after a long pause of one of them.
async fn a_relay_that_was_asleep_moves_nothing_and_reorders_nothing(broker: Broker) {
    use rookery::activity::{Desk, Runner};
    let stage = Stage::set(broker).await;
    let things: Vec<Uuid> = (0..5).map(|_| new_id()).collect();
    let runner = |relay| Runner::new(stage.db().clone(), stage.heads.clone(), relay, "test");
    let (sleeper, other) = (runner(stage.relay()), runner(stage.relay()));
    let (mut asleep, mut awake) = (Desk::default(), Desk::default());
    stage.scribble(&things, 50).await;
    sleeper.settle(&mut asleep).await.unwrap();
    for _ in 0..5 {
        stage.scribble(&things, 50).await;
        positions::take_away(stage.db(), NAME).await.unwrap();
        // The sleeper still holds its desk: it sends what the other one sends too.
        let (one, two) = tokio::join!(sleeper.settle(&mut asleep), other.settle(&mut awake));
        one.unwrap();
        two.unwrap();
    }
    for _ in 0..3 {
        sleeper.settle(&mut asleep).await.unwrap();
        other.settle(&mut awake).await.unwrap();
    }
    stage.drained().await;
    stage.check().await;
}
on_both!(a_relay_that_was_asleep_moves_nothing_and_reorders_nothing);

async fn an_end_in_order_leaves_nothing_to_repeat(broker: Broker) {
    let stage = Stage::set(broker).await;
    let things: Vec<Uuid> = (0..20).map(|_| new_id()).collect();
    for _ in 0..3 {
        let relay = stage.start(Duration::from_secs(10));
        stage.scribble(&things, 200).await;
        relay.stop().await;
    }
    let relay = stage.start(Duration::from_secs(10));
    stage.drained().await;
    relay.stop().await;
    stage.check().await;
    let received = stage.received().await;
    assert_eq!(received.len(), stage.committed().await.len(), "repeated");
}
on_both!(an_end_in_order_leaves_nothing_to_repeat);
