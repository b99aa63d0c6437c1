//! What a transaction writes down of itself: events, as its last statements before COMMIT.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::Txn;
use crate::{clock::Timestamp, error::Result, ids::PersonId};

/// One event as a command hands it over, before it has a place in the log.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its type with the version, e.g. `post.published.v1`.
    pub kind: &'static str,
    /// What it happened to. Events of one aggregate stay in order.
    pub aggregate: Uuid,
    /// What the aggregate lives with: decides the shard.
    pub home: Uuid,
    /// Who did it; nobody where the system did.
    pub actor: Option<PersonId>,
    /// Who could know: `public`, `restricted` or `private`.
    pub visibility: &'static str,
    /// JSON.
    pub payload: String,
    /// What it adds to public numbers.
    pub counts: Vec<Count>,
    pub at: Timestamp,
}

/// What one event adds to one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub subject: Uuid,
    pub kind: String,
    pub delta: i64,
}

/// Where an event stands: positions of one shard are dense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub shard: i32,
    pub position: i64,
}

/// An event that this request has committed, with what it adds to public numbers.
#[derive(Clone, Debug)]
pub struct Written {
    pub place: Place,
    pub counts: Vec<Count>,
}

/// Writes the records of a transaction. One is registered when the app is built.
pub trait Journal: Send + Sync {
    /// Writes `records` as the last statements of `txn`, and says where each stands.
    fn write<'a>(
        &'a self,
        txn: &'a Txn,
        records: &'a [Record],
        traceparent: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<Place>>>;

    /// Told after COMMIT: whoever reads the log may look.
    fn committed(&self, places: &[Place]);
}

/// What one request has written so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Diary(Arc<Mutex<Vec<Written>>>);

impl Diary {
    pub(super) fn add(&self, written: impl IntoIterator<Item = Written>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(written);
    }

    pub(super) fn read(&self) -> Arc<[Written]> {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.iter().cloned().collect()
    }
}
