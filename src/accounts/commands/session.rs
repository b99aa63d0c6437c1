//! Begins and ends sessions.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{Proven, prove::Rehashed};
use crate::{
    accounts::{
        Me, Role, SessionTokens,
        entity::account,
        events::{Cause, Method, SignedIn},
        sessions,
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
    sessions::begin(p, txn, person, Role::Member, user_agent, made).await
}

/// Begins another session of somebody who has proven who they are and may sign in. Their password
/// is stored anew where it was hashed with less work than now.
pub async fn next_session(
    p: &Platform,
    txn: &Txn,
    proven: &Proven,
    user_agent: Option<&str>,
    made: (SessionId, Timestamp),
) -> Result<(Me, SessionTokens)> {
    let fact = SignedIn {
        personid: proven.person().into(),
        method: Method::Password,
    };
    record(txn, By::person(proven.person(), made.1), &fact, [])?;
    if let Some(Rehashed { old, new }) = proven.rehashed() {
        // Unless the password has been changed since it was proven.
        account::Entity::update_many()
            .col_expr(account::Column::PasswordHash, Expr::value(new.as_str()))
            .filter(account::Column::PersonId.eq(proven.person()))
            .filter(account::Column::PasswordHash.eq(old.as_str()))
            .exec(&**txn)
            .await?;
    }
    sessions::begin(p, txn, proven.person(), proven.role(), user_agent, made).await
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
        sessions::revoke(&txn, session, Cause::SignOut, now).await?;
        Ok(session)
    })
    .await
}
