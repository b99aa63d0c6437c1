//! Moves positions behind what has arrived, and parks what never will.

use std::time::Duration;

use tokio::time::Instant;

use super::{Relay, Trial, launch::Launched, lock};
use crate::{
    activity::{
        handler::Outcome,
        log::Entry,
        parking,
        positions::{self, Held, Move},
    },
    error::{Error, Result},
    platform::{
        crash,
        db::{Lane, Place, Txn},
        kafka::{Failure, Style},
    },
};

/// How often a message that is refused is tried alone before it is parked.
const ATTEMPTS: u32 = 4;

/// How long a cluster in trouble is left alone.
const TROUBLE: Duration = Duration::from_millis(500);

/// How long a parked message that is tried again is waited for.
const REDO: Duration = Duration::from_secs(10);

/// What is to be written for a shard.
struct Settlement {
    launched: Launched,
    step: Move,
    parks: Vec<(Place, String, u32)>,
    outcome: Outcome,
}

impl Relay {
    /// Writes what became of flights that are over: all in one transaction, or each in its own
    /// where another worker has taken one of the shards.
    pub(super) async fn settle_all(&self, over: Vec<Launched>) -> Vec<(i32, Outcome)> {
        let all: Vec<_> = over.into_iter().map(|l| self.judge(l)).collect();
        if !all.is_empty() {
            crash::point("after-acknowledgement");
        }
        let written = self.write(&all).await;
        let mut outcomes = Vec::new();
        for settlement in all {
            let written = match &written {
                Err(error) if positions::is_stale(error) => {
                    self.write(std::slice::from_ref(&settlement)).await
                }
                written => written.clone(),
            };
            let held = settlement.launched.held;
            let outcome = match written {
                Ok(()) => {
                    let arrived = settlement.launched.flight.arrived() as u64;
                    metrics::counter!("rookery_kafka_published_total").increment(arrived);
                    if arrived > 0 {
                        self.flag.set(false);
                    }
                    self.forget_trial(held.shard, settlement.step.to);
                    settlement.outcome
                }
                Err(error) if positions::is_stale(&error) => Outcome::Lost,
                Err(_) => {
                    // It has arrived all the same: only the move is repeated.
                    lock(&self.aloft).insert(held.shard, settlement.launched);
                    Outcome::Paused(held.position, TROUBLE)
                }
            };
            outcomes.push((held.shard, outcome));
        }
        outcomes
    }

    /// What follows from how a flight ended.
    fn judge(&self, launched: Launched) -> Settlement {
        let arrived = launched.flight.arrived();
        let shard = launched.held.shard;
        let behind = |item: &super::launch::Item| {
            let place = Place {
                shard,
                position: item.position,
            };
            let reason = "behind a parked event of the same aggregate";
            (place, reason.to_owned(), 0)
        };
        let failed = |item: &&super::launch::Item| item.seat.is_some_and(|seat| seat >= arrived);
        let first = launched.items.iter().position(|item| failed(&item));
        let good = launched.items.get(..first.unwrap_or(launched.items.len()));
        let good = good.unwrap_or_default();
        let aside = good.iter().filter(|item| item.seat.is_none());
        let mut parks: Vec<_> = aside.map(behind).collect();
        let reached = match first {
            None => launched.end,
            Some(_) => good.last().map_or(launched.held.position, |i| i.position),
        };
        let mut to = reached;
        let outcome = match first.and_then(|first| launched.items.get(first)) {
            None => Outcome::Reached(reached),
            Some(item) => {
                let seat = item.seat.unwrap_or_default();
                let failure = launched.flight.failure(seat);
                match self.failed(&launched, item.position, failure) {
                    Verdict::Wait(pause) => Outcome::Paused(reached, pause),
                    Verdict::Park(reason, attempts) => {
                        to = item.position;
                        let position = item.position;
                        parks.push((Place { shard, position }, reason, attempts));
                        Outcome::Reached(to)
                    }
                }
            }
        };
        let held = launched.held;
        Settlement {
            launched,
            step: Move { held, to },
            parks,
            outcome,
        }
    }

    fn failed(&self, launched: &Launched, position: i64, failure: Option<Failure>) -> Verdict {
        let reason = match failure {
            Some(Failure::Refused(reason)) => reason,
            trouble => {
                metrics::counter!("rookery_kafka_failures_total", "kind" => "trouble").increment(1);
                tracing::debug!(?trouble, "Kafka is in trouble.");
                self.flag.set(true);
                return Verdict::Wait(TROUBLE);
            }
        };
        metrics::counter!("rookery_kafka_failures_total", "kind" => "refused").increment(1);
        let shard = launched.held.shard;
        let mut refused = launched.items.iter().filter(|item| {
            let failure = item.seat.and_then(|seat| launched.flight.failure(seat));
            matches!(failure, Some(Failure::Refused(_)))
        });
        let last = refused.next_back().map_or(position, |item| item.position);
        let mut trials = lock(&self.trials);
        let trial = trials.entry(shard).or_insert(Trial {
            position,
            attempts: 0,
            alone_until: last,
            at: Instant::now(),
        });
        trial.at = Instant::now();
        if trial.position != position {
            (trial.position, trial.attempts) = (position, 0);
        }
        trial.alone_until = trial.alone_until.max(last);
        if launched.style == Style::OneByOne {
            trial.attempts += 1;
        }
        let attempts = trial.attempts;
        tracing::warn!(shard, position, attempts, reason, "Kafka refuses an event.");
        match attempts < ATTEMPTS {
            true => Verdict::Wait(Duration::from_millis(50 << attempts)),
            false => Verdict::Park(reason, attempts),
        }
    }

    fn forget_trial(&self, shard: i32, reached: i64) {
        let mut trials = lock(&self.trials);
        if trials.get(&shard).is_some_and(|t| t.alone_until <= reached) {
            trials.remove(&shard);
        }
    }

    async fn write(&self, all: &[Settlement]) -> Result<()> {
        let moved = |s: &&Settlement| s.step.to > s.step.held.position;
        let mut all: Vec<&Settlement> = all.iter().filter(moved).collect();
        if all.is_empty() {
            return Ok(());
        }
        all.sort_by_key(|settlement| settlement.step.held.shard);
        let (all, name) = (&all, &self.name);
        self.db
            .write_txn(Lane::Background, |txn| async move {
                let moves: Vec<Move> = all.iter().map(|settlement| settlement.step).collect();
                positions::advance(&txn, name, &moves).await?;
                for settlement in all {
                    park(&txn, name, &settlement.parks).await?;
                }
                Ok(())
            })
            .await
    }

    /// Sends a parked event again.
    pub(super) async fn send_again(&self, held: Held, parked: Entry) -> Result<()> {
        let flight = self.send_alone(&parked).await?;
        let over = tokio::time::timeout(REDO, flight.over()).await;
        over.map_err(|_| Error::internal("Kafka does not answer"))?;
        if let Some(Failure::Refused(reason) | Failure::Trouble(reason)) = flight.failure(0) {
            return Err(Error::internal(reason));
        }
        metrics::counter!("rookery_kafka_published_total").increment(1);
        let (name, place) = (
            &self.name,
            Place {
                shard: parked.shard,
                position: parked.position,
            },
        );
        let to = held.position;
        self.db
            .write_txn(Lane::Background, |txn| async move {
                positions::advance(&txn, name, &[Move { held, to }]).await?;
                parking::take_out(&txn, name, place).await
            })
            .await
    }
}

enum Verdict {
    /// Try again, not before this long.
    Wait(Duration),
    /// It is refused for good: the reason, and how often it was tried.
    Park(String, u32),
}

async fn park(txn: &Txn, name: &str, parks: &[(Place, String, u32)]) -> Result<()> {
    for (place, reason, attempts) in parks {
        parking::park(txn, name, *place, reason, *attempts).await?;
    }
    Ok(())
}
