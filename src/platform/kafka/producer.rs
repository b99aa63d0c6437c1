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
    client::Client,
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

/// Why a message was not taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// Too much is on its way: wait.
    Full,
    Failed(Failure),
}

/// Sends messages: those of one partition in the order in which they are handed over, each until
/// the cluster has taken it; Java's partitioner. Cheap to clone. Must be dropped where blocking for
/// some hundred milliseconds is allowed: what is still queued is then given up.
#[derive(Clone)]
pub struct Producer(Arc<ThreadedProducer<Ends>>);

impl Producer {
    /// With `is_idempotent`, order is kept by sequence numbers, which the cluster must compare:
    /// else the acknowledgement of a later request would be taken for that of an earlier one too.
    pub(super) fn new(
        mut config: ClientConfig,
        style: Style,
        is_idempotent: bool,
    ) -> KafkaResult<Self> {
        let is_gapless = is_idempotent && style == Style::InBulk;
        let linger = match style {
            Style::InBulk => "5",
            Style::OneByOne => "0",
        };
        config
            .set("enable.idempotence", is_idempotent.to_string())
            .set("enable.gapless.guarantee", is_gapless.to_string())
            .set("linger.ms", linger)
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
        Ok(Self(Arc::new(made)))
    }

    /// Takes a message over, into `flight`. Never waits.
    pub fn send(&self, flight: &Arc<Flight>, message: &Message<'_>) -> Result<(), Unsent> {
        let mut headers = OwnedHeaders::new_with_capacity(message.headers.len());
        for (key, value) in message.headers {
            headers = headers.insert(Header {
                key,
                value: Some(*value),
            });
        }
        let seat = Box::new(flight.seat());
        let record = BaseRecord::with_opaque_to(message.topic, seat)
            .key(message.key)
            .payload(message.payload)
            .headers(headers);
        self.0.send(record).map_err(|(error, record)| {
            record.delivery_opaque.flight.unseat();
            match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::QueueFull) => Unsent::Full,
                _ => Unsent::Failed(Failure::of(&error)),
            }
        })
    }

    /// Whether it will send nothing any more: make another one.
    pub fn is_broken(&self) -> bool {
        self.0.context().is_broken.load(Ordering::Relaxed)
            || self.0.client().fatal_error().is_some()
    }

    /// Waits until what is on its way has arrived, at most `patience`, and ends the producer.
    /// Whether everything has arrived.
    pub async fn finish(self, patience: Duration) -> bool {
        let ending = tokio::task::spawn_blocking(move || self.0.flush(patience).is_ok());
        ending.await.unwrap_or(false)
    }

    pub(super) fn client(&self) -> &Client<impl ClientContext> {
        self.0.client()
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
