//! Everything that is in the topics of one prefix.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

/// Reads each partition to its end.
pub fn read(brokers: &str, prefix: &str) -> Vec<Value> {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", brokers)
        .set("group.id", format!("{prefix}-reader"))
        .set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let metadata = consumer.fetch_metadata(None, PATIENCE).expect("metadata");
    let (mut wanted, mut ends) = (TopicPartitionList::new(), BTreeMap::new());
    for topic in metadata.topics() {
        for partition in topic.partitions() {
            let place = (topic.name().to_owned(), partition.id());
            if !place.0.starts_with(prefix) {
                continue;
            }
            let bounds = consumer.fetch_watermarks(&place.0, place.1, PATIENCE);
            let (low, high) = bounds.expect("offsets");
            if high > low {
                let added = wanted.add_partition_offset(&place.0, place.1, Offset::Offset(low));
                added.expect("a place");
                ends.insert(place, high);
            }
        }
    }
    consumer.assign(&wanted).expect("an assignment");
    let (begun, mut all) = (Instant::now(), Vec::new());
    while !ends.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "unread: {ends:?}");
        let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) else {
            continue;
        };
        let place = (message.topic().to_owned(), message.partition());
        if ends
            .get(&place)
            .is_some_and(|end| message.offset() + 1 >= *end)
        {
            ends.remove(&place);
        }
        // An event that goes with its person has a message without content after it.
        all.extend(
            message
                .payload()
                .map(|json| serde_json::from_slice::<Value>(json).expect("JSON")),
        );
    }
    all
}
