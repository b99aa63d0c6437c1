//! Exchanges refresh tokens: a session is a family of them, each used once.
//!
//! The successor of a token is computed from it and from a key of the servers. Whoever repeats an
//! exchange, because the answer was lost or because two tabs asked at once, is given the same
//! successor: a family never has two branches. That goes only for the predecessor of the token in
//! use, and for half a minute; any other token that comes again was copied, and the session ends.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{ColumnRef, Expr, IntoColumnRef, LockType},
};
use sha2::Sha256;

use crate::{
    accounts::{
        SessionTokens,
        entity::{refresh_token, session},
        events::Cause,
        sessions,
    },
    clock::Timestamp,
    error::{Code, Error, Result},
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// What the servers' key for successors is for.
const PURPOSE: &str = "refresh tokens";

/// For how long an exchange may be repeated.
const GRACE: Duration = Duration::from_secs(30);

/// Exchanges a refresh token for new tokens, if the session's person `may_act`. While they may not,
/// the token is not used up: the session goes on where a suspension ends (R33).
///
/// # Errors
/// TOKEN_INVALID: unknown, ended, revoked, of somebody who may not act, or used before (the session
/// is then revoked, see above).
pub async fn refresh(
    p: &Platform,
    secret: &str,
    now: Timestamp,
    may_act: impl FnOnce(ColumnRef) -> Expr,
) -> Result<SessionTokens> {
    let person = (session::Entity, session::Column::PersonId);
    let may_act = may_act(person.into_column_ref());
    let done = p.db.write_txn(Lane::Request, |txn| {
        let may_act = may_act.clone();
        async move { exchange(p, &txn, secret, now, may_act).await }
    });
    done.await?.ok_or_else(|| {
        let say = "This refresh token is not valid (any more). Sign in again.";
        Error::refused(Code::TokenInvalid, say).at("refreshToken")
    })
}

/// `None` where the token is refused; what it revoked is committed all the same.
async fn exchange(
    p: &Platform,
    txn: &Txn,
    secret: &str,
    now: Timestamp,
    may_act: Expr,
) -> Result<Option<SessionTokens>> {
    use refresh_token::Column::{Hash, UsedAt};
    let hash = sessions::hash(secret);
    let Some(token) = lock(txn, &hash).await? else {
        return Ok(None);
    };
    let given = match token.used_at {
        Some(at) if now < at.plus(GRACE) => given_before(p, txn, secret).await?,
        _ => None,
    };
    let is_repeated = given.is_some();
    let next = match (token.used_at, given) {
        (_, Some(given)) => given,
        (None, None) => successor(&p.tokens.secret(PURPOSE), secret)?,
        (Some(_), None) => {
            tracing::warn!(session.id = %token.session_id, "A refresh token was used twice.");
            let session = (token.session_id, None);
            sessions::revoke(txn, session, Cause::TokenReused, now).await?;
            return Ok(None);
        }
    };
    if token.expires_at <= now {
        return Ok(None);
    }
    let live = session::Entity::update_many()
        .col_expr(session::Column::LastUsedAt, Expr::value(now.0))
        .filter(session::Column::Id.eq(token.session_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(may_act)
        .exec_with_returning(&**txn)
        .await?;
    let Some(session) = live.first() else {
        return Ok(None);
    };
    if !is_repeated {
        refresh_token::Entity::update_many()
            .col_expr(UsedAt, Expr::value(now.0))
            .filter(Hash.eq(hash))
            .exec(&**txn)
            .await?;
        sessions::keep(txn, session.id, &next, now).await?;
    }
    let whose = (session.person_id, session.id);
    Ok(Some(sessions::tokens(p, whose, next, now)?))
}

async fn lock(txn: &Txn, hash: &str) -> Result<Option<refresh_token::Model>> {
    let token = refresh_token::Entity::find_by_id(hash)
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    Ok(token)
}

/// The token that `secret` was exchanged for, with the present key or the one before, if it is
/// still good for an exchange.
async fn given_before(p: &Platform, txn: &Txn, secret: &str) -> Result<Option<String>> {
    let keys = [
        Some(p.tokens.secret(PURPOSE)),
        p.tokens.previous_secret(PURPOSE),
    ];
    for key in keys.into_iter().flatten() {
        let given = successor(&key, secret)?;
        let token = lock(txn, &sessions::hash(&given)).await?;
        if token.is_some_and(|token| token.used_at.is_none()) {
            return Ok(Some(given));
        }
    }
    Ok(None)
}

/// The one token that `secret` is exchanged for with a key.
fn successor(key: &[u8], secret: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal)?;
    mac.update(secret.as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
