//! What follows the log for media: makes uploads ready, and takes away what is not served.
//!
//! It looks at what an upload is now, not at what the event says, and takes each step once, from the
//! state before it ([`commands`](super::commands)): in whatever order and however often events come,
//! also after a death in the middle, each upload ends READY, FAILED or gone.
//!
//! One is made ready at a time, so that a process holds the pixels of one picture at most (see
//! [`picture`](super::picture) for how many bytes that is); films pass through a file.

use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, FutureExt};
use metrics::{counter, histogram};

use super::{
    Status, commands,
    entity::media,
    events::{Deleted, Failed, Uploaded},
    making, objects, queries,
};
use crate::{
    activity::{Entry, Event, Handler, Interest, Known, Outcome, Run, parking, positions},
    error::Result,
    ids::MediaId,
    platform::{
        Platform,
        db::{Lane, Place},
        store::Store,
    },
};

/// The name of [`Making`] in the log.
pub const MEDIA: &str = "media";

/// How long an upload rests that could not be handled: mostly the store is away.
const PAUSE: Duration = Duration::from_secs(2);

/// How long one turn takes, but for the uploads of a shard that it has begun.
const TURN: Duration = Duration::from_secs(5);

/// Makes uploads ready.
pub struct Making {
    platform: Platform,
    store: Store,
    known: Known,
    interest: Interest,
}

const OWN: [&str; 3] = [Uploaded::KIND.name, Failed::KIND.name, Deleted::KIND.name];

impl Making {
    /// `known` are all the kinds that this program records.
    pub fn new(platform: Platform, store: Store, known: Known) -> Self {
        Self {
            platform,
            store,
            interest: known.only(&OWN),
            known,
        }
    }

    /// Does what is left to do for an upload.
    async fn settle(&self, id: MediaId) -> Result<()> {
        let Some(row) = queries::any(self.platform.db.background(), id).await? else {
            return Ok(());
        };
        match row.status {
            Status::Processing if row.deleted_at.is_none() => self.make(&row).await,
            _ => self.remove(&objects::unwanted(&row)).await,
        }
    }

    /// Removes objects. Where the store refuses, the sweeper tries again: nothing waits for that.
    async fn remove(&self, keys: &[String]) -> Result<()> {
        match self.store.delete(keys).await {
            Err(error) if !error.is_unavailable() => {
                tracing::warn!(%error, "Objects could not be removed.");
                Ok(())
            }
            removed => Ok(removed?),
        }
    }

    async fn make(&self, row: &media::Model) -> Result<()> {
        let (p, store) = (&self.platform, &self.store);
        let begun = Instant::now();
        let made = making::make(p, store, row).await?;
        let Some(made) = made else {
            return Ok(());
        };
        let outcome = if made.is_ok() { "ready" } else { "failed" };
        counter!("rookery_media_jobs_total", "outcome" => outcome).increment(1);
        histogram!("rookery_media_job_duration_seconds").record(begun.elapsed());
        let gone = match commands::finish(p, row.id, made).await? {
            true => vec![objects::raw(row)],
            false => objects::all(row),
        };
        self.remove(&gone).await
    }

    /// Handles the events of one shard in order, and moves its position behind each.
    async fn follow(&self, run: Run) -> Outcome {
        let mut held = run.held;
        for (n, event) in run.events.iter().enumerate() {
            if !self.known.has(&event.kind) {
                return Outcome::Unknown(event.kind.clone());
            }
            if let Err(error) = self.settle(MediaId(event.aggregate)).await {
                tracing::warn!(media.id = %event.aggregate, %error, "An upload has to wait.");
                return Outcome::Paused(held.position, PAUSE);
            }
            let is_last = n + 1 == run.events.len();
            let to = if is_last { run.end } else { event.position };
            let step = [positions::Move { held, to }];
            let moved = self
                .platform
                .db
                .write_txn(Lane::Background, |txn| async move {
                    positions::advance(&txn, MEDIA, &step).await
                });
            match moved.await {
                Ok(()) => held.position = to,
                Err(error) if positions::is_stale(&error) => return Outcome::Lost,
                Err(_) => return Outcome::Paused(held.position, PAUSE),
            }
        }
        Outcome::Reached(held.position)
    }
}

impl Handler for Making {
    fn name(&self) -> &str {
        MEDIA
    }

    fn interest(&self) -> &Interest {
        &self.interest
    }

    fn batch(&self) -> u64 {
        3
    }

    fn handle(&self, runs: Vec<Run>) -> BoxFuture<'_, Vec<(i32, Outcome)>> {
        async move {
            let (mut outcomes, begun) = (Vec::new(), Instant::now());
            for run in runs {
                outcomes.push((run.held.shard, self.follow(run).await));
                // What is left is handed over again, after shards were shared out.
                if begun.elapsed() > TURN {
                    break;
                }
            }
            outcomes
        }
        .boxed()
    }

    fn redo(&self, held: positions::Held, parked: Entry) -> BoxFuture<'_, Result<()>> {
        async move {
            self.settle(MediaId(parked.aggregate)).await?;
            let place = Place {
                shard: parked.shard,
                position: parked.position,
            };
            let stay = [positions::Move {
                held,
                to: held.position,
            }];
            self.platform
                .db
                .write_txn(Lane::Background, |txn| async move {
                    positions::advance(&txn, MEDIA, &stay).await?;
                    parking::take_out(&txn, MEDIA, place).await
                })
                .await
        }
        .boxed()
    }
}
