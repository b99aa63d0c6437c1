//! What follows the log for search.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, FutureExt};
use uuid::Uuid;

use super::align::align;
use crate::{
    accounts::events::{DeletionCancelled, DeletionRequested, Erased, Registered},
    activity::{Applied, Consumer, Entry, Event, Interest, Known},
    error::Result,
    people::events::ProfileUpdated,
    platform::db::Txn,
    posts::events::{Deleted, Edited, Published},
};

/// The name of [`Search`].
pub const SEARCH: &str = "search";

/// The most rows in one transaction: they are small, and one statement writes them all.
const CHUNK: usize = 2_000;

/// What says that a text or a name is new, different or gone.
const KINDS: [&str; 8] = [
    Registered::KIND.name,
    ProfileUpdated::KIND.name,
    DeletionRequested::KIND.name,
    DeletionCancelled::KIND.name,
    Erased::KIND.name,
    Published::KIND.name,
    Edited::KIND.name,
    Deleted::KIND.name,
];

/// Keeps the tables of search. Level-triggered: an event says whose rows to look at, and they are
/// made to agree with what the tables of posts and people hold.
pub struct Search {
    known: Known,
}

impl Search {
    /// `known` are all the kinds that this program records.
    pub fn new(known: Known) -> Self {
        Self { known }
    }
}

impl Consumer for Search {
    fn name(&self) -> &'static str {
        SEARCH
    }

    fn interest(&self) -> Interest {
        self.known.only(&KINDS)
    }

    fn knows(&self, kind: &str) -> bool {
        self.known.has(kind)
    }

    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>> {
        async move {
            let ids: Vec<Uuid> = touched(events)?.into_iter().collect();
            match ids.is_empty() {
                true => Ok(Applied::Done),
                false => align(txn, &ids, CHUNK).await,
            }
        }
        .boxed()
    }
}

/// The posts, people and hashtags that these events are about.
fn touched(events: &[Entry]) -> Result<BTreeSet<Uuid>> {
    let mut ids = BTreeSet::new();
    for event in events {
        if !KINDS.contains(&&*event.kind) {
            continue;
        }
        ids.insert(event.aggregate);
        if event.kind == Published::KIND.name {
            ids.extend(event.read::<Published>()?.hashtagids);
        } else if event.kind == Edited::KIND.name {
            ids.extend(event.read::<Edited>()?.hashtagids.unwrap_or_default());
        }
    }
    Ok(ids)
}
