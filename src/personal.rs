//! What the tables hold about people: for the copy that somebody may have of it, for its erasure,
//! and for the map of it in `SECURITY.md`.
//!
//! Every domain says it of its own tables by a [`PersonalData`], registered in `app.rs`. A table
//! that nobody has said it of fails a test.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::DatabaseConnection;
use serde_json::Value;

use crate::{error::Result, ids::PersonId, platform::Platform};

/// What one table holds about people.
#[derive(Clone, Copy)]
pub struct Held {
    pub table: &'static str,
    /// Its columns that name a person.
    pub people: &'static [&'static str],
    /// What it says about them.
    pub what: &'static str,
    /// What it is needed for.
    pub why: &'static str,
    /// How long it is kept, and what an erasure does to it.
    pub kept: &'static str,
    pub copy: Copied,
}

/// A page of somebody's rows behind `after`, which is the `next` of the page before.
pub type Read =
    for<'a> fn(&'a DatabaseConnection, PersonId, Option<&'a Value>) -> BoxFuture<'a, Result<Rows>>;

/// A page of somebody's rows.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub rows: Vec<Value>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Value>,
}

/// Whether somebody gets a copy of their rows.
#[derive(Clone, Copy)]
pub enum Copied {
    /// By this.
    By(Read),
    /// For a reason, not.
    No(&'static str),
}

/// Somebody whose account is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    pub person: PersonId,
    /// What everybody could read stays, and nobody can tell whose it was.
    pub is_kept: bool,
}

/// How far an erasure came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Nothing is left.
    Done,
    /// Something has to happen first; the same call is made again.
    Waiting(&'static str),
}

/// What a domain's tables hold about people.
pub trait PersonalData: Send + Sync {
    /// All of its tables, those that hold nothing about anybody left out.
    fn held(&self) -> &'static [Held];

    /// Takes somebody out of all of them, in transactions of a few hundred rows at most. It may be
    /// called again, by several workers at once.
    fn erase<'a>(&'a self, _: &'a Platform, _: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        async { Ok(Erasure::Done) }.boxed()
    }
}
