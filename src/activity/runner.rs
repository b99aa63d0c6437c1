//! Follows the log for one consumer: holds its share of the shards, reads what is new, and hands
//! runs of events to the consumer's [`Handler`].

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::watch, time::Instant};
use uuid::Uuid;

use super::{
    desk::{Desk, Shard},
    handler::{Handler, Outcome},
    heads::Heads,
    log::SHARDS,
    parking,
    positions::{self, Move},
    reading,
};
use crate::{
    error::Result,
    platform::db::{Db, Lane, Place},
};

/// How long a silent worker keeps its shards.
pub const LEASE: Duration = Duration::from_secs(10);

/// How often positions move in the store that moved in memory only, and parked events are asked
/// for.
const TICK: Duration = Duration::from_secs(1);

/// A shard that nobody may handle for a while.
const REFUSED: Duration = Duration::from_secs(30);

/// One consumer in one process.
pub struct Runner {
    db: Db,
    heads: Heads,
    handler: Arc<dyn Handler>,
    worker: Uuid,
    host: String,
    lease: Duration,
    /// Workers alive for this consumer, this one included.
    workers: AtomicU64,
}

impl Runner {
    /// A runner for `handler`. Its worker id is new: nobody else's shards are its own.
    #[expect(
        clippy::disallowed_methods,
        reason = "no row's id: what tells workers apart need not sort by time"
    )]
    pub fn new(db: Db, heads: Heads, handler: Arc<dyn Handler>, host: &str) -> Self {
        Self {
            db,
            heads,
            handler,
            worker: Uuid::new_v4(),
            host: host.to_owned(),
            lease: LEASE,
            workers: AtomicU64::new(1),
        }
    }

    /// Another lease, for tests that wait for it to run out.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Follows the log until `stop` turns true, then gives the shards back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut beating = pin!(self.beat_on());
        let mut desk = Desk::default();
        let mut news = self.heads.watch();
        loop {
            let turn = async {
                match self.turn(&mut desk).await {
                    Ok(true) => {}
                    Ok(false) => wait(&mut news).await,
                    Err(error) => {
                        complain(self.handler.name(), &error);
                        tokio::time::sleep(TICK).await;
                    }
                }
            };
            tokio::select! {
                () = &mut beating => {}
                () = turn => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        if let Err(error) = positions::leave(&self.db, self.handler.name(), self.worker).await {
            complain(self.handler.name(), &error);
        }
    }

    /// Shows for ever that this worker is alive, whatever else it does.
    async fn beat_on(&self) {
        loop {
            if let Err(error) = self.beat().await {
                complain(self.handler.name(), &error);
            }
            tokio::time::sleep(self.lease / 3).await;
        }
    }

    async fn beat(&self) -> Result<()> {
        let who = (self.worker, self.host.as_str());
        let alive = positions::beat(&self.db, self.handler.name(), who, self.lease).await?;
        self.workers.store(alive, Ordering::Relaxed);
        Ok(())
    }

    /// Does everything there is to do now, in all shards that no other worker holds. For tests.
    pub async fn settle(&self, desk: &mut Desk) -> Result<()> {
        self.beat().await?;
        self.heads.look(&self.db).await?;
        loop {
            desk.ticked = None;
            let mut is_busy = false;
            while self.turn(desk).await? {
                is_busy = true;
            }
            if !is_busy {
                return self.store(desk).await;
            }
        }
    }

    /// Takes or gives back shards and handles one batch. `true` if there may be more to do now.
    async fn turn(&self, desk: &mut Desk) -> Result<bool> {
        let is_tick = desk.ticked.is_none_or(|at| at.elapsed() >= TICK);
        if is_tick {
            desk.ticked = Some(Instant::now());
            self.balance(desk).await?;
            self.redo(desk).await?;
        }
        let is_busy = self.step(desk).await?;
        if is_tick {
            self.store(desk).await?;
        }
        Ok(is_busy)
    }

    /// Holds a fair share: as many shards as every other worker that is alive.
    async fn balance(&self, desk: &mut Desk) -> Result<()> {
        let name = self.handler.name();
        desk.refused.retain(|_, until| *until > Instant::now());
        let own = positions::held_by(&self.db, name, self.worker).await?;
        desk.shards
            .retain(|shard, state| own.get(shard) == Some(&state.held.fence));
        let workers = self.workers.load(Ordering::Relaxed).max(1);
        let share = u64::from(SHARDS.unsigned_abs()).div_ceil(workers);
        let have = (desk.shards.len() + desk.refused.len()) as u64;
        if have < share {
            for held in positions::claim(&self.db, name, self.worker, share - have).await? {
                desk.take(held);
            }
        }
        let surplus = usize::try_from(have.saturating_sub(share)).unwrap_or(0);
        let surplus = desk.shards.keys().rev().take(surplus);
        let given: BTreeSet<i32> = surplus.chain(desk.refused.keys()).copied().collect();
        if !given.is_empty() {
            self.store(desk).await?;
            let given: Vec<i32> = given.into_iter().collect();
            positions::release(&self.db, name, self.worker, &given).await?;
            desk.shards.retain(|shard, _| !given.contains(shard));
        }
        Ok(())
    }

    /// Reads what is new in the shards that lag, and has it handled.
    async fn step(&self, desk: &mut Desk) -> Result<bool> {
        let now = Instant::now();
        let mut lagging = Vec::new();
        let mut ends = BTreeMap::new();
        for (shard, state) in &desk.shards {
            let head = self.heads.of(*shard);
            if head > state.at && state.not_before.is_none_or(|at| at <= now) {
                lagging.push(Place {
                    shard: *shard,
                    position: state.at,
                });
                ends.insert(*shard, head);
            }
        }
        if lagging.is_empty() {
            return Ok(false);
        }
        let (interest, batch) = (self.handler.interest(), self.handler.batch());
        let entries = reading::runs(self.db.background(), &lagging, interest, batch).await?;
        let runs = desk.part(entries, &ends, batch);
        for (shard, outcome) in self.handler.handle(runs).await {
            self.note(desk, shard, outcome);
        }
        Ok(true)
    }

    fn note(&self, desk: &mut Desk, shard: i32, outcome: Outcome) {
        match outcome {
            Outcome::Reached(position) => desk.reached(shard, position, None),
            Outcome::Paused(position, pause) => {
                desk.reached(shard, position, Some(Instant::now() + pause));
            }
            Outcome::Lost => {
                tracing::warn!(
                    consumer = self.handler.name(),
                    shard,
                    "Another worker has taken a shard."
                );
                desk.shards.remove(&shard);
            }
            Outcome::Unknown(kind) => {
                tracing::error!(
                    consumer = self.handler.name(),
                    shard,
                    kind,
                    "This program is too old for an event: the shard waits for a newer one."
                );
                metrics::counter!("rookery_events_unknown_total", "consumer" => self.handler.name().to_owned())
                    .increment(1);
                desk.shards.remove(&shard);
                desk.refused.insert(shard, Instant::now() + REFUSED);
                desk.ticked = None;
            }
        }
    }

    /// Moves stored positions to where memory has come.
    async fn store(&self, desk: &mut Desk) -> Result<()> {
        let ahead = |shard: &&mut Shard| shard.at > shard.held.position;
        for shard in desk.shards.values_mut().filter(ahead) {
            let step = [Move {
                held: shard.held,
                to: shard.at,
            }];
            let name = self.handler.name();
            let moved = self.db.write_txn(Lane::Background, |txn| async move {
                positions::advance(&txn, name, &step).await
            });
            match moved.await {
                Ok(()) => shard.held.position = shard.at,
                Err(error) if positions::is_stale(&error) => shard.at = -1,
                Err(error) => return Err(error),
            }
        }
        desk.shards.retain(|_, shard| shard.at >= 0);
        Ok(())
    }

    /// Tries parked events again that somebody has asked for, in order.
    async fn redo(&self, desk: &mut Desk) -> Result<()> {
        let name = self.handler.name();
        let mut failed = HashSet::new();
        for parked in parking::due(&self.db, name).await? {
            let shard = desk.shards.get(&parked.shard);
            let Some(shard) = shard.filter(|_| !failed.contains(&parked.aggregate)) else {
                continue;
            };
            let place = Place {
                shard: parked.shard,
                position: parked.position,
            };
            let aggregate = parked.aggregate;
            if let Err(error) = self.handler.redo(shard.held, parked).await {
                complain(name, &error);
                failed.insert(aggregate);
                parking::failed_again(&self.db, name, place, aggregate, &error.reason()).await?;
            }
        }
        Ok(())
    }
}

async fn wait(news: &mut watch::Receiver<Vec<i64>>) {
    // A tick at the latest; the sender lives as long as the app.
    let _ = tokio::time::timeout(TICK, news.changed()).await;
}

fn complain(consumer: &str, error: &crate::error::Error) {
    tracing::warn!(
        consumer,
        error = error.reason(),
        "A consumer of the log failed; it tries again."
    );
}
