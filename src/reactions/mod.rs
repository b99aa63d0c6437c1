//! Reactions: one emoji of one person on one thing, and what they add up to.
//!
//! Owns `reaction` and `reaction_group`. What can be reacted to is a [`Subject`]; the domains
//! above implement it, so that reactions know nothing of posts, comments or messages.

pub mod commands;
pub mod crowd;
pub mod entity;
pub mod erase;
pub mod events;
pub mod graphql;
pub mod loaders;
pub mod marks;
pub mod personal;
pub mod queries;
pub mod recount;

use std::{fmt::Debug, future::Future, hash::Hash};

use sea_orm::sea_query::{ColumnRef, Expr};
use uuid::Uuid;

pub use self::entity::reaction::SubjectKind;
use crate::{
    accounts::Me,
    activity::Visibility,
    error::Result,
    ids::NodeId,
    platform::db::{Count, Txn, Viewer},
};

/// What stands before an emoji where an event tells how many more of it there are.
pub const GROUP: &str = "EMOJI:";

/// How many more times `emoji` stands on `subject`, as an event carries it.
pub fn in_group(subject: Uuid, emoji: &str, delta: i64) -> Count {
    Count {
        subject,
        kind: format!("{GROUP}{emoji}"),
        delta,
    }
}

/// Something to react to, found and locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The post that it lives with, or the conversation.
    pub home: Uuid,
    /// What the reaction stands on: for a plain repost its original.
    pub id: Uuid,
}

/// How events tell of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outside {
    /// What stands for the home: nobody outside may know which conversation it is.
    pub home: Uuid,
    /// Who could know of what happens there.
    pub visibility: Visibility,
}

/// A kind of thing that can be reacted to.
pub trait Subject: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// Its name in the table.
    const KIND: SubjectKind;

    /// What a crowd waits for before it takes connections: the row that is locked.
    fn crowd(subject: NodeId) -> Uuid {
        subject.id
    }

    /// Locks the subject against everything that would hide it from `me`.
    ///
    /// # Errors
    /// NOT_FOUND at `subjectId`.
    fn lock(txn: &Txn, me: &Me, subject: NodeId) -> impl Future<Output = Result<Place>> + Send;

    /// Locks the subject whether or not `me` sees it, to take back what they did to it (R22).
    ///
    /// # Errors
    /// NOT_FOUND at `subjectId` where it is not there, or deleted.
    fn lock_any(txn: &Txn, me: &Me, subject: NodeId) -> impl Future<Output = Result<Place>> + Send;

    /// Proves that `me` sees the subject.
    ///
    /// # Errors
    /// NOT_FOUND at `subjectId`.
    fn prove_visible(
        txn: &Txn,
        me: &Me,
        subject: NodeId,
    ) -> impl Future<Output = Result<()>> + Send;

    /// What the person in `column` does reaches `viewer`.
    fn is_heard(viewer: Viewer, column: ColumnRef) -> Expr;

    /// How events tell of what happens to the subject at `place`.
    fn outside(txn: &Txn, place: Place) -> impl Future<Output = Result<Outside>> + Send;
}
