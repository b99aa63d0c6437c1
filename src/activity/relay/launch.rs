//! Hands messages to the producer.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use uuid::Uuid;

use super::{Relay, lock, parked};
use crate::{
    activity::{
        envelope::{self, CONTENT_TYPE, Envelope},
        event::Kind,
        handler::{Outcome, Run},
        log::Entry,
        positions::Held,
    },
    error::{Error, Result},
    platform::kafka::{Flight, Full, Message, Producer, Style},
};

/// A message above this is sent alone, in bytes: where it is refused, nothing else is with it.
const LARGE: usize = 16 * 1024;

/// When to try again what did not fit into the producer.
const FULL: Duration = Duration::from_millis(100);

/// The beginning of a run, handed over.
pub(super) struct Launched {
    pub(super) held: Held,
    pub(super) flight: Arc<Flight>,
    /// In log order.
    pub(super) items: Vec<Item>,
    /// Where the shard stands once all have arrived.
    pub(super) end: i64,
    pub(super) style: Style,
}

/// An event of it.
pub(super) struct Item {
    pub(super) position: i64,
    /// Its number in the flight; none if it is to be parked, behind others of its aggregate.
    pub(super) seat: Option<usize>,
}

/// What is the same for all runs of a turn.
struct Load {
    parked: HashSet<Uuid>,
    personids: HashMap<Uuid, Uuid>,
}

impl Relay {
    /// Hands the beginning of each run over, as far as may be under way together.
    pub(super) async fn launch_all(
        &self,
        runs: &[Run],
    ) -> Result<Vec<(i32, Result<Launched, Outcome>)>> {
        if runs.is_empty() {
            return Ok(Vec::new());
        }
        let mut people = HashSet::new();
        for event in runs.iter().flat_map(|run| &run.events) {
            if let Some(kind) = self.kinds.get(&event.kind) {
                people.extend(envelope::people(event, kind));
            }
        }
        let load = Load {
            parked: parked(&self.db, &self.name).await?,
            personids: self.people.of(&self.db, people).await?,
        };
        let mut launched = Vec::with_capacity(runs.len());
        for run in runs {
            launched.push((run.held.shard, self.launch(run, &load)));
            // Requests of this process get in between.
            tokio::task::yield_now().await;
        }
        Ok(launched)
    }

    fn launch(&self, run: &Run, load: &Load) -> Result<Launched, Outcome> {
        let stay = |pause| Outcome::Paused(run.held.position, pause);
        if self.is_closing.load(Ordering::SeqCst) {
            return Err(stay(Duration::from_secs(60)));
        }
        let Some(first) = run.events.first() else {
            return Err(Outcome::Reached(run.held.position));
        };
        let trial = lock(&self.trials).get(&run.held.shard).copied();
        let is_tried = trial.is_some_and(|trial| first.position <= trial.alone_until);
        let style = match is_tried || self.is_large(first, load) {
            true => Style::OneByOne,
            false => Style::InBulk,
        };
        let producer = self.line.producer(style).map_err(|error| {
            tracing::error!(%error, "No Kafka producer could be made.");
            stay(Duration::from_secs(5))
        })?;
        let mut launched = Launched {
            held: run.held,
            flight: Flight::new(run.events.len()),
            items: Vec::with_capacity(run.events.len()),
            end: run.held.position,
            style,
        };
        self.hand_over(&producer, run, load, &mut launched);
        if launched.items.is_empty() {
            return Err(match self.kinds.get(&first.kind) {
                None => Outcome::Unknown(first.kind.clone()),
                Some(_) => stay(FULL),
            });
        }
        if launched.items.len() == run.events.len() {
            launched.end = run.end;
        }
        Ok(launched)
    }

    /// Hands events over, up to the first that has to wait for those before it.
    fn hand_over(&self, producer: &Producer, run: &Run, load: &Load, launched: &mut Launched) {
        let mut keys = HashSet::new();
        for event in &run.events {
            let Some(kind) = self.kinds.get(&event.kind) else {
                break;
            };
            let seat = if load.parked.contains(&event.aggregate) {
                None
            } else {
                let is_single = launched.style == Style::OneByOne;
                let sent = launched.flight.sent();
                if launched.flight.is_broken() || (is_single && sent == 1) {
                    break;
                }
                let envelope = envelope::seal(event, kind, &load.personids);
                let is_large = envelope.payload.len() > LARGE;
                let keeps_order = self.line.cluster.keeps_order();
                if (is_large && !is_single)
                    || (!keeps_order && !keys.insert(envelope.key.clone()))
                    || self
                        .send(producer, &launched.flight, event, &envelope)
                        .is_err()
                {
                    break;
                }
                Some(sent)
            };
            launched.end = event.position;
            launched.items.push(Item {
                position: event.position,
                seat,
            });
        }
    }

    fn is_large(&self, event: &Entry, load: &Load) -> bool {
        let seal = |kind: &Kind| envelope::seal(event, kind, &load.personids);
        let kind = self.kinds.get(&event.kind);
        event.payload.len() > LARGE / 2 && kind.is_some_and(|kind| seal(kind).payload.len() > LARGE)
    }

    fn send(
        &self,
        producer: &Producer,
        flight: &Arc<Flight>,
        event: &Entry,
        envelope: &Envelope,
    ) -> Result<(), Full> {
        let mut headers = vec![
            ("content-type", CONTENT_TYPE),
            ("rookery_type", envelope.name.as_str()),
        ];
        headers.extend(event.traceparent.as_deref().map(|t| ("traceparent", t)));
        let message = Message {
            topic: self.topics.get(&envelope.topic).map_or("", String::as_str),
            key: &envelope.key,
            payload: &envelope.payload,
            headers: &headers,
        };
        producer.send(flight, &message)
    }

    /// Sends a parked event alone. The flight holds one message.
    pub(super) async fn send_alone(&self, event: &Entry) -> Result<Arc<Flight>> {
        let unknown = || Error::internal(format!("{} is unknown to this program", event.kind));
        let kind = self.kinds.get(&event.kind).ok_or_else(unknown)?;
        let people = envelope::people(event, kind).collect();
        let personids = self.people.of(&self.db, people).await?;
        let envelope = envelope::seal(event, kind, &personids);
        let producer = self.line.producer(Style::OneByOne);
        let producer = producer.map_err(Error::internal)?;
        let flight = Flight::new(1);
        let sent = self.send(&producer, &flight, event, &envelope);
        sent.map_err(|Full| Error::internal("too much is on its way to Kafka"))?;
        Ok(flight)
    }
}
