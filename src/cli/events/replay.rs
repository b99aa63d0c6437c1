//! `rookery events replay`.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    open,
    stream::{self, Choice},
    time::moment,
    words,
};
use crate::{
    activity::{
        Entry, Kinds,
        envelope::{CONTENT_TYPE, Envelope},
        positions::{self, Held},
        since, status,
    },
    app::StartResult,
    clock::Timestamp,
    platform::{
        config::{DatabaseConfig, KafkaConfig},
        db::{Db, Place},
        kafka::{Cluster, Failure, Flight, Message, Producer, Style},
    },
};

#[derive(Args)]
pub(in crate::cli) struct ReplayArgs {
    /// Send again what was recorded from this time on: 2026-05-01T12:00:00Z, 2026-05-01 (UTC), or
    /// how long ago (90s, 15m, 2h, 7d).
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Timestamp,

    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    database: DatabaseConfig,
    #[command(flatten)]
    kafka: KafkaConfig,
}

/// How many events of a shard are read and sent at once.
const BATCH: u64 = 500;

/// How long the cluster may take for them.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) async fn run(args: &ReplayArgs) -> StartResult<()> {
    let cluster = stream::cluster(&args.kafka, &args.database)?;
    let db = open(&args.database).await?;
    let done = replay(args, &db, cluster).await;
    db.close().await;
    done
}

async fn replay(args: &ReplayArgs, db: &Db, cluster: Cluster) -> StartResult<()> {
    let producer = cluster.producer(Style::InBulk).map_err(|e| e.to_string())?;
    let name = relay(&cluster, &producer).await?;
    let ends = ends(db, &name).await?;
    let mut places = since::places(db, args.since).await.map_err(words)?;
    let end = |place: &Place| ends.get(&place.shard).copied().unwrap_or(0);
    let total: i64 = places
        .iter()
        .map(|place| (end(place) - place.position).max(0))
        .sum();
    let bar = ProgressBar::new(total.unsigned_abs());
    bar.set_style(
        ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}").map_err(|e| e.to_string())?,
    );
    let mut replay = Replay {
        args,
        db,
        cluster,
        producer,
        kinds: stream::kinds(),
        sent: 0,
        refused: Vec::new(),
    };
    let parked = status::parked(db, Some(&name)).await.map_err(words)?;
    let parked: HashSet<_> = parked.iter().map(|p| (p.shard, p.position)).collect();
    for place in &mut places {
        while place.position < end(place) {
            let entries = stream::read(db, &[*place], BATCH).await?;
            let before = place.position;
            place.position = entries.last().map_or(end(place), |last| last.position);
            bar.inc((place.position - before).unsigned_abs());
            let is_due = |entry: &Entry| {
                entry.recorded_at >= args.since
                    && entry.position <= end(place)
                    && !parked.contains(&(entry.shard, entry.position))
            };
            replay
                .send_all(entries.into_iter().filter(is_due).collect())
                .await?;
        }
    }
    bar.finish_and_clear();
    replay.report(&name, parked.len())
}

/// The relay that sends to this cluster, by the name of its positions.
async fn relay(cluster: &Cluster, producer: &Producer) -> StartResult<String> {
    if cluster.is_embedded() {
        return Ok("kafka:embedded".to_owned());
    }
    let id = cluster.id(producer).await;
    let id =
        id.ok_or("no broker of KAFKA_BROKERS answers: is it running, and the address right?")?;
    Ok(format!("kafka:{id}"))
}

/// How far the relay has come: what lies behind that is its to send first, in order.
async fn ends(db: &Db, name: &str) -> StartResult<HashMap<i32, i64>> {
    let reader = stream::reader(db);
    let held = positions::of(reader.connection(), name)
        .await
        .map_err(words)?;
    if held.is_empty() {
        return Err(format!(
            "nothing was ever sent to this cluster ({name}): a worker sends the whole log when it \
             first reaches it; start `rookery serve` or `rookery worker`"
        ));
    }
    Ok(held
        .iter()
        .map(
            |Held {
                 shard, position, ..
             }| (*shard, *position),
        )
        .collect())
}

struct Replay<'a> {
    args: &'a ReplayArgs,
    db: &'a Db,
    cluster: Cluster,
    producer: Producer,
    kinds: Kinds,
    sent: u64,
    refused: Vec<String>,
}

impl Replay<'_> {
    /// Sends events of one shard, in order.
    async fn send_all(&mut self, entries: Vec<Entry>) -> StartResult<()> {
        let sealed = stream::seal(self.db, &self.kinds, entries).await?;
        let chosen = sealed.into_iter().filter_map(|(entry, envelope)| {
            let envelope = envelope.filter(|envelope| self.args.choice.has(envelope.topic))?;
            Some((entry, envelope))
        });
        let chosen: Vec<_> = chosen.collect();
        let mut rest = chosen.as_slice();
        // Brokers refuse whole batches: only what is refused alone is meant.
        let mut alone = 0;
        while !rest.is_empty() {
            let room = if alone > 0 { 1 } else { rest.len() };
            let flight = Flight::new(room);
            self.hand_over(&flight, rest.get(..room).unwrap_or(rest));
            let over = tokio::time::timeout(PATIENCE, flight.over()).await;
            let arrived = flight.arrived();
            self.sent += arrived as u64;
            rest = rest.get(arrived..).unwrap_or_default();
            alone = usize::saturating_sub(alone, arrived);
            if arrived > 0 && arrived == flight.sent() {
                continue;
            }
            over.map_err(|_| self.stopped("the cluster takes nothing for a minute"))?;
            match flight.failure(arrived) {
                Some(Failure::Refused(why)) if room == 1 => {
                    let refused = rest.first().map(|(entry, _)| entry.id);
                    self.refused
                        .extend(refused.map(|id| format!("{id}: {why}")));
                    rest = rest.get(1..).unwrap_or_default();
                    alone = usize::saturating_sub(alone, 1);
                }
                Some(Failure::Refused(_)) => alone = flight.sent() - arrived,
                Some(Failure::Trouble(why)) => return Err(self.stopped(&why)),
                None => return Err(self.stopped("the producer takes nothing")),
            }
            // A refusal breaks a producer, so that nothing passes it by.
            let style = Style::InBulk;
            self.producer = self.cluster.producer(style).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// Hands events over, up to the first that has to wait for those before it.
    fn hand_over(&self, flight: &Arc<Flight>, events: &[(Entry, Envelope)]) {
        let mut keys = HashSet::new();
        for (entry, envelope) in events {
            if flight.is_broken() || (!self.cluster.keeps_order() && !keys.insert(&envelope.key)) {
                break;
            }
            let mut headers = vec![
                ("content-type", CONTENT_TYPE),
                ("rookery_type", &envelope.name),
            ];
            headers.extend(entry.traceparent.as_deref().map(|t| ("traceparent", t)));
            let message = Message {
                topic: &self.args.kafka.topic(envelope.topic.name()),
                key: &envelope.key,
                payload: &envelope.payload,
                headers: &headers,
            };
            if self.producer.send(flight, &message).is_err() {
                break;
            }
        }
    }

    fn stopped(&self, why: &str) -> String {
        format!(
            "stopped after {} events: {why}; what was sent is harmless: run it again",
            self.sent
        )
    }

    fn report(&self, name: &str, parked: usize) -> StartResult<()> {
        println!(
            "{} events were sent again to {name}, with the ids that they had.",
            self.sent
        );
        if parked > 0 {
            println!("{parked} parked events were left out: `rookery events retry` sends them.");
        }
        match self.refused.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "the cluster refused some:\n  {}",
                self.refused.join("\n  ")
            )),
        }
    }
}
