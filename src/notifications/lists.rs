//! The list of somebody's notifications, and of those who act in one.

use sea_orm::sea_query::{Expr, Query, SelectStatement};

use super::{
    Kind,
    acts::{Columns, acts, columns, is_told_of},
    entity::notification::{self, Column},
    policy::Shape,
    queries::{Seen, column, sees},
};
use crate::{
    page::Order,
    people::entity::person,
    platform::db::{Reader, list::List},
};

/// The order of a notification's edge.
pub const LATEST: Order = Order("notification:latest");

/// The viewer's notifications, those in which something was done last first. One that grows moves to
/// the top: whoever pages meanwhile meets it once at most.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NotificationsOf;

impl List for NotificationsOf {
    type Entity = notification::Entity;
    type Row = Seen;

    fn order(&self) -> Order {
        LATEST
    }

    fn key(&self) -> Expr {
        column(Column::LatestAt)
    }

    fn id(&self) -> Expr {
        column(Column::Id)
    }

    fn parent(&self) -> Option<Expr> {
        Some(column(Column::RecipientId))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        vec![Query::select().from(notification::Entity).take()]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        sees(reader.viewer())
    }

    fn select(&self, _: &Reader, rows: &mut SelectStatement) {
        Seen::select(rows);
    }
}

/// Who acts in the viewer's notifications of one shape, by what they are about, the latest first,
/// each once. Whoever asks has proven that the viewer sees the notification.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ActorsOf(pub Shape);

impl ActorsOf {
    /// Where they stand, whoever looks.
    fn columns(&self) -> Columns {
        columns(self.0)
    }
}

impl List for ActorsOf {
    type Entity = person::Entity;
    type Row = person::Model;

    fn order(&self) -> Order {
        Order("user:acted")
    }

    fn key(&self) -> Expr {
        self.columns().at
    }

    fn id(&self) -> Expr {
        self.columns().id
    }

    fn parent(&self) -> Option<Expr> {
        Some(self.columns().subject)
    }

    fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
        let viewer = reader.viewer();
        let rows = viewer.id().map(|me| acts(me, viewer, self.0));
        rows.into_iter().collect()
    }

    /// Nobody learns who of the staff acted.
    fn sees(&self, reader: &Reader) -> Expr {
        match self.0.kind {
            Kind::Moderation => Expr::val(false),
            _ => is_told_of(reader.viewer()),
        }
    }
}
