//! What turns events of the log into hints; domains implement it and `app` registers it.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{hub::Listening, topic::Topic};
use crate::{
    activity::Entry,
    error::Result,
    platform::db::{Db, Place},
};

/// That something is to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub topic: Topic,
    pub id: Uuid,
    /// The consumer whose derived rows are looked at, and how far it has to be.
    pub(super) after: Option<(&'static str, Place)>,
}

impl Hint {
    /// A hint at rows that a command wrote: they are there.
    pub fn now(topic: Topic, id: Uuid) -> Self {
        Self {
            topic,
            id,
            after: None,
        }
    }

    /// A hint at rows that `consumer` derives from `entry`: it is told once they are there.
    pub fn after(consumer: &'static str, entry: &Entry, topic: Topic, id: Uuid) -> Self {
        let place = Place {
            shard: entry.shard,
            position: entry.position,
        };
        Self {
            topic,
            id,
            after: Some((consumer, place)),
        }
    }
}

/// Finds who has to look when something happened.
pub trait Source: Send + Sync + 'static {
    /// The kinds of events that it is given.
    fn kinds(&self) -> &[&'static str];

    /// The hints that `entries` give, for topics that have a listener. However many entries and
    /// listeners there are, the number of statements stays the same.
    ///
    /// # Errors
    /// Whatever fails is tried again with the same entries.
    fn hints<'a>(
        &'a self,
        db: &'a Db,
        entries: &'a [Entry],
        listening: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>>;

    /// Hints that no event gives: asked every few seconds.
    fn sweep<'a>(
        &'a self,
        db: &'a Db,
        listening: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        let _ = (db, listening);
        Box::pin(async { Ok(Vec::new()) })
    }
}
