//! Batched reads of reports and of the audit log.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{
    entity::{audit_entry, report},
    queries::{log_of, visible_to},
};
use crate::{
    error::Result,
    ids::{AuditEntryId, ReportId},
    platform::db::{Batch, Reader, all, by_key, is_one_of},
};

/// Reports by id.
pub struct ReportsById;

impl Batch for ReportsById {
    type Key = ReportId;
    type Value = Arc<report::Model>;

    async fn load(reader: &Reader, keys: &[ReportId]) -> Result<HashMap<ReportId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (report::Entity, report::Column::Id);
        let rows = visible_to(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        let rows = all::<report::Entity>(reader.connection(), rows).await?;
        Ok(by_key(rows.into_iter().map(Arc::new).collect(), |report| {
            report.id
        }))
    }
}

/// Entries of the audit log by id.
pub struct AuditEntriesById;

impl Batch for AuditEntriesById {
    type Key = AuditEntryId;
    type Value = Arc<audit_entry::Model>;

    async fn load(
        reader: &Reader,
        keys: &[AuditEntryId],
    ) -> Result<HashMap<AuditEntryId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (audit_entry::Entity, audit_entry::Column::Id);
        let rows = log_of(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        let rows = all::<audit_entry::Entity>(reader.connection(), rows).await?;
        Ok(by_key(rows.into_iter().map(Arc::new).collect(), |entry| {
            entry.id
        }))
    }
}

/// A look at what reports are about: of all those that are looked at together, so that it is noted
/// once.
pub struct Look {
    pub reports: Vec<ReportId>,
    /// Done once the audit log says so; what is looked at is shown after that.
    pub noted: OnceCell<()>,
}

/// Which reports a request looks into at the same time. It asks no table.
pub struct LooksAt;

impl Batch for LooksAt {
    type Key = ReportId;
    type Value = Arc<Look>;

    async fn load(_: &Reader, keys: &[ReportId]) -> Result<HashMap<ReportId, Self::Value>> {
        let look = Arc::new(Look {
            reports: keys.to_vec(),
            noted: OnceCell::new(),
        });
        Ok(keys.iter().map(|key| (*key, look.clone())).collect())
    }
}
