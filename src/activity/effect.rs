//! Consumers whose effect is in the database: it commits together with the position.

use std::{collections::HashMap, sync::Mutex, sync::PoisonError, time::Duration};

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::DbBackend;

use super::{
    handler::{Handler, Outcome, Run},
    log::Entry,
    parking::{self, MAX_ATTEMPTS},
    positions::{self, Held, Move},
    reading::Interest,
};
use crate::{
    error::{Code, Error, Result},
    platform::db::{Db, Lane, Place, Txn},
};

/// The most events in one effect.
const BATCH: usize = 500;
/// The same on SQLite, where requests wait for the one writer meanwhile.
const SHORT_BATCH: usize = 100;

/// Whether a consumer has done all of its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    Done,
    /// A chunk of it: commit it and ask again.
    More,
}

/// Derives rows from events. An event says what to look at, never what is: the effect reads the
/// tables and makes the derived rows agree, so that neither order between shards nor repetition
/// matters.
pub trait Consumer: Send + Sync + 'static {
    /// Its name in `activity_consumer`.
    fn name(&self) -> &'static str;

    /// Which events it is given.
    fn interest(&self) -> Interest;

    /// Whether it knows this kind. What it does not know it may not pass over.
    fn knows(&self, kind: &str) -> bool;

    /// Makes the derived rows agree with what `events` point at.
    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>>;
}

/// Runs a [`Consumer`].
pub struct Effect<C> {
    db: Db,
    consumer: C,
    interest: Interest,
    batch: usize,
    /// How often the event at a position of a shard has failed.
    attempts: Mutex<HashMap<i32, (i64, u32)>>,
}

impl<C: Consumer> Effect<C> {
    /// Has `consumer` follow the log of `db`.
    pub fn new(db: Db, consumer: C) -> Self {
        let batch = match db.backend() {
            DbBackend::Sqlite => SHORT_BATCH,
            _ => BATCH,
        };
        Self {
            db,
            batch,
            interest: consumer.interest(),
            consumer,
            attempts: Mutex::default(),
        }
    }

    /// Applies whole runs in one transaction, first of all moving their positions.
    async fn apply(&self, runs: &[Run]) -> Result<()> {
        while self.chunk(runs).await? == Applied::More {}
        Ok(())
    }

    async fn chunk(&self, runs: &[Run]) -> Result<Applied> {
        let name = self.consumer.name();
        self.db
            .write_txn(Lane::Background, |txn| async move {
                let moves: Vec<Move> = runs.iter().map(Run::whole).collect();
                positions::advance(&txn, name, &moves).await?;
                let events = self.set_aside(&txn, runs).await?;
                let applied = self.consumer.apply(&txn, &events).await?;
                if applied == Applied::More {
                    let back: Vec<Move> = moves.iter().map(back).collect();
                    positions::advance(&txn, name, &back).await?;
                }
                Ok(applied)
            })
            .await
    }

    /// Parks events that follow a parked one, and returns the others.
    async fn set_aside(&self, txn: &Txn, runs: &[Run]) -> Result<Vec<Entry>> {
        let name = self.consumer.name();
        let parked = parking::aggregates(&**txn, name).await?;
        let mut events = Vec::new();
        for event in runs.iter().flat_map(|run| &run.events) {
            if parked.contains(&event.aggregate) {
                let reason = "behind a parked event of the same aggregate";
                parking::park(txn, name, place(event), reason, 0).await?;
            } else {
                events.push(event.clone());
            }
        }
        Ok(events)
    }

    /// Handles a run that failed together with others: alone, then event by event.
    async fn alone(&self, run: Run) -> Outcome {
        let mut held = run.held;
        for (n, event) in run.events.iter().enumerate() {
            if !self.consumer.knows(&event.kind) {
                return Outcome::Unknown(event.kind.clone());
            }
            let is_last = n + 1 == run.events.len();
            let single = Run {
                held,
                events: vec![event.clone()],
                end: if is_last { run.end } else { event.position },
            };
            let end = single.end;
            match self.apply(&[single]).await {
                Ok(()) => held.position = end,
                Err(error) if positions::is_stale(&error) => return Outcome::Lost,
                Err(error) => return self.failed(held, event, end, &error).await,
            }
        }
        self.forget_attempts(held.shard);
        Outcome::Reached(held.position)
    }

    /// Waits longer each time, and parks the event when it has failed for good: what failed
    /// because the database is busy has not.
    async fn failed(&self, held: Held, event: &Entry, end: i64, error: &Error) -> Outcome {
        let (name, reason) = (self.consumer.name(), &error.reason());
        let attempts = self.count_attempt(held.shard, event.position);
        tracing::warn!(
            consumer = name,
            shard = held.shard,
            position = event.position,
            attempts,
            reason,
            "An event failed."
        );
        let is_busy = |code| matches!(code, Code::Unavailable | Code::Timeout);
        let may_pass = matches!(error, Error::Refused(refusal) if is_busy(refusal.code));
        if attempts < MAX_ATTEMPTS || may_pass {
            return Outcome::Paused(held.position, pause(attempts));
        }
        let parked = self.db.write_txn(Lane::Background, |txn| async move {
            positions::advance(&txn, name, &[Move { held, to: end }]).await?;
            parking::park(&txn, name, place(event), reason, attempts).await
        });
        match parked.await {
            Ok(()) => {
                self.forget_attempts(held.shard);
                Outcome::Reached(end)
            }
            Err(error) if positions::is_stale(&error) => Outcome::Lost,
            Err(_) => Outcome::Paused(held.position, pause(attempts)),
        }
    }

    fn count_attempt(&self, shard: i32, position: i64) -> u32 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, count) = attempts.entry(shard).or_insert((position, 0));
        if *at != position {
            (*at, *count) = (position, 0);
        }
        *count += 1;
        *count
    }

    fn forget_attempts(&self, shard: i32) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.remove(&shard);
    }

    async fn handle_all(&self, runs: Vec<Run>) -> Vec<(i32, Outcome)> {
        let mut outcomes = Vec::new();
        let mut group = Vec::new();
        let mut size = 0;
        for run in runs {
            if size + run.events.len() > self.batch && !group.is_empty() {
                outcomes.extend(self.handle_group(std::mem::take(&mut group)).await);
                size = 0;
            }
            size += run.events.len();
            group.push(run);
        }
        outcomes.extend(self.handle_group(group).await);
        outcomes
    }

    async fn handle_group(&self, runs: Vec<Run>) -> Vec<(i32, Outcome)> {
        let mut events = runs.iter().flat_map(|run| &run.events);
        let is_known = events.all(|event| self.consumer.knows(&event.kind));
        if is_known && self.apply(&runs).await.is_ok() {
            let reached = |run: Run| {
                self.forget_attempts(run.held.shard);
                (run.held.shard, Outcome::Reached(run.end))
            };
            return runs.into_iter().map(reached).collect();
        }
        let mut outcomes = Vec::new();
        for run in runs {
            outcomes.push((run.held.shard, self.alone(run).await));
        }
        outcomes
    }
}

fn back(whole: &Move) -> Move {
    Move {
        held: Held {
            position: whole.to,
            ..whole.held
        },
        to: whole.held.position,
    }
}

fn place(event: &Entry) -> Place {
    Place {
        shard: event.shard,
        position: event.position,
    }
}

/// 50 ms, doubled each time, at most ten seconds.
fn pause(attempts: u32) -> Duration {
    Duration::from_millis(50_u64 << attempts.min(8)).min(Duration::from_secs(10))
}

impl<C: Consumer> Handler for Effect<C> {
    fn name(&self) -> &str {
        self.consumer.name()
    }

    fn interest(&self) -> &Interest {
        &self.interest
    }

    fn batch(&self) -> u64 {
        self.batch as u64
    }

    fn handle(&self, runs: Vec<Run>) -> BoxFuture<'_, Vec<(i32, Outcome)>> {
        self.handle_all(runs).boxed()
    }

    fn redo(&self, held: Held, parked: Entry) -> BoxFuture<'_, Result<()>> {
        async move {
            let (name, parked) = (self.consumer.name(), std::slice::from_ref(&parked));
            let stay = [Move {
                held,
                to: held.position,
            }];
            loop {
                let applied = self.db.write_txn(Lane::Background, |txn| async move {
                    positions::advance(&txn, name, &stay).await?;
                    let applied = self.consumer.apply(&txn, parked).await?;
                    if applied == Applied::Done {
                        for parked in parked {
                            parking::take_out(&txn, name, place(parked)).await?;
                        }
                    }
                    Ok(applied)
                });
                if applied.await? == Applied::Done {
                    return Ok(());
                }
            }
        }
        .boxed()
    }
}
