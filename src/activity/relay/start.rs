//! Finds the cluster that the log is sent to, and follows the log for it.

use std::{path::Path, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::Relay;
use crate::{
    activity::{
        Heads,
        envelope::Kinds,
        event::Topic,
        positions::{self, Start},
        runner::Runner,
    },
    error::Result,
    platform::{
        config::KafkaConfig,
        db::Db,
        health::{Flag, Part},
        kafka::{AddressFile, Cluster, Embedded, Style},
    },
};

/// How long the end waits for what is on its way.
const CLOSING: Duration = Duration::from_secs(5);

/// The stream of events to Kafka.
pub struct Stream {
    config: KafkaConfig,
    cluster: Cluster,
    /// In this order: the file is removed before the broker ends.
    _file: Option<AddressFile>,
    embedded: Option<Embedded>,
    flag: Flag,
}

impl Stream {
    /// The configured cluster, or the embedded broker, which is started here; nothing where
    /// neither is asked for. Does not wait for a cluster.
    ///
    /// # Errors
    /// In words: the configuration does not fit together, or the embedded broker does not start.
    pub fn open(
        config: &KafkaConfig,
        data_dir: &Path,
        is_postgres: bool,
    ) -> Result<Option<Self>, String> {
        let mut stream = match Cluster::configured(config)? {
            Some(cluster) => Self {
                config: config.clone(),
                cluster,
                _file: None,
                embedded: None,
                flag: Flag::unseen(Part::Kafka),
            },
            None if !config.is_embedded(is_postgres) => return Ok(None),
            None => Self::embed(config).map_err(|error| format!("the embedded Kafka: {error}"))?,
        };
        if let Some(embedded) = &stream.embedded {
            let file = embedded.announce(data_dir);
            let place = data_dir.display();
            stream._file = Some(file.map_err(|error| format!("cannot write to {place}: {error}"))?);
        }
        Ok(Some(stream))
    }

    fn embed(config: &KafkaConfig) -> rdkafka::error::KafkaResult<Self> {
        let topics = Topic::ALL.map(|topic| config.topic(topic.name()));
        let embedded = Embedded::start(&topics, config.kafka_partitions)?;
        Ok(Self {
            config: config.clone(),
            cluster: embedded.cluster()?,
            _file: None,
            embedded: Some(embedded),
            flag: Flag::unseen(Part::Kafka),
        })
    }

    /// Says by `flag` whether the cluster takes what is sent.
    #[must_use]
    pub fn telling(self, flag: Flag) -> Self {
        Self { flag, ..self }
    }

    /// Where the embedded broker listens, as host:port, if it runs here.
    pub fn embedded_address(&self) -> Option<String> {
        self.embedded.as_ref()?.address().ok()
    }

    /// Sends the log of `db` until `stop` turns true, then what is under way, within bounds.
    /// Clusters that are away are waited for.
    pub async fn run(
        &self,
        db: Db,
        heads: Heads,
        kinds: Kinds,
        (host, lease): (&str, Duration),
        mut stop: watch::Receiver<bool>,
    ) {
        let relay = tokio::select! {
            relay = self.relay(&db, kinds) => Arc::new(relay),
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let (end, ended) = watch::channel(false);
        let runner = Runner::new(db, heads, relay.clone(), host)
            .with_lease(lease)
            .run(ended);
        let closing = async {
            // An error is the end of whoever could have said it.
            let _ = stop.wait_for(|stop| *stop).await;
            relay.close(CLOSING).await;
            let _ = end.send(true);
        };
        tokio::join!(runner, closing);
    }

    /// The relay to this cluster, once it has said who it is.
    pub async fn relay(&self, db: &Db, kinds: Kinds) -> Relay {
        loop {
            match self.meet(db).await {
                Ok(name) => {
                    let topic = |topic: Topic| self.config.topic(topic.name());
                    let relay = Relay::new(db.clone(), &name, self.cluster.clone(), kinds, topic);
                    self.flag.set(false);
                    return relay.telling(self.flag.clone());
                }
                Err(error) => {
                    self.flag.set(true);
                    tracing::warn!(error, "Kafka cannot be reached; the log waits for it.");
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
        }
    }

    /// Makes topics and registers the relay. Returns the name of its positions.
    async fn meet(&self, db: &Db) -> Result<String, String> {
        let name = match self.embedded {
            // It is empty at each start: everything that is kept is sent again.
            Some(_) => "kafka:embedded".to_owned(),
            None => format!("kafka:{}", self.prepare().await?),
        };
        let registered = async {
            if self.embedded.is_some() {
                positions::forget(db, &name).await?;
            }
            positions::register(db, &name, Start::Oldest).await
        };
        registered.await.map_err(|e| e.reason())?;
        Ok(name)
    }

    /// Asks for the cluster's id and makes topics.
    async fn prepare(&self) -> Result<String, String> {
        let producer = self.cluster.producer(Style::OneByOne);
        let producer = producer.map_err(|error| error.to_string())?;
        let id = self.cluster.id(&producer).await;
        let id = id.ok_or("no broker of KAFKA_BROKERS answers")?;
        let topics = Topic::ALL.map(|topic| self.config.topic(topic.name()));
        let made = self
            .cluster
            .make_topics(&topics, self.config.kafka_partitions);
        if let Err(error) = made.await {
            tracing::warn!(error, "Topics could not be made: somebody else has to.");
        }
        Ok(id)
    }
}
