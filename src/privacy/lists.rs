//! The copies that somebody asked for, for themselves (R7).

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::entity::data_export::{self, Column};
use crate::{
    page::Order,
    platform::db::{Reader, Viewer, list::List},
};

fn column(column: Column) -> Expr {
    Expr::col((data_export::Entity, column))
}

/// The reader's own copies: FROM and WHERE.
pub(super) fn own_exports(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(data_export::Entity)
        .and_where(is_own(viewer))
        .take()
}

fn is_own(viewer: Viewer) -> Expr {
    match viewer.id() {
        None => Expr::val(false),
        Some(me) => column(Column::PersonId).eq(me),
    }
}

/// The copies that the viewer asked for, the latest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExportsOf;

impl List for ExportsOf {
    type Entity = data_export::Entity;
    type Row = data_export::Model;

    fn order(&self) -> Order {
        Order("data_export:created")
    }

    fn key(&self) -> Expr {
        column(Column::CreatedAt)
    }

    fn id(&self) -> Expr {
        column(Column::Id)
    }

    fn parent(&self) -> Option<Expr> {
        Some(column(Column::PersonId))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        vec![Query::select().from(data_export::Entity).take()]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        is_own(reader.viewer())
    }
}
