//! What follows the log for how people stand.

use std::{collections::BTreeSet, sync::Arc};

use futures_util::future::{BoxFuture, FutureExt};
use uuid::Uuid;

use super::events::{ProfilePart, ProfileUpdated};
use crate::{
    accounts::events::{DeletionCancelled, DeletionRequested, Suspended, Unsuspended},
    activity::{Applied, Consumer, Entry, Event, Interest, Known},
    counters::{Counters, Deltas, marks::Marked},
    error::Result,
    platform::db::Txn,
};

/// The name of [`Marks`].
pub const MARKS: &str = "marks";

/// The most rows in one transaction.
const CHUNK: usize = 500;

/// What says that somebody stands otherwise than before.
const KINDS: [&str; 5] = [
    ProfileUpdated::KIND.name,
    Suspended::KIND.name,
    Unsuspended::KIND.name,
    DeletionRequested::KIND.name,
    DeletionCancelled::KIND.name,
];

/// Takes what people did out of public numbers when they are suspended, about to be erased or, for
/// hashtags, private, and puts it back (R11, R33).
///
/// It looks at how somebody stands now, not at what the event says: in whatever order and however
/// often events come, every row ends as its person stands.
pub struct Marks {
    known: Known,
    counters: Counters,
    marked: Vec<Arc<dyn Marked>>,
}

impl Marks {
    /// `known` are all the kinds that this program records, `marked` all rows that are.
    pub fn new(known: Known, counters: Counters, marked: Vec<Arc<dyn Marked>>) -> Self {
        Self {
            known,
            counters,
            marked,
        }
    }

    async fn align(&self, txn: &Txn, people: BTreeSet<Uuid>) -> Result<Applied> {
        let (mut deltas, mut room) = (Deltas::default(), CHUNK);
        for person in people {
            for marked in &self.marked {
                room = room.saturating_sub(marked.align(txn, person, room, &mut deltas).await?);
                if room == 0 {
                    break;
                }
            }
        }
        self.counters.write(txn, &deltas).await?;
        Ok(match room {
            CHUNK => Applied::Done,
            // Looked at once more: what somebody else held was left out.
            _ => Applied::More,
        })
    }
}

impl Consumer for Marks {
    fn name(&self) -> &'static str {
        MARKS
    }

    fn interest(&self) -> Interest {
        self.known.only(&KINDS)
    }

    fn knows(&self, kind: &str) -> bool {
        self.known.has(kind)
    }

    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>> {
        async move { self.align(txn, turned(events)?).await }.boxed()
    }
}

/// The people who stand otherwise than before.
pub fn turned(events: &[Entry]) -> Result<BTreeSet<Uuid>> {
    let mut people = BTreeSet::new();
    for event in events {
        let counts = match event.kind == ProfileUpdated::KIND.name {
            true => {
                let fact: ProfileUpdated = event.read()?;
                fact.changed.contains(&ProfilePart::Privacy)
            }
            false => KINDS.contains(&event.kind.as_str()),
        };
        if counts {
            people.insert(event.aggregate);
        }
    }
    Ok(people)
}
