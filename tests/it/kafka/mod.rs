//! What Kafka gets of the log: on librdkafka's mock, and on a real broker where
//! TEST_KAFKA_BROKERS says where one is.

mod crashes;
mod embedded;
mod envelopes;
mod erasure;
mod facts;
mod faults;
mod order;
mod outages;
mod parking;
mod partitions;
mod stage;
mod story;
mod topics;

/// A test on the mock and, left out without a broker, on Kafka.
macro_rules! on_both {
    ($name:ident) => {
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_the_mock() {
                super::$name(super::super::stage::Broker::mock()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs Kafka"]
            async fn on_kafka() {
                super::$name(super::super::stage::Broker::kafka().await).await;
            }
        }
    };
}
use on_both;
