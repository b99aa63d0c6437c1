//! The broker inside the process.

use std::time::Duration;

use rookery::{
    activity::{Heads, Stream, runner::LEASE},
    platform::kafka::{Cluster, address_of},
};
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    facts,
    stage::{Broker, Stage, check, new_id},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_embedded_broker_is_filled_from_the_log_at_each_start() {
    let mut stage = Stage::set(Broker::mock()).await;
    let things: Vec<Uuid> = (0..10).map(|_| new_id()).collect();
    let folder = tempfile::TempDir::new().unwrap();
    for round in 1..=2 {
        stage.scribble(&things, 100).await;
        let stream = Stream::open(&stage.broker.config, folder.path(), false);
        let stream = stream.unwrap().expect("the embedded broker");
        let address = stream.embedded_address().unwrap();
        assert_eq!(address_of(folder.path()), Some(address.clone()));
        stage.broker.cluster = Cluster::embedded(&address);
        let (stop, stopped) = watch::channel(false);
        let (db, heads) = (stage.db().clone(), stage.heads.clone());
        let running = stream.run(db, heads, facts::kinds(), ("test", LEASE), stopped);
        let waiting = async {
            let begun = std::time::Instant::now();
            while stage.received().await.len() < 100 * round {
                assert!(begun.elapsed() < super::stage::PATIENCE);
            }
            check(&stage.committed().await, &stage.received().await);
            stop.send(true).unwrap();
        };
        tokio::join!(running, waiting);
        drop(stream);
        assert_eq!(address_of(folder.path()), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Kafka"]
async fn a_cluster_that_is_new_starts_at_the_oldest_event_that_is_kept_on_kafka() {
    let mut stage = Stage::set(Broker::kafka().await).await;
    let things: Vec<Uuid> = (0..10).map(|_| new_id()).collect();
    stage.scribble(&things, 60).await;
    // To another cluster all of it was sent before, and the oldest is no longer kept.
    let first = stage.start(Duration::from_secs(10));
    stage.drained().await;
    first.stop().await;
    stage
        .app
        .sql("DELETE FROM activity WHERE position <= 2")
        .await;
    let kept = stage.committed().await;
    stage.broker.config.kafka_topic_prefix = super::stage::config().kafka_topic_prefix;
    let stream = Stream::open(&stage.broker.config, std::path::Path::new("/nowhere"), true);
    let stream = stream.unwrap().unwrap();
    let (stop, stopped) = watch::channel(false);
    let running = stream.run(
        stage.db().clone(),
        stage.heads.clone(),
        facts::kinds(),
        ("test", LEASE),
        stopped,
    );
    let waiting = async {
        let begun = std::time::Instant::now();
        let topics = [stage.broker.config.topic("posts")];
        loop {
            assert!(begun.elapsed() < super::stage::PATIENCE);
            let received = stage.received_from(&topics).await;
            if received.len() >= kept.len() {
                let ids: std::collections::BTreeSet<_> = received.iter().map(|m| m.id()).collect();
                assert_eq!(ids, kept.keys().copied().collect());
                break;
            }
        }
        stop.send(true).unwrap();
    };
    tokio::join!(running, waiting);
}

#[tokio::test]
async fn a_cluster_that_is_away_keeps_nobody_from_starting_or_stopping() {
    let stage = Stage::set(Broker::mock()).await;
    let mut config = stage.broker.config.clone();
    // Nobody listens on the port for discarding.
    config.kafka_brokers = Some("127.0.0.1:9".to_owned());
    let stream = Stream::open(&config, std::path::Path::new("/nowhere"), true);
    let stream = stream.unwrap().unwrap();
    let (stop, stopped) = watch::channel(false);
    let run = stream.run(
        stage.db().clone(),
        Heads::default(),
        facts::kinds(),
        ("test", LEASE),
        stopped,
    );
    let stopping = async {
        stage.scribble(&[new_id()], 10).await;
        stop.send(true).unwrap();
    };
    let both = async { tokio::join!(run, stopping) };
    tokio::time::timeout(Duration::from_secs(5), both)
        .await
        .expect("an end at once");
}
