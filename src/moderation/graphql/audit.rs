//! The audit log in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use sea_orm::ActiveEnum;

use crate::{
    graphql::{
        connection::Listed,
        context::Ask,
        errors::{Nullable, nullable},
        level::Level,
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind},
    moderation::{
        entity::audit_entry::{self, SubjectKind},
        lists::AuditLog,
    },
    people::{graphql::User, loaders::PeopleForStaff},
};

/// One act of staff.
#[derive(Clone)]
pub struct AuditEntry(pub Arc<audit_entry::Model>);

impl From<Arc<audit_entry::Model>> for AuditEntry {
    fn from(row: Arc<audit_entry::Model>) -> Self {
        Self(row)
    }
}

impl Level for AuditEntry {}

impl Listed for AuditLog {
    type Node = AuditEntry;
}

/// One act of staff, for staff alone. Entries are never changed; of who was erased, none names them
/// any more.
#[Object]
impl AuditEntry {
    /// The global id, for `node`.
    pub async fn id(&self) -> ID {
        NodeId::new(NodeKind::AuditEntry, self.0.id.0).into()
    }

    /// What was done: CONTENT_HIDDEN, CONTENT_RESTORED, REPORT_RESOLVED, REPORT_SEEN,
    /// USER_SUSPENDED, USER_UNSUSPENDED or ROLE_CHANGED. Others may come.
    async fn action(&self) -> String {
        self.0.action.to_value()
    }

    /// Who did it; null where it was done from the command line, and once they are gone.
    async fn actor(&self, ctx: &Context<'_>) -> Nullable<User> {
        nullable(async move {
            let Some(actor) = self.0.actor_id else {
                return Ok(None);
            };
            let found = ctx.loaders()?.one::<PeopleForStaff>(actor).await?;
            Ok(found.map(User::from))
        })
        .await
    }

    /// The global id of what it was done to, whether or not it still stands; null once its owner is
    /// erased.
    async fn subject_id(&self) -> Option<ID> {
        let (kind, id) = self.0.subject_kind.zip(self.0.subject_id)?;
        let home = self.0.subject_home_id;
        let within = |kind| home.map(|home| NodeId::within(kind, home, id));
        let node = match kind {
            SubjectKind::Post => NodeId::new(NodeKind::Post, id),
            SubjectKind::Comment => within(NodeKind::Comment)?,
            SubjectKind::Message => within(NodeKind::Message)?,
            SubjectKind::Person => NodeId::new(NodeKind::User, id),
            SubjectKind::Media => NodeId::new(NodeKind::Media, id),
            SubjectKind::Report => NodeId::new(NodeKind::Report, id),
        };
        Some(node.into())
    }

    /// What was given as the reason, as plain text of at most 1,000 characters; of ROLE_CHANGED the
    /// new role. Null where none was given.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When it was done.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}
