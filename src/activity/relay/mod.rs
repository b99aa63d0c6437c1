//! The relay: a consumer of the log that sends it to Kafka.
//!
//! # Order
//! Each shard's events are handed to one producer in log order, without gaps, from the stored
//! position on, and that position moves only behind what the cluster has acknowledged. So whatever
//! any relay sends, now or when it wakes up late, continues what has arrived already: of the first
//! occurrences of a key none comes before its predecessor, and repetitions have the same id.
//! A failure for good ends what its producer may still send (see `platform::kafka::Style`).
//!
//! # What waits
//! Trouble of the cluster is waited for, by those shards that meet it. A message that is refused
//! for good is tried alone, then parked together with what follows of its aggregate.

mod launch;
mod line;
mod people;
mod settle;
mod start;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::{BoxFuture, FutureExt, join_all};
use tokio::time::Instant;

pub use self::start::Stream;
use self::{launch::Launched, line::Line, people::People};
use super::{
    envelope::Kinds,
    event::Topic,
    handler::{Handler, Outcome, Run},
    log::Entry,
    parking,
    positions::Held,
    reading::Interest,
};
use crate::{
    error::Result,
    platform::{
        crash,
        db::Db,
        health::{Flag, Part},
        kafka::Cluster,
    },
};

/// The most events of one shard at once.
const BATCH: u64 = 1_000;

/// As above while the cluster is in trouble, or single messages are tried.
const SMALL_BATCH: u64 = 20;

/// How long shards that are done wait for others, and how long all wait for the first.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));

/// When a shard whose messages are still under way is looked at again.
const GLANCE: Duration = Duration::from_millis(200);

/// Sends the log to one cluster.
pub struct Relay {
    db: Db,
    name: String,
    kinds: Kinds,
    topics: BTreeMap<Topic, String>,
    line: Line,
    people: People,
    /// What was sent and has not arrived when the last turn ended, by shard.
    aloft: Mutex<HashMap<i32, Launched>>,
    trials: Mutex<HashMap<i32, Trial>>,
    is_closing: AtomicBool,
    /// Turns under way.
    turns: AtomicUsize,
    flag: Flag,
}

/// A message that was refused.
#[derive(Clone, Copy, Debug)]
struct Trial {
    position: i64,
    attempts: u32,
    /// Up to here messages are sent alone.
    alone_until: i64,
    /// When the last attempt was.
    at: Instant,
}

/// What another worker may have taken meanwhile is not remembered for longer.
const TRIAL: Duration = Duration::from_secs(30);

impl Relay {
    /// A relay to `cluster`, whose positions are stored under `name`. `topic` names topics.
    pub fn new(
        db: Db,
        name: &str,
        cluster: Cluster,
        kinds: Kinds,
        topic: impl Fn(Topic) -> String,
    ) -> Self {
        Self {
            db,
            name: name.to_owned(),
            kinds,
            topics: Topic::ALL.map(|t| (t, topic(t))).into(),
            line: Line::new(cluster),
            people: People::default(),
            aloft: Mutex::default(),
            trials: Mutex::default(),
            is_closing: AtomicBool::new(false),
            turns: AtomicUsize::new(0),
            flag: Flag::unseen(Part::Kafka),
        }
    }

    /// Says by `flag` whether the cluster takes what is sent.
    #[must_use]
    pub fn telling(self, flag: Flag) -> Self {
        Self { flag, ..self }
    }

    /// Sends nothing new from here on, waits until what is on its way has arrived, at most
    /// `patience`, and moves positions.
    pub async fn close(&self, patience: Duration) {
        self.is_closing.store(true, Ordering::SeqCst);
        let is_under_way = || {
            let is_aloft = |launched: &Launched| !launched.flight.is_over();
            self.turns.load(Ordering::SeqCst) > 0 || lock(&self.aloft).values().any(is_aloft)
        };
        let closing = async {
            while is_under_way() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(patience, closing).await.is_err() {
            tracing::warn!("Kafka has not taken everything: the rest is sent at the next start.");
        }
        let over = self.landed(|_| true);
        self.settle_all(over).await;
        self.line.finish(Duration::from_secs(1)).await;
    }

    /// Takes out what is over, in the shards that are asked for.
    fn landed(&self, is_wanted: impl Fn(i32) -> bool) -> Vec<Launched> {
        let mut aloft = lock(&self.aloft);
        let over = aloft.extract_if(|shard, l| is_wanted(*shard) && l.flight.is_over());
        over.map(|(_, launched)| launched).collect()
    }

    async fn turn(&self, runs: Vec<Run>) -> Vec<(i32, Outcome)> {
        let _turn = Turn::begin(&self.turns);
        let mut outcomes = Vec::new();
        let mut under_way = Vec::new();
        let mut fresh = Vec::new();
        lock(&self.trials).retain(|_, trial| trial.at.elapsed() < TRIAL);
        let given: HashSet<i32> = runs.iter().map(|run| run.held.shard).collect();
        let others = self.landed(|shard| !given.contains(&shard));
        // Shards that wait, or that another worker has taken: then they are not this one's to lose.
        let others = self.settle_all(others).await;
        let mine = |(_, outcome): &(i32, Outcome)| *outcome != Outcome::Lost;
        outcomes.extend(others.into_iter().filter(mine));
        for run in runs {
            let shard = run.held.shard;
            match lock(&self.aloft).remove(&shard) {
                Some(launched) if launched.held == run.held => under_way.push(launched),
                _ => fresh.push(run),
            }
        }
        match self.launch_all(&fresh).await {
            Ok(launched) => {
                for (shard, launched) in launched {
                    match launched {
                        Ok(launched) => under_way.push(launched),
                        Err(outcome) => outcomes.push((shard, outcome)),
                    }
                }
            }
            Err(error) => {
                tracing::warn!(error = error.reason(), "The relay could not read.");
                let wait = |run: &Run| Outcome::Paused(run.held.position, Duration::from_secs(1));
                outcomes.extend(fresh.iter().map(|run| (run.held.shard, wait(run))));
            }
        }
        if !under_way.is_empty() {
            crash::point("after-send");
        }
        // Dropped with this turn, they would be sent again: they are kept from here on.
        let over = self.arrivals(under_way).await;
        outcomes.extend(self.settle_all(over).await);
        let aloft = lock(&self.aloft);
        let glance = |l: &Launched| Outcome::Paused(l.held.position, GLANCE);
        let known: Vec<i32> = outcomes.iter().map(|(shard, _)| *shard).collect();
        let is_waiting = |shard: &i32| given.contains(shard) && !known.contains(shard);
        let waiting = aloft.values().filter(|l| is_waiting(&l.held.shard));
        outcomes.extend(waiting.map(|l| (l.held.shard, glance(l))));
        outcomes
    }

    /// Waits for acknowledgements, with bounds, and returns what is over. The rest stays aloft.
    async fn arrivals(&self, launched: Vec<Launched>) -> Vec<Launched> {
        let flights: Vec<_> = launched.iter().map(|l| l.flight.clone()).collect();
        let shards: HashSet<i32> = launched.iter().map(|l| l.held.shard).collect();
        lock(&self.aloft).extend(launched.into_iter().map(|l| (l.held.shard, l)));
        let begun = Instant::now();
        let all = join_all(flights.iter().map(|flight| flight.over()));
        let mut all = std::pin::pin!(all);
        loop {
            let tick = tokio::time::timeout(Duration::from_millis(100), &mut all);
            if tick.await.is_ok() {
                break;
            }
            self.line.mend();
            let is_any = flights.iter().any(|flight| flight.is_over());
            let patience = if is_any { PATIENCE.0 } else { PATIENCE.1 };
            if begun.elapsed() >= patience {
                // Messages are never given up, so a cluster that is away fails nothing: it is known
                // by its silence.
                if !is_any {
                    self.flag.set(true);
                }
                break;
            }
        }
        self.line.mend();
        self.landed(|shard| shards.contains(&shard))
    }
}

/// Counts a turn, also one that is dropped half-way.
struct Turn<'a>(&'a AtomicUsize);

impl<'a> Turn<'a> {
    fn begin(turns: &'a AtomicUsize) -> Self {
        turns.fetch_add(1, Ordering::SeqCst);
        Self(turns)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Handler for Relay {
    fn name(&self) -> &str {
        &self.name
    }

    fn interest(&self) -> &Interest {
        &Interest::Everything
    }

    fn batch(&self) -> u64 {
        match lock(&self.aloft).is_empty() && lock(&self.trials).is_empty() {
            true => BATCH,
            false => SMALL_BATCH,
        }
    }

    fn handle(&self, runs: Vec<Run>) -> BoxFuture<'_, Vec<(i32, Outcome)>> {
        self.turn(runs).boxed()
    }

    fn redo(&self, held: Held, parked: Entry) -> BoxFuture<'_, Result<()>> {
        self.send_again(held, parked).boxed()
    }
}

/// The aggregates whose events wait in the parking.
async fn parked(db: &Db, name: &str) -> Result<HashSet<uuid::Uuid>> {
    parking::aggregates(db.background(), name).await
}
