//! Noting that staff looked at what people reported.

use uuid::Uuid;

use super::audit::{Act, write};
use crate::{
    accounts::{
        Me,
        commands::{claim_staff, prove_staff},
    },
    error::Result,
    ids::ReportId,
    moderation::{Action, queries::unseen},
    platform::{Platform, db::Lane},
};

/// Notes that the caller looks at what these reports are about, once for each report. What is looked
/// at is shown after that.
///
/// # Errors
/// FORBIDDEN.
pub async fn note_seen(p: &Platform, me: &Me, reports: &[ReportId]) -> Result<()> {
    claim_staff(me)?;
    let now = p.now();
    let ids: Vec<Uuid> = reports.iter().map(|report| report.0).collect();
    let ids = &ids;
    p.db.write_txn(Lane::Request, |txn| async move {
        let staff = &prove_staff(&txn, me).await?;
        let act = Act {
            staff,
            reason: None,
            at: now,
        };
        let news = unseen(&txn, me.id(), ids).await?;
        let entries = news
            .iter()
            .map(|report| act.about(p, Action::ReportSeen, report));
        write(&txn, entries.collect()).await
    })
    .await
}
