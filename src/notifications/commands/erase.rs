//! Takes somebody out of all notifications, as the one who is told and as one who acts.

use crate::{
    error::Result,
    notifications::queries::{Gone, led_by},
    personal::{Erasure, Leaving},
    platform::{Platform, db::Lane},
};

use super::settle::{News, settle};

/// The most groups of one transaction.
const CHUNK: u64 = 200;

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase).
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    let own = [
        "DELETE FROM notification WHERE id IN (SELECT id FROM notification \
         WHERE recipient_id = $1 LIMIT {step})",
        "DELETE FROM notification_marker WHERE person_id = $1",
    ];
    p.db.drain(&own, &[leaving.person.0.into()]).await?;
    let gone = &Gone {
        actor: leaving.person,
        recipient: None,
        kinds: Vec::new(),
    };
    let now = p.now();
    // Others may have done the same to the same thing: then they lead it from now on.
    while p
        .db
        .write_txn(Lane::Background, |txn| async move {
            let groups = led_by(&txn, gone, CHUNK).await?;
            settle(&txn, &groups, (now, News::Known), usize::MAX).await?;
            Ok(!groups.is_empty())
        })
        .await?
    {}
    Ok(Erasure::Done)
}
