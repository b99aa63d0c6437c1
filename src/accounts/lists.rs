//! The sessions of a person, for themselves (R7).

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::{
    entity::session::{self, Column},
    sessions::REFRESH_TOKEN_LIFE,
};
use crate::{
    page::Order,
    platform::db::{Reader, Viewer, list::List},
};

fn column(column: Column) -> Expr {
    Expr::col((session::Entity, column))
}

/// The reader's own sessions that have not ended: FROM and WHERE.
pub(super) fn own_sessions(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(session::Entity)
        .and_where(column(Column::RevokedAt).is_null())
        .and_where(is_own(viewer))
        .take()
}

/// Somebody's own, in use within the life of a refresh token.
fn is_own(viewer: Viewer) -> Expr {
    let Some(me) = viewer.id() else {
        return Expr::val(false);
    };
    let since = viewer.now().minus(REFRESH_TOKEN_LIFE);
    let is_alive = column(Column::LastUsedAt).gt(since);
    column(Column::PersonId).eq(me).and(is_alive)
}

/// Where the viewer is signed in, the latest session first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionsOf;

impl List for SessionsOf {
    type Entity = session::Entity;
    type Row = session::Model;

    fn order(&self) -> Order {
        Order("session:created")
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
        let live = Query::select()
            .from(session::Entity)
            .and_where(column(Column::RevokedAt).is_null())
            .take();
        vec![live]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        is_own(reader.viewer())
    }
}
