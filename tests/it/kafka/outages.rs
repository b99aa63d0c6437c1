//! A broker that goes away and comes back.

use std::time::Duration;

use uuid::Uuid;

use super::stage::{Broker, Stage, new_id};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Kafka"]
async fn a_broker_of_ours_that_stops_under_writes_gets_everything_once_it_is_back_on_kafka() {
    let stage = Stage::set(Broker::kafka_alone().await).await;
    stage.broker.control("start").await;
    let things: Vec<Uuid> = (0..30).map(|_| new_id()).collect();
    let relays = [
        stage.start(Duration::from_secs(2)),
        stage.start(Duration::from_secs(2)),
    ];
    stage.scribble(&things, 300).await;
    let (_, ()) = tokio::join!(stage.broker.control("stop"), stage.scribble(&things, 300));
    stage.scribble(&things, 300).await;
    let (_, ()) = tokio::join!(stage.broker.control("start"), stage.scribble(&things, 300));
    stage.broker.control("pause").await;
    stage.scribble(&things, 300).await;
    stage.broker.control("resume").await;
    stage.drained().await;
    for relay in relays {
        relay.stop().await;
    }
    stage.check().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mock_that_is_down_gets_everything_once_it_is_back() {
    let stage = Stage::set(Broker::mock()).await;
    let things: Vec<Uuid> = (0..30).map(|_| new_id()).collect();
    let relay = stage.start(Duration::from_secs(2));
    stage.scribble(&things, 100).await;
    let mock = || stage.broker.embedded.as_ref().unwrap().mock().unwrap();
    mock().broker_down(-1).unwrap();
    stage.scribble(&things, 300).await;
    mock().broker_up(-1).unwrap();
    stage.drained().await;
    relay.stop().await;
    stage.check().await;
}
