//! Follows the log for the listeners of this process and tells them where to look.

use std::{collections::BTreeMap, future::pending, sync::Arc, time::Duration};

use tokio::{sync::watch, time::Instant};

use super::{
    hub::Hub,
    source::{Hint, Source},
};
use crate::{
    activity::{Entry, Heads, Interest, positions, reading},
    error::{Error, Result},
    platform::db::{Db, Place},
};

/// How many events of a shard are read at once.
const BATCH: u64 = 500;
/// Further behind than this nothing is told one by one: everybody fetches again.
const TOO_FAR: i64 = 10_000;
/// How many hints wait for consumers; beyond it everybody fetches again.
const HELD: usize = 10_000;
/// How often the positions of consumers are looked at while hints wait for them.
const LOOK: Duration = Duration::from_millis(25);
/// How often sources are asked for what no event tells.
const SWEEP: Duration = Duration::from_secs(4);
/// How long a failure is given at most before it is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often entries are tried that a source cannot read; then everybody fetches again.
const TRIES: u32 = 10;

/// One follower of the log in one process. It holds no place in the database: it starts where the
/// log is, and what it does not know any more, listeners fetch.
pub struct Tail {
    db: Db,
    heads: Heads,
    hub: Hub,
    sources: Vec<Arc<dyn Source>>,
    interest: Interest,
    /// Behind what has been told, by shard.
    at: Vec<i64>,
    /// Hints whose rows are still to be derived.
    held: Vec<Hint>,
    failures: u32,
}

impl Tail {
    /// A tail that begins with the next event.
    ///
    /// # Errors
    /// The log cannot be looked at.
    pub async fn start(
        db: Db,
        heads: Heads,
        hub: Hub,
        sources: Vec<Arc<dyn Source>>,
    ) -> Result<Self> {
        heads.look(&db).await?;
        let kinds = sources.iter().flat_map(|source| source.kinds());
        let interest = Interest::Only(kinds.copied().collect());
        let at = heads.watch().borrow().clone();
        Ok(Self {
            db,
            heads,
            hub,
            sources,
            interest,
            at,
            held: Vec::new(),
            failures: 0,
        })
    }

    /// Tells what happens until `stop` turns true.
    pub async fn run(mut self, stop: watch::Receiver<bool>) {
        tokio::select! {
            () = self.follow() => {}
            () = stopped(stop) => {}
        }
    }

    async fn follow(&mut self) {
        let mut news = self.heads.watch();
        let mut swept = Instant::now();
        loop {
            let looking = async {
                match self.held.is_empty() {
                    true => pending().await,
                    false => tokio::time::sleep(LOOK).await,
                }
            };
            tokio::select! {
                // The sender lives as long as `self`.
                _ = news.changed() => {}
                () = looking => {}
                () = tokio::time::sleep_until(swept + SWEEP) => {
                    swept = Instant::now();
                    if let Err(error) = self.sweep().await {
                        complain(&error);
                    }
                }
            }
            if let Err(error) = self.tell().await {
                complain(&error);
                self.failures += 1;
                let pause = Duration::from_millis(50) * self.failures.min(20);
                tokio::time::sleep(pause.min(PAUSE)).await;
                // Tried again, also where nothing new has happened.
                news.mark_changed();
            }
        }
    }

    /// Tells everything there is to tell now.
    async fn tell(&mut self) -> Result<()> {
        loop {
            // The heads come first: whoever begins to listen after the next line has read, or
            // reads afterwards, what stands before them.
            let heads = self.heads.watch().borrow().clone();
            if self.hub.listening().is_empty() {
                self.jump(&heads);
                return Ok(());
            }
            let behind = heads.iter().zip(&self.at);
            let behind: i64 = behind.map(|(head, at)| (head - at).max(0)).sum();
            if behind > TOO_FAR {
                tracing::warn!(behind, "Too far behind the log: everybody fetches again.");
                self.jump(&heads);
                self.hub.resync_all();
                return Ok(());
            }
            if behind > 0 {
                self.read(&heads).await?;
            }
            self.release().await?;
            if heads.iter().zip(&self.at).all(|(head, at)| at >= head) {
                return Ok(());
            }
        }
    }

    /// Reads what is new up to `heads`, or a part of it, and tells it or keeps it for later.
    async fn read(&mut self, heads: &[i64]) -> Result<()> {
        let lagging: Vec<Place> = (0..)
            .zip(heads.iter().zip(&self.at))
            .filter(|(_, (head, at))| head > at)
            .map(|(shard, (_, at))| Place {
                shard,
                position: *at,
            })
            .collect();
        let entries = reading::runs(self.db.background(), &lagging, &self.interest, BATCH).await?;
        match self.hints(&entries).await {
            Ok(hints) => {
                self.failures = 0;
                let (later, at_once): (Vec<_>, Vec<_>) =
                    hints.into_iter().partition(|hint| hint.after.is_some());
                self.give(at_once);
                self.hold(later);
            }
            Err(error) if self.failures >= TRIES => {
                complain(&error);
                tracing::error!("Events cannot be told: everybody fetches again.");
                self.failures = 0;
                self.hub.resync_all();
            }
            Err(error) => return Err(error),
        }
        self.advance(&lagging, heads, &entries);
        Ok(())
    }

    async fn hints(&self, entries: &[Entry]) -> Result<Vec<Hint>> {
        let mut hints = Vec::new();
        for source in &self.sources {
            let is_for_it = |entry: &&Entry| source.kinds().contains(&entry.kind.as_str());
            let entries: Vec<Entry> = entries.iter().filter(is_for_it).cloned().collect();
            if !entries.is_empty() {
                let listening = self.hub.listening();
                hints.extend(source.hints(&self.db, &entries, &listening).await?);
            }
        }
        Ok(hints)
    }

    /// Notes how far each shard was read: to its head, unless there may be more.
    fn advance(&mut self, lagging: &[Place], heads: &[i64], entries: &[Entry]) {
        let mut read = BTreeMap::<i32, (u64, i64)>::new();
        for entry in entries {
            let (count, last) = read.entry(entry.shard).or_default();
            *count += 1;
            *last = entry.position;
        }
        for place in lagging {
            let shard = usize::try_from(place.shard).unwrap_or(usize::MAX);
            let (Some(at), Some(head)) = (self.at.get_mut(shard), heads.get(shard)) else {
                continue;
            };
            *at = match read.get(&place.shard) {
                Some((count, last)) if *count >= BATCH => *last,
                // It may have gone on since the heads were looked at.
                Some((_, last)) => *head.max(last),
                None => *head,
            };
        }
    }

    fn jump(&mut self, heads: &[i64]) {
        for (at, head) in self.at.iter_mut().zip(heads) {
            *at = (*at).max(*head);
        }
        self.held.clear();
    }

    fn give(&self, hints: Vec<Hint>) {
        for hint in hints {
            self.hub.tell(hint.topic, hint.id);
        }
    }

    fn hold(&mut self, hints: Vec<Hint>) {
        self.held.extend(hints);
        if self.held.len() > HELD {
            tracing::warn!("A consumer is far behind: everybody fetches again.");
            self.held.clear();
            self.hub.resync_all();
        }
    }

    /// Tells the hints whose rows are derived by now.
    async fn release(&mut self) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let mut reached = BTreeMap::new();
        let consumers = self.held.iter().filter_map(|hint| hint.after);
        for (consumer, _) in consumers {
            if reached.contains_key(consumer) {
                continue;
            }
            let positions = positions::of(self.db.background(), consumer).await?;
            let positions = positions.iter().map(|held| (held.shard, held.position));
            reached.insert(consumer, BTreeMap::from_iter(positions));
        }
        let is_derived = |hint: &mut Hint| {
            hint.after.is_none_or(|(consumer, place)| {
                let position = reached.get(consumer).and_then(|of| of.get(&place.shard));
                position.is_some_and(|position| *position >= place.position)
            })
        };
        let ready: Vec<Hint> = self.held.extract_if(.., is_derived).collect();
        self.give(ready);
        Ok(())
    }

    async fn sweep(&self) -> Result<()> {
        let listening = self.hub.listening();
        if listening.is_empty() {
            return Ok(());
        }
        for source in &self.sources {
            self.give(source.sweep(&self.db, &listening).await?);
        }
        Ok(())
    }
}

fn complain(error: &Error) {
    tracing::warn!(
        error = error.reason(),
        "What happened could not be told; it is tried again."
    );
}

pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
