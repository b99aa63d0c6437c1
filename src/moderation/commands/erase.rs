//! Takes somebody out of reports, and out of what the audit log names.

use crate::{
    error::Result,
    personal::{Erasure, Leaving},
    platform::Platform,
};

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase). Entries of the audit log stay,
/// and name nobody.
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    let own = [
        "DELETE FROM report WHERE id IN (SELECT id FROM report WHERE reporter_id = $1 \
         OR owner_id = $1 LIMIT {step})",
        "UPDATE audit_entry SET actor_id = NULL WHERE id IN (SELECT id FROM audit_entry \
         WHERE actor_id = $1 LIMIT {step})",
        "UPDATE audit_entry SET owner_id = NULL, subject_home_id = NULL, subject_id = NULL, \
         reason = NULL WHERE id IN (SELECT id FROM audit_entry WHERE owner_id = $1 \
         OR subject_id = $1 LIMIT {step})",
    ];
    p.db.drain(&own, &[leaving.person.0.into()]).await?;
    Ok(Erasure::Done)
}
