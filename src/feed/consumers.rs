//! What follows the log for the home feed.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::DbBackend;
use uuid::Uuid;

use super::{
    fan_out::spread,
    readers::{gather, to_gather, welcome},
};
use crate::{
    accounts::events::{Registered, SignedIn},
    activity::{Applied, Consumer, Entry, Event, Interest, Known},
    clock::{Clock, Timestamp},
    error::Result,
    platform::{Platform, config::FeedConfig, db::Txn},
    posts::events::{Deleted, Published, RepostUndone, Reposted},
    social::events::{FollowAccepted, Followed, Unfollowed},
};

/// The name of [`Feed`] in the log.
pub const FEED: &str = "feed";

/// The most changes in one transaction where requests wait for it.
const SQLITE_CHUNK: u64 = 500;

const POSTS: [&str; 4] = [
    Published::KIND.name,
    Reposted::KIND.name,
    Deleted::KIND.name,
    RepostUndone::KIND.name,
];
const VISITS: [&str; 2] = [Registered::KIND.name, SignedIn::KIND.name];
const FOLLOWS: [&str; 2] = [Followed::KIND.name, FollowAccepted::KIND.name];
const LEAVES: [&str; 1] = [Unfollowed::KIND.name];

/// Makes home feeds ready.
///
/// It looks at what posts, follows and sessions are now, not at what the event says: in whatever
/// order and however often events come, the same entries stand in the end.
pub struct Feed {
    known: Known,
    pace: Pace,
}

/// How much is done at a time, and for whom.
#[derive(Clone)]
pub(super) struct Pace {
    pub limits: FeedConfig,
    clock: Clock,
}

impl Pace {
    pub(super) fn of(platform: &Platform) -> Self {
        Self {
            limits: platform.feed,
            clock: platform.clock.clone(),
        }
    }

    /// Whoever was here since then is kept something ready for.
    pub(super) fn since(&self) -> Timestamp {
        self.clock.now().minus(self.limits.seen_within())
    }

    /// The most changes in one transaction.
    pub(super) fn room(&self, txn: &Txn) -> u64 {
        let chunk = u64::from(self.limits.feed_chunk);
        match txn.backend() {
            DbBackend::Postgres => chunk,
            _ => chunk.min(SQLITE_CHUNK),
        }
    }
}

impl Feed {
    /// `known` are all the kinds that this program records.
    pub fn new(platform: &Platform, known: Known) -> Self {
        Self {
            known,
            pace: Pace::of(platform),
        }
    }

    async fn align(&self, txn: &Txn, events: &[Entry]) -> Result<Applied> {
        let visitors = homes(events, &VISITS);
        if welcome(txn, &visitors, self.pace.since()).await? > 0 {
            return Ok(Applied::More);
        }
        let leavers = homes(events, &LEAVES);
        let readers = [&visitors, &homes(events, &FOLLOWS), &leavers];
        let readers = distinct(readers.into_iter().flatten().copied());
        let whole = self.pace.room(txn);
        let mut room = whole;
        for reader in to_gather(txn, &readers, &leavers).await? {
            let done = gather(txn, reader, self.pace.limits, room).await?;
            room = room.saturating_sub(done.unwrap_or(room));
            if room == 0 {
                break;
            }
        }
        if room < whole {
            return Ok(Applied::More);
        }
        let posts = events.iter().filter(|event| is_one(event, &POSTS));
        let posts = distinct(posts.map(|event| event.aggregate));
        spread(txn, &posts, room).await
    }
}

fn is_one(event: &Entry, kinds: &[&str]) -> bool {
    kinds.contains(&event.kind.as_str())
}

/// With whom the events of these kinds live: who came, who follows.
fn homes(events: &[Entry], kinds: &[&str]) -> Vec<Uuid> {
    let events = events.iter().filter(|event| is_one(event, kinds));
    distinct(events.map(|event| event.home))
}

fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Consumer for Feed {
    fn name(&self) -> &'static str {
        FEED
    }

    fn interest(&self) -> Interest {
        let own = [&POSTS[..], &VISITS, &FOLLOWS, &LEAVES].concat();
        self.known.only(&own)
    }

    fn knows(&self, kind: &str) -> bool {
        self.known.has(kind)
    }

    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>> {
        self.align(txn, events).boxed()
    }
}
