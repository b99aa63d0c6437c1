//! The consumer that folds what events add into the numbers that everybody reads.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};

use super::Deltas;
use crate::{
    activity::{Applied, Consumer, Entry, Interest},
    error::Result,
    platform::db::Txn,
};

/// A number kept outside the table of counters, by the domain that owns it.
pub trait Fold: Send + Sync {
    /// Adds the changes that are its own.
    fn fold<'a>(&'a self, txn: &'a Txn, deltas: &'a Deltas) -> BoxFuture<'a, Result<()>>;
}

/// Adds up what events carry: one change of a row for a whole batch of events. Unlike all other
/// consumers it is not level-triggered: each event counts exactly once, because its effect commits
/// with the position.
#[derive(Clone)]
pub struct Counters(Vec<Arc<dyn Fold>>);

impl Counters {
    /// The consumer's name.
    pub const NAME: &str = "counters";

    /// Counts, and has `folds` add up what is theirs.
    pub fn new(folds: Vec<Arc<dyn Fold>>) -> Self {
        Self(folds)
    }

    pub(super) async fn add_up(&self, txn: &Txn, events: &[Entry]) -> Result<()> {
        let mut deltas = Deltas::default();
        for count in events.iter().map(Entry::counted) {
            count?.into_iter().for_each(|count| deltas.add_count(count));
        }
        self.write(txn, &deltas).await
    }

    /// Adds changes to the numbers. Consumers alone do.
    pub async fn write(&self, txn: &Txn, deltas: &Deltas) -> Result<()> {
        for fold in &self.0 {
            fold.fold(txn, deltas).await?;
        }
        deltas.write(txn).await
    }
}

impl Consumer for Counters {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn interest(&self) -> Interest {
        Interest::Counted
    }

    /// What an event adds does not depend on its kind.
    fn knows(&self, _: &str) -> bool {
        true
    }

    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>> {
        async move {
            self.add_up(txn, events).await?;
            Ok(Applied::Done)
        }
        .boxed()
    }
}
