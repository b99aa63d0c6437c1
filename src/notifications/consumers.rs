//! What follows the log for notifications.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, FutureExt};

use super::{
    about::{self, KINDS},
    commands::{News, groups_of, settle},
    queries::{led_by, under_posts},
};
use crate::{
    activity::{Applied, Consumer, Entry, Interest, Known, positions::alone},
    clock::Clock,
    error::Result,
    platform::db::Txn,
};

/// The name of [`Notifications`] in the log.
pub const NOTIFICATIONS: &str = "notifications";

/// The most rows that change in one transaction.
const CHUNK: usize = 500;
/// How many rows are looked at where somebody's acts go out of sight, or a post with all comments
/// under it. What is left beyond that is hidden by every reading.
const LOOKED_AT: u64 = 2_000;

/// Keeps the rows of notifications.
///
/// An event says what to look at, never what is: each group that a batch touches is looked at once,
/// and its row made to agree with the tables, whatever the order of events and however often they
/// come. A crowd that reacts to one post costs one look for each batch.
pub struct Notifications {
    clock: Clock,
    known: Known,
}

impl Notifications {
    /// `known` are all the kinds that this program records.
    pub fn new(clock: Clock, known: Known) -> Self {
        Self { clock, known }
    }
}

impl Consumer for Notifications {
    fn name(&self) -> &'static str {
        NOTIFICATIONS
    }

    fn interest(&self) -> Interest {
        self.known.only(&KINDS)
    }

    fn knows(&self, kind: &str) -> bool {
        self.known.has(kind)
    }

    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>> {
        async move {
            alone(txn, NOTIFICATIONS).await?;
            let matters = about::matters(&**txn, events).await?;
            let matters = BTreeSet::from_iter(matters.into_iter().map(|(_, matter)| matter));
            let mut groups = groups_of(txn, &matters).await?;
            for event in events {
                for gone in about::gone(event)? {
                    groups.extend(led_by(txn, &gone, LOOKED_AT).await?);
                }
            }
            let deleted = about::deleted_posts(events);
            groups.extend(under_posts(txn, &deleted, LOOKED_AT).await?);
            let now = self.clock.now();
            let changed = settle(txn, &groups, (now, News::Fresh), CHUNK).await?;
            Ok(match changed < CHUNK {
                true => Applied::Done,
                false => Applied::More,
            })
        }
        .boxed()
    }
}
