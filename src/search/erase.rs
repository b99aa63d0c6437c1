//! Takes away the names by which somebody is found.

use crate::{
    error::Result,
    personal::{Erasure, Leaving},
    platform::Platform,
};

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase). The words of what they wrote
/// go as the consumer hears of it.
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    let own = "DELETE FROM search_prefix WHERE (kind, term, place, subject_id) IN (SELECT kind, \
               term, place, subject_id FROM search_prefix WHERE subject_id = $1 LIMIT {step})";
    p.db.drain(&[own], &[leaving.person.0.into()]).await?;
    Ok(Erasure::Done)
}
