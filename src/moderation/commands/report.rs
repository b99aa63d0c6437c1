//! Telling staff of something.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::OnConflict,
};

use crate::{
    accounts::Me,
    activity::{By, record},
    error::{Error, Result},
    idempotency::Key,
    ids::{NodeId, ReportId},
    media::Parents,
    moderation::{
        Reason,
        entity::report,
        events::Opened,
        policy, queries,
        subject::{PATH, Subject, kind_of},
    },
    platform::{
        Platform,
        db::{Lane, Txn},
        limiter::{LocalLimit, Payer},
    },
};

const REPORT: &str = "reportContent";

/// What somebody tells staff of.
pub struct NewReport<'a> {
    pub subject: NodeId,
    pub reason: Reason,
    pub comment: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
}

/// Tells staff of something that the caller sees, and returns the report. While one of theirs about
/// the same thing is open, that one. Whose it is learns nothing of it (R34).
///
/// # Errors
/// BAD_USER_INPUT (something of one's own, too), NOT_FOUND, IDEMPOTENCY_MISMATCH, RATE_LIMITED.
pub async fn report_content(
    p: &Platform,
    me: &Me,
    new: NewReport<'_>,
    parents: Parents,
) -> Result<ReportId> {
    let kind = kind_of(new.subject)?;
    let comment = policy::remark("comment", new.comment)?;
    let (named, reason) = (new.subject.to_string(), format!("{:?}", new.reason));
    let said = comment.as_deref().unwrap_or_default();
    let key = Key::check(new.idempotency_key, &[&named, &reason, said])?;
    p.throttle_here(LocalLimit::Report, Payer::Member(me.id()), 1)?;
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), REPORT)).await?),
        None => None,
    };
    let now = p.now();
    let row = &report::Model {
        id: ReportId(p.new_id(now)),
        reporter_id: me.id(),
        subject_kind: kind,
        subject_id: new.subject.id,
        owner_id: me.id(),
        reason: new.reason,
        comment,
        created_at: now,
        resolved_at: None,
        resolution: None,
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
    };
    let (key, named) = (key.as_ref(), new.subject);
    p.db.write_txn(Lane::Request, |txn| async move {
        if let Some(first) = first_made(&txn, row, key).await? {
            return Ok(first);
        }
        let subject = Subject::named(&txn, kind, named).await?;
        let subject = subject.ok_or_else(|| Error::not_found(PATH))?;
        subject.prove_visible(&txn, me, named, parents).await?;
        if subject.owner == me.id() {
            let say = "This is your own: change it or delete it instead.";
            return Err(Error::bad_input(PATH, say));
        }
        open(&txn, row.clone(), &subject, key).await
    })
    .await
}

async fn open(
    txn: &Txn,
    mut row: report::Model,
    subject: &Subject,
    key: Option<&Key>,
) -> Result<ReportId> {
    (row.subject_id, row.owner_id) = (subject.id, subject.owner);
    if let Some(open) = queries::open(txn, row.reporter_id, subject.id).await? {
        return Ok(open.id);
    }
    let made = report::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    if !matches!(made, TryInsertResult::Inserted(n) if n > 0) {
        // Another server was faster, with the same key or the same thing.
        if let Some(first) = first_made(txn, &row, key).await? {
            return Ok(first);
        }
        let open = queries::open(txn, row.reporter_id, subject.id).await?;
        let open = open.map(|open| open.id);
        return open.ok_or_else(|| Error::internal("a report met one that was not there"));
    }
    let by = By::person(row.reporter_id, row.created_at);
    record(txn, by, &Opened::of(row.id, subject, row.reason), [])?;
    Ok(row.id)
}

/// The report that this key made before.
async fn first_made(txn: &Txn, row: &report::Model, key: Option<&Key>) -> Result<Option<ReportId>> {
    let Some(key) = key else { return Ok(None) };
    let first = report::Entity::find()
        .filter(report::Column::ReporterId.eq(row.reporter_id))
        .filter(report::Column::IdempotencyKey.eq(key.key.as_str()))
        .one(&**txn)
        .await?;
    if let Some(first) = &first {
        key.repeat(first.request_hash.as_deref(), false)?;
    }
    Ok(first.map(|first| first.id))
}
