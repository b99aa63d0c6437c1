//! The stream as commands choose from it: which cluster, which events, and the log as messages.

use std::collections::HashSet;

use clap::Args;

use super::words;
use crate::{
    activity::{
        Entry, Interest, Kind, Kinds, Topic,
        envelope::{self, Envelope},
        personid, reading,
    },
    app::{self, StartResult},
    clock::Timestamp,
    platform::{
        config::{DatabaseConfig, KafkaConfig},
        db::{Db, Place, Reader, Viewer},
        kafka::{self, Cluster},
    },
};

/// Which events.
#[derive(Args)]
pub(in crate::cli) struct Choice {
    /// Only this topic, e.g. posts. Repeatable.
    #[arg(long = "topic", value_name = "TOPIC", value_parser = topic)]
    topics: Vec<Topic>,
}

impl Choice {
    /// Whether a topic is chosen. All are where none is named.
    pub(super) fn has(&self, topic: Topic) -> bool {
        self.topics.is_empty() || self.topics.contains(&topic)
    }

    /// The topics that are chosen.
    pub(super) fn topics(&self) -> Vec<Topic> {
        Topic::ALL
            .into_iter()
            .filter(|topic| self.has(*topic))
            .collect()
    }
}

/// A topic by its name, with a prefix or without.
fn topic(text: &str) -> Result<Topic, String> {
    let name = text.rsplit('.').next().unwrap_or(text);
    let found = Topic::ALL.into_iter().find(|topic| topic.name() == name);
    found.ok_or_else(|| {
        let names = Topic::ALL.map(Topic::name).join(", ");
        format!("there is no topic {text}; there are: {names}")
    })
}

/// The cluster that is configured, else the broker inside a server that runs on this data folder.
pub(super) fn cluster(config: &KafkaConfig, database: &DatabaseConfig) -> StartResult<Cluster> {
    if let Some(cluster) = Cluster::configured(config)? {
        return Ok(cluster);
    }
    match kafka::address_of(&database.data_dir) {
        Some(address) => Ok(Cluster::embedded(&address)),
        None => Err(format!(
            "no broker is known: set KAFKA_BROKERS, or start `rookery serve`, which writes the \
             address of the broker inside it to {}/kafka.addr",
            database.data_dir.display()
        )),
    }
}

/// Every kind of event that this program knows.
pub(super) fn kinds() -> Kinds {
    app::events().iter().map(|event| event.kind).collect()
}

/// A reader of what belongs to nobody.
pub(super) fn reader(db: &Db) -> Reader {
    db.reader(Viewer::guest(Timestamp::default()))
}

/// The events behind `places`, at most `limit` of each shard, by shard and position.
pub(super) async fn read(db: &Db, places: &[Place], limit: u64) -> StartResult<Vec<Entry>> {
    let reader = reader(db);
    let entries = reading::runs(reader.connection(), places, &Interest::Everything, limit);
    entries.await.map_err(words)
}

/// The messages that analysts get for `entries`; nothing for kinds that this program does not
/// know.
pub(super) async fn seal(
    db: &Db,
    kinds: &Kinds,
    entries: Vec<Entry>,
) -> StartResult<Vec<(Entry, Option<Envelope>)>> {
    let kind = |entry: &Entry| -> Option<Kind> { kinds.get(&entry.kind).copied() };
    let mut people = HashSet::new();
    for entry in &entries {
        people.extend(
            kind(entry)
                .iter()
                .flat_map(|kind| envelope::people(entry, kind)),
        );
    }
    let people: Vec<_> = people.into_iter().collect();
    let reader = reader(db);
    let personids = personid::of(reader.connection(), &people);
    let personids = personids.await.map_err(words)?;
    let sealed = entries.into_iter().map(|entry| {
        let envelope = kind(&entry).map(|kind| envelope::seal(&entry, &kind, &personids));
        (entry, envelope)
    });
    Ok(sealed.collect())
}
