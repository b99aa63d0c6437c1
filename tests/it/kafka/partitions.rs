//! Where a key goes.

use rookery::platform::kafka::{Flight, Message, Style};

use super::{
    on_both,
    stage::{Broker, Stage},
};

/// Keys with their partition of twelve, as the Java client computes it:
/// `Utils.toPositive(Utils.murmur2(key)) % 12`.
const TABLE: &str = include_str!("partitions.txt");

async fn keys_go_where_the_java_client_sends_them(mut broker: Broker) {
    if broker.embedded.is_some() {
        let topics = ["again.posts".to_owned()];
        let embedded = rookery::platform::kafka::Embedded::start(&topics, 12).unwrap();
        broker.cluster = embedded.cluster().unwrap();
        broker.embedded = Some(embedded);
        broker.config.kafka_topic_prefix = "again".to_owned();
    }
    broker.config.kafka_partitions = 12;
    let stage = Stage::set(broker).await;
    let topic = stage.broker.config.topic("posts");
    let table: Vec<(&str, i32)> = TABLE
        .lines()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(key, partition)| (key, partition.parse().unwrap()))
        .collect();
    assert_eq!(table.len(), 100);
    let flight = Flight::new(table.len());
    let producer = stage.broker.cluster.producer(Style::InBulk).unwrap();
    for (key, _) in &table {
        let message = Message {
            topic: &topic,
            key,
            payload: "{}",
            headers: &[("rookery_type", "none")],
        };
        producer.send(&flight, &message).unwrap();
    }
    flight.over().await;
    assert_eq!(flight.arrived(), 100, "{:?}", flight.failure(0));
    let mut placed: Vec<(String, i32)> = stage
        .received_from(&[topic])
        .await
        .into_iter()
        .map(|message| (message.key, message.partition))
        .collect();
    placed.sort();
    let mut expected: Vec<(String, i32)> = table
        .iter()
        .map(|(key, at)| ((*key).to_owned(), *at))
        .collect();
    expected.sort();
    assert_eq!(placed, expected);
}
on_both!(keys_go_where_the_java_client_sends_them);
