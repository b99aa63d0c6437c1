//! The producers of a relay, and new ones for those that broke.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rdkafka::error::KafkaResult;

use crate::platform::kafka::{Cluster, Producer, Style};

/// The line to a cluster.
pub(super) struct Line {
    pub(super) cluster: Cluster,
    bulk: Mutex<Option<Producer>>,
    single: Mutex<Option<Producer>>,
}

impl Line {
    pub(super) fn new(cluster: Cluster) -> Self {
        Self {
            cluster,
            bulk: Mutex::default(),
            single: Mutex::default(),
        }
    }

    fn place(&self, style: Style) -> MutexGuard<'_, Option<Producer>> {
        let place = match style {
            Style::InBulk => &self.bulk,
            Style::OneByOne => &self.single,
        };
        place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The producer of a style, made when it is first needed.
    pub(super) fn producer(&self, style: Style) -> KafkaResult<Producer> {
        let mut place = self.place(style);
        if let Some(producer) = place.as_ref().filter(|producer| !producer.is_broken()) {
            return Ok(producer.clone());
        }
        let made = self.cluster.producer(style)?;
        *place = Some(made.clone());
        Ok(made)
    }

    /// Gives broken producers up: what they held ends as a failure, and is sent again.
    pub(super) fn mend(&self) {
        for style in [Style::InBulk, Style::OneByOne] {
            let mut place = self.place(style);
            if place.as_ref().is_some_and(Producer::is_broken) {
                tracing::warn!("The Kafka producer is broken; the relay goes on with a new one.");
                metrics::counter!("rookery_kafka_producer_broken_total").increment(1);
                *place = None;
            }
        }
    }

    /// Waits until everything has arrived, at most `patience` for each producer.
    pub(super) async fn finish(&self, patience: Duration) {
        for style in [Style::InBulk, Style::OneByOne] {
            let producer = self.place(style).take();
            if let Some(producer) = producer {
                producer.flush(patience).await;
            }
        }
    }
}
