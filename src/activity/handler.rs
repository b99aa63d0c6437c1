//! What a consumer of the log does: it is handed runs of events, and says what became of them.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{
    log::Entry,
    positions::{Held, Move},
    reading::Interest,
};
use crate::error::Result;

/// Some events of one shard, in order.
#[derive(Clone, Debug)]
pub struct Run {
    /// The shard as this worker holds it: what a move of its position is compared with.
    pub held: Held,
    pub events: Vec<Entry>,
    /// Where the shard stands once all of `events` are handled.
    pub end: i64,
}

impl Run {
    /// The move of the position behind the whole run.
    pub fn whole(&self) -> Move {
        Move {
            held: self.held,
            to: self.end,
        }
    }
}

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The stored position is here now.
    Reached(i64),
    /// As above, and what follows failed: not again before this long.
    Paused(i64, Duration),
    /// A newer program has recorded this kind: the shard is given back, for a program that knows.
    Unknown(String),
    /// Another worker has taken the shard.
    Lost,
}

/// What a consumer does with the events that it is given.
pub trait Handler: Send + Sync + 'static {
    /// Its name in `activity_consumer`.
    fn name(&self) -> &str;

    /// Which events it is given.
    fn interest(&self) -> &Interest;

    /// How many events it takes at once of each shard.
    fn batch(&self) -> u64;

    /// Handles runs, each of another shard, and moves their positions. Says what became of each,
    /// in any order.
    fn handle(&self, runs: Vec<Run>) -> BoxFuture<'_, Vec<(i32, Outcome)>>;

    /// Handles an event again that was parked, and takes it out of the parking.
    fn redo(&self, held: Held, parked: Entry) -> BoxFuture<'_, Result<()>>;
}
