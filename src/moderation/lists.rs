//! Lists of reports, and the audit log.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::{
    entity::{audit_entry, report},
    queries::{column, sees},
};
use crate::{
    page::Order,
    platform::db::{Reader, list::List},
};

/// How far staff has come with a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, async_graphql::Enum)]
#[graphql(name = "ReportStatus")]
pub enum Status {
    /// It waits for staff.
    #[default]
    Open,
    /// Staff has decided.
    Resolved,
}

const REPORTED: Order = Order("report:created");

/// All reports of one status, the latest first: for staff.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reports(pub Status);

impl List for Reports {
    type Entity = report::Entity;
    type Row = report::Model;

    fn order(&self) -> Order {
        REPORTED
    }

    fn key(&self) -> Expr {
        column(report::Column::CreatedAt)
    }

    fn id(&self) -> Expr {
        column(report::Column::Id)
    }

    fn parent(&self) -> Option<Expr> {
        None
    }

    fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
        let resolved = column(report::Column::ResolvedAt);
        let status = match self.0 {
            Status::Open => resolved.is_null(),
            Status::Resolved => resolved.is_not_null(),
        };
        let rows = Query::select()
            .from(report::Entity)
            .and_where(Expr::val(reader.viewer().is_staff()))
            .and_where(status)
            .take();
        vec![rows]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        sees(reader.viewer())
    }
}

/// What somebody reported, the latest first: for themselves (R34).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReportsBy;

impl List for ReportsBy {
    type Entity = report::Entity;
    type Row = report::Model;

    fn order(&self) -> Order {
        REPORTED
    }

    fn key(&self) -> Expr {
        column(report::Column::CreatedAt)
    }

    fn id(&self) -> Expr {
        column(report::Column::Id)
    }

    fn parent(&self) -> Option<Expr> {
        Some(column(report::Column::ReporterId))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        vec![Query::select().from(report::Entity).take()]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        sees(reader.viewer())
    }
}

/// What staff did, the latest first: for staff.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuditLog;

impl List for AuditLog {
    type Entity = audit_entry::Entity;
    type Row = audit_entry::Model;

    fn order(&self) -> Order {
        Order("auditEntry:created")
    }

    fn key(&self) -> Expr {
        Expr::col((audit_entry::Entity, audit_entry::Column::CreatedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((audit_entry::Entity, audit_entry::Column::Id))
    }

    fn parent(&self) -> Option<Expr> {
        None
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        vec![Query::select().from(audit_entry::Entity).take()]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        Expr::val(reader.viewer().is_staff())
    }
}
