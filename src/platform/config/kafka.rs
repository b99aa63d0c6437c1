//! Which Kafka cluster gets the stream of events, and how it is spoken to.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Secret;

/// The Kafka cluster.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Kafka")]
pub struct KafkaConfig {
    /// Brokers to begin with, as host:port, with commas between. Without them: the embedded broker
    /// with SQLite, no Kafka on PostgreSQL.
    #[arg(long, env = "KAFKA_BROKERS", value_name = "HOST:PORT,…")]
    pub kafka_brokers: Option<String>,

    /// How connections are secured.
    #[arg(
        long,
        env = "KAFKA_SECURITY_PROTOCOL",
        default_value = "PLAINTEXT",
        ignore_case = true
    )]
    pub kafka_security_protocol: SecurityProtocol,

    /// Certificates (PEM) that brokers are checked with. Without it: the system's.
    #[arg(long, env = "KAFKA_CA_FILE", value_name = "FILE")]
    pub kafka_ca_file: Option<PathBuf>,

    /// This client's certificate (PEM).
    #[arg(long, env = "KAFKA_CLIENT_CERT_FILE", value_name = "FILE")]
    pub kafka_client_cert_file: Option<PathBuf>,

    /// The key of this client's certificate (PEM).
    #[arg(long, env = "KAFKA_CLIENT_KEY_FILE", value_name = "FILE")]
    pub kafka_client_key_file: Option<PathBuf>,

    /// How this client proves who it is, where the security protocol begins with SASL.
    #[arg(
        long,
        env = "KAFKA_SASL_MECHANISM",
        value_name = "MECHANISM",
        ignore_case = true
    )]
    pub kafka_sasl_mechanism: Option<SaslMechanism>,

    /// The user name for SASL.
    #[arg(long, env = "KAFKA_SASL_USERNAME", value_name = "NAME")]
    pub kafka_sasl_username: Option<String>,

    /// The password for SASL.
    #[arg(
        long,
        env = "KAFKA_SASL_PASSWORD",
        hide_env_values = true,
        value_name = "PASSWORD"
    )]
    pub kafka_sasl_password: Option<Secret>,

    /// What the names of topics begin with.
    #[arg(
        long,
        env = "KAFKA_TOPIC_PREFIX",
        default_value = "rookery",
        value_name = "PREFIX"
    )]
    pub kafka_topic_prefix: String,

    /// Partitions of a topic that is created here. A topic that exists stays as it is.
    #[arg(
        long,
        env = "KAFKA_PARTITIONS",
        default_value_t = 12,
        value_name = "N",
        value_parser = clap::value_parser!(i32).range(1..=1_000)
    )]
    pub kafka_partitions: i32,

    /// Run a broker inside this process, on PostgreSQL too. It is filled from the log at each
    /// start and keeps little: for trying things out.
    #[arg(long, env = "ROOKERY_EMBEDDED_KAFKA")]
    pub embedded_kafka: bool,
}

/// How connections to brokers are secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SecurityProtocol {
    #[value(name = "PLAINTEXT")]
    Plaintext,
    #[value(name = "SSL")]
    Ssl,
    #[value(name = "SASL_PLAINTEXT")]
    SaslPlaintext,
    #[value(name = "SASL_SSL")]
    SaslSsl,
}

impl SecurityProtocol {
    /// As Kafka's clients write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plaintext => "PLAINTEXT",
            Self::Ssl => "SSL",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        }
    }

    /// Whether connections are encrypted.
    pub fn has_tls(self) -> bool {
        matches!(self, Self::Ssl | Self::SaslSsl)
    }

    /// Whether this client says who it is by SASL.
    pub fn has_sasl(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslSsl)
    }
}

/// How a client proves who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SaslMechanism {
    #[value(name = "PLAIN")]
    Plain,
    #[value(name = "SCRAM-SHA-256")]
    ScramSha256,
    #[value(name = "SCRAM-SHA-512")]
    ScramSha512,
}

impl SaslMechanism {
    /// As Kafka's clients write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

impl KafkaConfig {
    /// The name of a topic with the prefix.
    pub fn topic(&self, name: &str) -> String {
        format!("{}.{name}", self.kafka_topic_prefix)
    }

    /// Whether a broker runs inside this process.
    pub fn is_embedded(&self, is_postgres: bool) -> bool {
        self.kafka_brokers.is_none() && (self.embedded_kafka || !is_postgres)
    }

    /// Says what does not fit together, naming the variable to change.
    pub fn check(&self) -> Result<(), String> {
        let protocol = self.kafka_security_protocol;
        let brokers = self.kafka_brokers.as_deref();
        let is_prefix = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let prefix = &self.kafka_topic_prefix;
        let has_files = self.kafka_ca_file.is_some() || self.kafka_client_cert_file.is_some();
        let has_sasl = self.kafka_sasl_mechanism.is_some() || self.kafka_sasl_username.is_some();
        let wrong = if brokers.is_some_and(|brokers| !brokers.split(',').all(is_address)) {
            "KAFKA_BROKERS must be host:port, several with commas between"
        } else if brokers.is_some() && self.embedded_kafka {
            "KAFKA_BROKERS and --embedded-kafka exclude each other: remove one"
        } else if prefix.is_empty() || prefix.len() > 200 || !prefix.chars().all(is_prefix) {
            "KAFKA_TOPIC_PREFIX may hold letters, digits, dots, hyphens and underscores only"
        } else if has_files && !protocol.has_tls() {
            "KAFKA_CA_FILE and KAFKA_CLIENT_CERT_FILE need KAFKA_SECURITY_PROTOCOL=SSL or SASL_SSL"
        } else if self.kafka_client_cert_file.is_some() != self.kafka_client_key_file.is_some() {
            "KAFKA_CLIENT_CERT_FILE and KAFKA_CLIENT_KEY_FILE go together: set both or neither"
        } else if has_sasl && !protocol.has_sasl() {
            "KAFKA_SASL_MECHANISM and KAFKA_SASL_USERNAME need \
             KAFKA_SECURITY_PROTOCOL=SASL_SSL or SASL_PLAINTEXT"
        } else if protocol.has_sasl() && self.kafka_sasl_mechanism.is_none() {
            "KAFKA_SECURITY_PROTOCOL says SASL: set KAFKA_SASL_MECHANISM too"
        } else if protocol.has_sasl()
            && (self.kafka_sasl_username.is_none() || self.kafka_sasl_password.is_none())
        {
            "KAFKA_SECURITY_PROTOCOL says SASL: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD too"
        } else {
            return self.check_files();
        };
        Err(wrong.to_owned())
    }

    fn check_files(&self) -> Result<(), String> {
        for (variable, file) in [
            ("KAFKA_CA_FILE", &self.kafka_ca_file),
            ("KAFKA_CLIENT_CERT_FILE", &self.kafka_client_cert_file),
            ("KAFKA_CLIENT_KEY_FILE", &self.kafka_client_key_file),
        ] {
            if let Some(file) = file {
                std::fs::File::open(file)
                    .map_err(|error| format!("{variable}: {}: {error}", file.display()))?;
            }
        }
        Ok(())
    }
}

fn is_address(broker: &str) -> bool {
    let parts = broker.trim().rsplit_once(':');
    parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|p| p > 0))
}
