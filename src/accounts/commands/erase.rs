//! Takes somebody out of all that accounts keep, but for the account itself: it says that this is
//! to be done, and goes last.

use crate::{
    accounts::{events::Cause, sessions},
    error::Result,
    personal::{Erasure, Leaving},
    platform::{Platform, db::Lane},
};

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase).
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    let (person, now) = (leaving.person, p.now());
    p.db.write_txn(Lane::Background, |txn| async move {
        sessions::revoke_all(&txn, person, None, Cause::Erased, now).await
    })
    .await?;
    let own = [
        "DELETE FROM refresh_token WHERE hash IN (SELECT t.hash FROM refresh_token t \
         JOIN session s ON s.id = t.session_id WHERE s.person_id = $1 LIMIT {step})",
        "DELETE FROM session WHERE id IN (SELECT s.id FROM session s WHERE s.person_id = $1 \
         AND NOT EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = s.id) LIMIT {step})",
        "DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE person_id = $1 \
         OR address = (SELECT email FROM account WHERE person_id = $1) LIMIT {step})",
        "DELETE FROM mailed_token WHERE person_id = $1",
        "DELETE FROM email_address WHERE person_id = $1",
        "DELETE FROM notification_off WHERE person_id = $1",
        "DELETE FROM recovery_code WHERE person_id = $1",
        "DELETE FROM totp WHERE person_id = $1",
        "DELETE FROM identity WHERE person_id = $1",
    ];
    p.db.drain(&own, &[person.0.into()]).await?;
    Ok(Erasure::Done)
}
