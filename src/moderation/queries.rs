//! Reads of reports and of the audit log; every one starts at [`visible_to`] or [`log_of`].

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, Query, SelectStatement},
};
use uuid::Uuid;

use super::entity::{
    audit_entry::{self, Action},
    report,
};
use crate::{
    error::Result,
    ids::{PersonId, ReportId},
    platform::db::{Txn, Viewer, is_one_of},
};

pub(super) fn column(column: report::Column) -> Expr {
    Expr::col((report::Entity, column))
}

/// Whether `viewer` may see the report in its table: staff sees all, whoever made one sees that;
/// nobody else learns that there is one (R34).
pub fn sees(viewer: Viewer) -> Expr {
    match viewer.id() {
        _ if viewer.is_staff() => Expr::val(true),
        None => Expr::val(false),
        Some(me) => column(report::Column::ReporterId).eq(me),
    }
}

/// The reports that `viewer` may see: FROM and WHERE.
pub fn visible_to(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(report::Entity)
        .and_where(sees(viewer))
        .take()
}

/// The audit log, for staff alone: FROM and WHERE.
pub fn log_of(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(audit_entry::Entity)
        .and_where(Expr::val(viewer.is_staff()))
        .take()
}

/// A report, whoever asks.
pub(super) async fn find(txn: &Txn, id: ReportId) -> Result<Option<report::Model>> {
    Ok(report::Entity::find_by_id(id).one(&**txn).await?)
}

/// A report and the open ones about the same thing, at most so many on either side of it, locked
/// ascending.
pub(super) async fn lock_with_others(
    txn: &Txn,
    report: &report::Model,
    most: u64,
) -> Result<Vec<report::Model>> {
    let open = column(report::Column::ResolvedAt).is_null();
    let id = || column(report::Column::Id);
    let about = || {
        report::Entity::find()
            .filter(report::Column::SubjectId.eq(report.subject_id))
            .order_by_asc(report::Column::Id)
            .lock(LockType::NoKeyUpdate)
    };
    let before = about()
        .filter(open.clone())
        .filter(id().lt(report.id))
        .limit(most);
    let mut found = before.all(&**txn).await?;
    let from_here = about()
        .filter(open.or(id().eq(report.id)))
        .filter(id().gte(report.id))
        .limit(most + 1);
    found.extend(from_here.all(&**txn).await?);
    Ok(found)
}

/// What is open by this person about this thing.
pub(super) async fn open(
    txn: &Txn,
    reporter: PersonId,
    subject: Uuid,
) -> Result<Option<report::Model>> {
    let rows = report::Entity::find()
        .filter(report::Column::SubjectId.eq(subject))
        .filter(report::Column::ReporterId.eq(reporter))
        .filter(report::Column::ResolvedAt.is_null());
    Ok(rows.one(&**txn).await?)
}

/// Those of `reports` of which the audit log does not say yet that `staff` saw what they are about.
pub(super) async fn unseen(
    txn: &Txn,
    staff: PersonId,
    reports: &[Uuid],
) -> Result<Vec<report::Model>> {
    let entry = |column| Expr::col((audit_entry::Entity, column));
    let seen = Query::select()
        .expr(Expr::val(1))
        .from(audit_entry::Entity)
        .and_where(entry(audit_entry::Column::SubjectId).eq(column(report::Column::Id)))
        .and_where(entry(audit_entry::Column::Action).eq(Action::ReportSeen))
        .and_where(entry(audit_entry::Column::ActorId).eq(staff))
        .take();
    let id = (report::Entity, report::Column::Id);
    let rows = report::Entity::find()
        .filter(is_one_of(txn.backend(), id, reports))
        .filter(Expr::exists(seen).not())
        .order_by_asc(report::Column::Id);
    Ok(rows.all(&**txn).await?)
}
