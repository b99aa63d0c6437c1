//! Choosing a new password by a letter.

use super::sign_in::may_sign_in;
use crate::{
    accounts::{self, Me, SessionTokens, commands::Reset},
    error::Result,
    ids::SessionId,
    platform::{Platform, db::Lane},
    social::locks::{Hold, lock_pairs},
};

/// Resets the password of the account that the token was mailed for, ends its sessions and begins
/// one; `None` where the account asks for a code too, which a letter does not stand in for.
///
/// # Errors
/// TOKEN_INVALID at `token`, BAD_USER_INPUT at `newPassword`, SUSPENDED.
pub async fn reset_password(
    p: &Platform,
    token: &str,
    new_password: &str,
    user_agent: Option<&str>,
) -> Result<Option<(Me, SessionTokens)>> {
    let reset = &Reset::check(p, token, new_password).await?;
    let now = p.now();
    let session = SessionId(p.new_id(now));
    p.db.write_txn(Lane::Request, |txn| async move {
        lock_pairs(&txn, Hold::Shared, reset.person(), []).await?;
        let proven = &accounts::commands::reset_password(&txn, reset, now).await?;
        may_sign_in(&txn, reset.person(), now).await?;
        let Ok(admitted) = accounts::commands::admit(p, &txn, proven, None, now).await? else {
            return Ok(None);
        };
        let made = (session, now);
        let begun = accounts::commands::next_session(p, &txn, &admitted, user_agent, made);
        begun.await.map(Some)
    })
    .await
}
