//! A cluster of brokers, and clients for it.

use std::{sync::Arc, time::Duration};

use rdkafka::{
    ClientConfig, ClientContext,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    config::RDKafkaLogLevel,
    consumer::{ConsumerContext, StreamConsumer},
    error::{KafkaError, KafkaResult, RDKafkaErrorCode},
};

use super::producer::{Producer, Style};
use crate::platform::config::KafkaConfig;

/// How long one question to a cluster may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a cluster is and how it is spoken to. Cheap to clone.
#[derive(Clone)]
pub struct Cluster {
    settings: Vec<(&'static str, String)>,
    is_embedded: bool,
}

impl Cluster {
    /// The cluster that is configured, if one is.
    ///
    /// # Errors
    /// The configuration does not fit together; in words that name the variable.
    pub fn configured(config: &KafkaConfig) -> Result<Option<Self>, String> {
        config.check()?;
        let Some(brokers) = &config.kafka_brokers else {
            return Ok(None);
        };
        let protocol = config.kafka_security_protocol;
        let mut settings = vec![
            ("bootstrap.servers", brokers.clone()),
            ("security.protocol", protocol.name().to_owned()),
        ];
        let files = [
            ("ssl.ca.location", &config.kafka_ca_file),
            ("ssl.certificate.location", &config.kafka_client_cert_file),
            ("ssl.key.location", &config.kafka_client_key_file),
        ];
        for (name, file) in files {
            settings.extend(file.iter().map(|file| (name, file.display().to_string())));
        }
        if protocol.has_tls() && config.kafka_ca_file.is_none() {
            // The OpenSSL inside was built here: it does not know where this system keeps them.
            settings.push(("ssl.ca.location", "probe".to_owned()));
        }
        let mechanism = config.kafka_sasl_mechanism;
        let password = config.kafka_sasl_password.as_ref();
        let sasl = [
            ("sasl.mechanism", mechanism.map(|m| m.name().to_owned())),
            ("sasl.username", config.kafka_sasl_username.clone()),
            ("sasl.password", password.map(|p| p.expose().to_owned())),
        ];
        settings.extend(sasl.into_iter().filter_map(|(name, v)| Some((name, v?))));
        Ok(Some(Self {
            settings,
            is_embedded: false,
        }))
    }

    /// The embedded broker at `address`, of this process or of another.
    pub fn embedded(address: &str) -> Self {
        Self {
            settings: vec![("bootstrap.servers", address.to_owned())],
            is_embedded: true,
        }
    }

    /// Whether this is a broker inside a process: it forgets, and has no id of its own.
    pub fn is_embedded(&self) -> bool {
        self.is_embedded
    }

    /// What every client of this cluster begins with.
    pub fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("client.id", "rookery")
            // A broker that returns is noticed soon.
            .set("reconnect.backoff.max.ms", "2000")
            .set("allow.auto.create.topics", "true");
        for (name, value) in &self.settings {
            config.set(*name, value);
        }
        config
    }

    /// Whether messages of one partition arrive in the order in which they are sent, whatever
    /// fails. An embedded broker does not compare sequence numbers: there a message is sent only
    /// when the one before it with the same key has arrived.
    pub fn keeps_order(&self) -> bool {
        !self.is_embedded
    }

    /// A new producer.
    pub fn producer(&self, style: Style) -> KafkaResult<Producer> {
        Producer::new(self.client(), style, self.keeps_order())
    }

    /// A consumer that commits no offsets by itself and begins at the oldest message.
    pub fn consumer(&self, group: &str) -> KafkaResult<StreamConsumer<Quiet>> {
        let mut config = self.client();
        config
            .set("group.id", group)
            .set("group.protocol", "classic")
            .set("enable.auto.commit", "false")
            .set("allow.auto.create.topics", "false")
            .set("auto.offset.reset", "earliest");
        config.create_with_context(Quiet)
    }

    /// The cluster's id; nothing if no broker answers within some seconds.
    pub async fn id(&self, producer: &Producer) -> Option<String> {
        let producer = producer.clone();
        let asking = tokio::task::spawn_blocking(move || producer.cluster_id(PATIENCE));
        asking.await.ok().flatten().filter(|id| !id.is_empty())
    }

    /// Makes those of `topics` that are missing.
    ///
    /// # Errors
    /// In words: the cluster forbids it, or does not answer.
    pub async fn make_topics(&self, topics: &[String], partitions: i32) -> Result<(), String> {
        let admin: AdminClient<DefaultClientContext> =
            self.client().create().map_err(|e| e.to_string())?;
        let admin = Arc::new(admin);
        // Asking takes no right to make any.
        let asked = admin.clone();
        let asking = move || asked.inner().fetch_metadata(None, PATIENCE);
        let known = tokio::task::spawn_blocking(asking).await;
        let known = known
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        let known: Vec<&str> = known.topics().iter().map(|topic| topic.name()).collect();
        let topic = |name| NewTopic::new(name, partitions, TopicReplication::Fixed(-1));
        let missing = topics.iter().filter(|name| !known.contains(&name.as_str()));
        let topics: Vec<_> = missing.map(|name| topic(name)).collect();
        if topics.is_empty() {
            return Ok(());
        }
        let options = AdminOptions::new().request_timeout(Some(PATIENCE));
        let made = admin.create_topics(&topics, &options).await;
        let made = made.map_err(|error| error.to_string())?;
        let refused: Vec<_> = made
            .into_iter()
            .filter_map(Result::err)
            .filter(|(_, code)| *code != RDKafkaErrorCode::TopicAlreadyExists)
            .map(|(topic, code)| format!("{topic}: {code}"))
            .collect();
        match refused.is_empty() {
            true => Ok(()),
            false => Err(refused.join("; ")),
        }
    }
}

/// Has what librdkafka says go to the log of this program; what it repeats at every attempt, only
/// where debugging is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl ClientContext for Quiet {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(target: "librdkafka", %error, "{reason}");
    }
}

impl ConsumerContext for Quiet {}

pub(super) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    use RDKafkaLogLevel::{Alert, Critical, Emerg, Error};
    // "FAIL" is a connection that did not come about: it is tried again, every second. "CONFWARN"
    // says of `enable.gapless.guarantee` that it is experimental.
    match level {
        _ if matches!(facility, "FAIL" | "ERROR" | "CONFWARN") => {
            tracing::debug!(target: "librdkafka", "{facility} {message}");
        }
        Emerg | Alert | Critical | Error => {
            tracing::error!(target: "librdkafka", "{facility} {message}");
        }
        RDKafkaLogLevel::Warning => tracing::warn!(target: "librdkafka", "{facility} {message}"),
        _ => tracing::debug!(target: "librdkafka", "{facility} {message}"),
    }
}
