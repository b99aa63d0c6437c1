//! Reads of reactions. A reaction is seen by whoever sees its subject and its person.

use std::marker::PhantomData;

use sea_orm::sea_query::{Expr, IntoColumnRef, Query, SelectStatement};

use super::{Subject, entity::reaction};
use crate::{
    page::Order,
    platform::db::{Reader, list::List},
};

/// The reactions on a subject, newest first. Whoever asks has proven that the subject is visible.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReactionsOf<S>(PhantomData<S>);

impl<S> ReactionsOf<S> {
    /// The list for subjects of kind `S`.
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S> Default for ReactionsOf<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Subject> List for ReactionsOf<S> {
    type Entity = reaction::Entity;
    type Row = reaction::Model;

    fn order(&self) -> Order {
        Order("reaction:created")
    }

    fn key(&self) -> Expr {
        Expr::col((reaction::Entity, reaction::Column::CreatedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((reaction::Entity, reaction::Column::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((reaction::Entity, reaction::Column::SubjectId)))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        vec![Query::select().from(reaction::Entity).take()]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        let person = (reaction::Entity, reaction::Column::PersonId);
        S::is_heard(reader.viewer(), person.into_column_ref())
    }
}
