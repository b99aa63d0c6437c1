//! Takes away the feed of somebody, and that they were an author in those of others.

use crate::{
    error::Result,
    personal::{Erasure, Leaving},
    platform::Platform,
};

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase).
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    let own = [
        "DELETE FROM feed_entry WHERE (reader_id, created_at, post_id) IN (SELECT reader_id, \
         created_at, post_id FROM feed_entry WHERE reader_id = $1 LIMIT {step})",
        "DELETE FROM feed_reader WHERE person_id = $1",
        "DELETE FROM feed_author WHERE author_id = $1",
    ];
    p.db.drain(&own, &[leaving.person.0.into()]).await?;
    Ok(Erasure::Done)
}
