//! Sends messages in order.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rdkafka::{
    ClientConfig, ClientContext,
    config::RDKafkaLogLevel,
    error::{KafkaError, KafkaResult, RDKafkaErrorCode},
    message::{DeliveryResult, Header, OwnedHeaders},
    producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer},
};

use super::{
    cluster,
    flight::{Failure, Flight, Seat},
};

/// How a producer sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Many messages at a time. When one is refused for good, the producer is broken, so that no
    /// later one of the same key arrives without it.
    InBulk,
    /// At once, for a caller who waits for each message of a key before the next.
    OneByOne,
}

/// A message.
pub struct Message<'a> {
    pub topic: &'a str,
    pub key: &'a str,
    pub payload: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
}

/// Too much is on its way already: wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// Sends messages: those of one partition in the order in which they are handed over, each until
/// the cluster has taken it; Java's partitioner. Cheap to clone. When the last clone is dropped,
/// what is still queued is given up and ends as a failure.
#[derive(Clone)]
pub struct Producer(Option<Arc<ThreadedProducer<Ends>>>);

impl Drop for Producer {
    fn drop(&mut self) {
        // Its end blocks for some hundred milliseconds.
        if let Some(last) = self.0.take().and_then(Arc::into_inner) {
            std::thread::spawn(move || drop(last));
        }
    }
}

impl Producer {
    /// With `is_idempotent`, order is kept by sequence numbers, which the cluster must compare:
    /// else the acknowledgement of a later request would be taken for that of an earlier one too.
    pub(super) fn new(
        mut config: ClientConfig,
        style: Style,
        is_idempotent: bool,
    ) -> KafkaResult<Self> {
        let is_gapless = is_idempotent && style == Style::InBulk;
        let (linger, batch) = match style {
            Style::InBulk => ("5", "10000"),
            // One that is refused takes no other with it.
            Style::OneByOne => ("0", "1"),
        };
        config
            .set("enable.idempotence", is_idempotent.to_string())
            .set("enable.gapless.guarantee", is_gapless.to_string())
            .set("linger.ms", linger)
            .set("batch.num.messages", batch)
            .set("acks", "all")
            .set("partitioner", "murmur2_random")
            .set("compression.type", "lz4")
            // Never given up: a message that timed out would be a gap before its successors.
            .set("message.timeout.ms", "0")
            .set("queue.buffering.max.messages", "200000")
            .set("queue.buffering.max.kbytes", "262144")
            // Far below what brokers take, so that a batch is refused for one of its messages only.
            .set("batch.size", "131072");
        let made = config.create_with_context(Ends::default())?;
        Ok(Self(Some(Arc::new(made))))
    }

    /// Takes a message over, into `flight`; one that is refused at once ends as a failure there.
    /// Never waits.
    ///
    /// # Errors
    /// [`Full`]: it was not taken over.
    pub fn send(&self, flight: &Arc<Flight>, message: &Message<'_>) -> Result<(), Full> {
        let Some(producer) = &self.0 else {
            return Err(Full);
        };
        let mut headers = OwnedHeaders::new_with_capacity(message.headers.len());
        for (key, value) in message.headers {
            let value = Some(*value);
            headers = headers.insert(Header { key, value });
        }
        let seat = Box::new(flight.seat());
        let record = BaseRecord::with_opaque_to(message.topic, seat)
            .key(message.key)
            .payload(message.payload)
            .headers(headers);
        let Err((error, record)) = producer.send(record) else {
            return Ok(());
        };
        let seat = record.delivery_opaque;
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull) {
            seat.flight.unseat();
            return Err(Full);
        }
        seat.flight.end(seat.number, Err(Failure::of(&error)));
        Ok(())
    }

    /// Whether it will send nothing any more: make another one.
    pub fn is_broken(&self) -> bool {
        let Some(producer) = &self.0 else {
            return true;
        };
        producer.context().is_broken.load(Ordering::Relaxed)
            || producer.client().fatal_error().is_some()
    }

    /// Waits until what is on its way has arrived, at most `patience`. Whether it has.
    pub async fn flush(&self, patience: Duration) -> bool {
        let Some(producer) = self.0.clone() else {
            return true;
        };
        let flushing = tokio::task::spawn_blocking(move || producer.flush(patience).is_ok());
        flushing.await.unwrap_or(false)
    }

    /// The cluster's id; nothing if no broker answers within `patience`. Blocks.
    pub(super) fn cluster_id(&self, patience: Duration) -> Option<String> {
        let client = self.0.as_ref()?.client();
        client.fetch_cluster_id(patience)
    }
}

/// Hears of each message's end.
#[derive(Default)]
struct Ends {
    is_broken: AtomicBool,
}

impl ClientContext for Ends {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        cluster::log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(RDKafkaErrorCode::Fatal) {
            self.is_broken.store(true, Ordering::Relaxed);
            tracing::warn!(target: "librdkafka", %error, "{reason}");
        } else {
            tracing::debug!(target: "librdkafka", %error, "{reason}");
        }
    }
}

impl ProducerContext for Ends {
    type DeliveryOpaque = Box<Seat>;

    fn delivery(&self, result: &DeliveryResult<'_>, seat: Box<Seat>) {
        let end = match result {
            Ok(_) => Ok(()),
            Err((error, _)) => Err(Failure::of(error)),
        };
        seat.flight.end(seat.number, end);
    }
}
