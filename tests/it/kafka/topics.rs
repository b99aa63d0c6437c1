//! What is configured, and what is made of it.

use clap::Parser;
use rookery::platform::{config::KafkaConfig, kafka::Cluster};

use super::stage::Broker;

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    kafka: KafkaConfig,
}

fn complaint(flags: &[&str]) -> String {
    let flags = ["test"].iter().chain(flags);
    let config = Flags::try_parse_from(flags).unwrap().kafka;
    Cluster::configured(&config).err().unwrap_or_default()
}

#[test]
fn what_does_not_fit_together_is_refused_by_the_name_of_the_variable() {
    let brokers = "--kafka-brokers=one:9092,two:9092";
    let sasl = "--kafka-security-protocol=SASL_SSL";
    let cases: [(&[&str], &str); 11] = [
        (&["--kafka-brokers=one"], "KAFKA_BROKERS"),
        (&["--kafka-brokers=one:9092,"], "KAFKA_BROKERS"),
        (&["--kafka-brokers=:9092"], "KAFKA_BROKERS"),
        (&[brokers, "--embedded-kafka"], "KAFKA_BROKERS"),
        (&["--kafka-topic-prefix=a b"], "KAFKA_TOPIC_PREFIX"),
        (&[brokers, "--kafka-ca-file=/nowhere"], "KAFKA_CA_FILE"),
        (
            &[
                brokers,
                "--kafka-security-protocol=SSL",
                "--kafka-ca-file=/nowhere",
            ],
            "KAFKA_CA_FILE: /nowhere",
        ),
        (
            &[
                brokers,
                "--kafka-security-protocol=ssl",
                "--kafka-client-cert-file=/nowhere",
            ],
            "KAFKA_CLIENT_KEY_FILE",
        ),
        (&[brokers, sasl], "KAFKA_SASL_MECHANISM"),
        (
            &[brokers, sasl, "--kafka-sasl-mechanism=plain"],
            "KAFKA_SASL_USERNAME",
        ),
        (
            &[brokers, "--kafka-sasl-username=me"],
            "KAFKA_SECURITY_PROTOCOL",
        ),
    ];
    for (flags, variable) in cases {
        let complaint = complaint(flags);
        assert!(complaint.contains(variable), "{flags:?}: {complaint:?}");
    }
    let full = [brokers, sasl, "--kafka-sasl-mechanism=SCRAM-SHA-512"];
    let who = ["--kafka-sasl-username=me", "--kafka-sasl-password=secret"];
    assert_eq!(complaint(&[full.as_slice(), &who].concat()), "");
    assert_eq!(complaint(&[]), "");
}

#[tokio::test]
#[ignore = "needs Kafka"]
async fn topics_are_made_once_and_left_alone_after_on_kafka() {
    let broker = Broker::kafka().await;
    let topics = [broker.config.topic("posts")];
    broker.cluster.make_topics(&topics, 5).await.unwrap();
    broker.cluster.make_topics(&topics, 12).await.unwrap();
    let consumer = broker.cluster.consumer("looks").unwrap();
    let partitions =
        tokio::task::spawn_blocking(move || super::stage::partitions(&consumer, &topics[0]));
    assert_eq!(partitions.await.unwrap(), 5);
}
