//! Deciding about reports.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::{
    audit::{Act, write},
    hide::{is_content, turn},
    suspend::suspend,
};
use crate::{
    accounts::{
        Me, Role, Staff,
        commands::{claim_staff, prove_staff, prove_staff_towards},
    },
    activity::record,
    error::{Code, Error, Result},
    ids::ReportId,
    moderation::{
        Action, Resolution,
        entity::report,
        events::Resolved,
        policy::{self, FURTHER_NOTICE},
        queries::{find, lock_with_others},
        subject::Subject,
    },
    people,
    platform::{
        Platform,
        db::{Lane, Txn, is_one_of},
    },
    social::locks::{Hold, lock_pairs},
};

const PATH: &str = "reportId";

/// How many other reports about the same thing are resolved with one, on either side of it.
const OTHERS: u64 = 50;

/// Decides about a report, and with it about the others about the same thing that are open. What
/// was decided is done in the same transaction: content is hidden, or its owner suspended until
/// further notice, unless that is so already.
///
/// # Errors
/// FORBIDDEN before anything else, and for whom the caller may not suspend; BAD_USER_INPUT where a
/// person would be hidden; NOT_FOUND; CONFLICT for one that is resolved.
pub async fn resolve_report(
    p: &Platform,
    me: &Me,
    id: ReportId,
    resolution: Resolution,
    note: Option<&str>,
) -> Result<()> {
    claim_staff(me)?;
    let note = policy::remark("note", note)?;
    let (note, now) = (note.as_deref(), p.now());
    let letter = p.new_id(now);
    p.db.write_txn(Lane::Request, |txn| async move {
        let report = find(&txn, id).await?;
        let (staff, role) = hold(&txn, me, report.as_ref(), resolution).await?;
        let report = report.ok_or_else(|| Error::not_found(PATH))?;
        let subject = Subject::of(&txn, &report).await?;
        let act = Act {
            staff: &staff,
            reason: note,
            at: now,
        };
        match resolution {
            Resolution::Dismissed => {}
            Resolution::ContentHidden => {
                is_content(subject.kind, "resolution")?;
                let hidden = turn(p, &txn, &act, &subject, true).await;
                hidden.map_err(|error| error.at(PATH))?;
            }
            Resolution::UserSuspended => {
                stop(p, &txn, &act, &report, (role, letter)).await?;
            }
        }
        let reports = lock_with_others(&txn, &report, OTHERS).await?;
        decide(p, &txn, &act, (&reports, id), (&subject, resolution)).await
    })
    .await
}

/// Locks whom the decision concerns, and proves the caller's role.
async fn hold(
    txn: &Txn,
    me: &Me,
    report: Option<&report::Model>,
    resolution: Resolution,
) -> Result<(Staff, Option<Role>)> {
    let owner = report.map(|report| report.owner_id);
    match (owner, resolution) {
        (Some(owner), Resolution::UserSuspended) => {
            lock_pairs(txn, Hold::Exclusive, owner, [owner]).await?;
            prove_staff_towards(txn, me, owner).await
        }
        (Some(owner), _) => {
            lock_pairs(txn, Hold::Shared, owner, []).await?;
            Ok((prove_staff(txn, me).await?, None))
        }
        (None, _) => Ok((prove_staff(txn, me).await?, None)),
    }
}

/// Suspends whose it is until further notice, unless they are suspended.
async fn stop(
    p: &Platform,
    txn: &Txn,
    act: &Act<'_>,
    report: &report::Model,
    (role, letter): (Option<Role>, Uuid),
) -> Result<()> {
    let role = role.ok_or_else(|| Error::not_found(PATH))?;
    policy::may_suspend(act.staff, report.owner_id, role, PATH)?;
    if people::queries::is_suspended(txn, report.owner_id, act.at).await? {
        return Ok(());
    }
    let whom = (report.owner_id, FURTHER_NOTICE);
    let suspended = suspend(p, txn, act, whom, letter).await;
    suspended.map_err(|error| error.at(PATH))
}

/// Writes what was decided.
async fn decide(
    p: &Platform,
    txn: &Txn,
    act: &Act<'_>,
    (reports, id): (&[report::Model], ReportId),
    (subject, resolution): (&Subject, Resolution),
) -> Result<()> {
    let mut open = reports.iter().filter(|report| report.resolved_at.is_none());
    if !open.any(|report| report.id == id) {
        let say = "This report is resolved already.";
        return Err(Error::refused(Code::Conflict, say).at(PATH));
    }
    let ids: Vec<Uuid> = reports.iter().map(|report| report.id.0).collect();
    let which = is_one_of(txn.backend(), (report::Entity, report::Column::Id), &ids);
    report::Entity::update_many()
        .col_expr(report::Column::ResolvedAt, Expr::value(act.at))
        .col_expr(report::Column::Resolution, Expr::value(resolution))
        .filter(which)
        .filter(report::Column::ResolvedAt.is_null())
        .exec(&**txn)
        .await?;
    let mut entries = Vec::new();
    for report in reports {
        let fact = Resolved::of(report.id, subject, resolution);
        record(txn, act.staff.by(act.at), &fact, [])?;
        entries.push(act.about(p, Action::ReportResolved, report));
    }
    write(txn, entries).await
}
