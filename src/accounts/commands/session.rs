//! Begins and ends sessions.

use super::Admitted;
use crate::{
    accounts::{
        Me, Role, SessionTokens,
        events::{Cause, SignedIn},
        sessions::{self, Newcomer},
    },
    activity::{By, record},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::{PersonId, SessionId},
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Begins the first session of a person who has just signed up.
pub async fn first_session(
    p: &Platform,
    txn: &Txn,
    person: PersonId,
    user_agent: Option<&str>,
    made: (SessionId, Timestamp),
) -> Result<(Me, SessionTokens)> {
    let newcomer = Newcomer {
        person,
        role: Role::Member,
        is_verified: false,
        is_leaving: false,
    };
    sessions::begin(p, txn, newcomer, user_agent, made).await
}

/// Begins another session of somebody who has proven who they are, by all that is asked of them,
/// and may sign in. Of more than a hundred, the one that was used least lately ends.
pub async fn next_session(
    p: &Platform,
    txn: &Txn,
    admitted: &Admitted,
    user_agent: Option<&str>,
    made: (SessionId, Timestamp),
) -> Result<(Me, SessionTokens)> {
    let proven = admitted.proven();
    let fact = SignedIn {
        personid: proven.person().into(),
        method: proven.method(),
    };
    record(txn, By::person(proven.person(), made.1), &fact, [])?;
    sessions::displace(txn, proven.person(), made.1).await?;
    sessions::begin(p, txn, proven.newcomer(), user_agent, made).await
}

/// Ends the session of `refresh_token`, or without one the session of this request. Returns the
/// session that ended.
///
/// # Errors
/// TOKEN_INVALID for a refresh token that is not the caller's.
pub async fn sign_out(p: &Platform, me: &Me, refresh_token: Option<&str>) -> Result<SessionId> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let session = match refresh_token {
            None => me.session(),
            Some(secret) => sessions::of_token(&txn, secret, me.id())
                .await?
                .ok_or_else(|| {
                    let say = "This refresh token belongs to none of your sessions.";
                    Error::refused(Code::TokenInvalid, say).at("refreshToken")
                })?,
        };
        sessions::revoke(&txn, (session, None), Cause::SignOut, now).await?;
        Ok(session)
    })
    .await
}

/// Ends a session of the caller's, this one or another.
///
/// # Errors
/// NOT_FOUND at `sessionId`: somebody else's, or ended.
pub async fn revoke_session(p: &Platform, me: &Me, session: SessionId) -> Result<()> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let ended = sessions::revoke(&txn, (session, Some(me.id())), Cause::Revoked, now).await?;
        ended
            .then_some(())
            .ok_or_else(|| Error::not_found("sessionId"))
    })
    .await
}

/// Ends all sessions of somebody whom staff suspends.
pub async fn close_sessions(txn: &Txn, person: PersonId, now: Timestamp) -> Result<()> {
    sessions::revoke_all(txn, person, None, Cause::Suspended, now).await
}
