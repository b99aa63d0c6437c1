//! Entries of the audit log. They are written beside what they tell of, in the same transaction.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::{
    accounts::Staff,
    clock::Timestamp,
    error::Result,
    ids::AuditEntryId,
    moderation::{
        Action,
        entity::{
            audit_entry::{self, SubjectKind},
            report,
        },
        subject::Subject,
    },
    platform::{Platform, db::Txn},
};

/// What staff did, to what, and why.
#[derive(Clone, Copy)]
pub(super) struct Act<'a> {
    pub staff: &'a Staff,
    pub reason: Option<&'a str>,
    pub at: Timestamp,
}

impl Act<'_> {
    /// The entry of an act on a thing.
    pub(super) fn on(&self, p: &Platform, action: Action, subject: &Subject) -> audit_entry::Model {
        audit_entry::Model {
            id: AuditEntryId(p.new_id(self.at)),
            action,
            actor_id: self.staff.id(),
            subject_kind: Some(subject.kind.into()),
            subject_home_id: Some(subject.home),
            subject_id: Some(subject.id),
            owner_id: Some(subject.owner),
            reason: self.reason.map(str::to_owned),
            created_at: self.at,
        }
    }

    /// The entry of an act on a report.
    pub(super) fn about(
        &self,
        p: &Platform,
        action: Action,
        of: &report::Model,
    ) -> audit_entry::Model {
        audit_entry::Model {
            id: AuditEntryId(p.new_id(self.at)),
            action,
            actor_id: self.staff.id(),
            subject_kind: Some(SubjectKind::Report),
            subject_home_id: Some(of.id.0),
            subject_id: Some(of.id.0),
            owner_id: Some(of.owner_id),
            reason: self.reason.map(str::to_owned),
            created_at: self.at,
        }
    }
}

/// Writes entries, all in one statement.
pub(super) async fn write(txn: &Txn, entries: Vec<audit_entry::Model>) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows = entries
        .into_iter()
        .map(|entry| entry.into_active_model().reset_all());
    audit_entry::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}
