//! Identities at a provider: sending somebody there, believing who comes back, and linking.

use std::time::Duration;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockType, OnConflict},
};

use super::{Proven, hold, is_own_password, verify::holder};
use crate::{
    accounts::{
        Me,
        entity::{
            account, identity,
            oidc_sign_in::{self, Column},
        },
        events::{IdentityLinked, IdentityUnlinked, Method},
        policy,
        sessions::{hash, new_secret},
    },
    activity::{By, record},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    platform::{
        Platform,
        db::{Lane, Txn},
        oidc::{Identity, Provider},
    },
};

/// How long somebody may take at the provider, and then with a code of their authenticator.
const LIFE: Duration = Duration::from_secs(10 * 60);

/// A way to the provider that has begun.
pub struct Begun {
    pub authorization_url: String,
    /// Stays with the client that began, and never goes by the provider: whoever is made to come
    /// back with the state and code of somebody else does not have it.
    pub secret: String,
}

/// What somebody comes back with.
pub struct Return<'a> {
    pub state: &'a str,
    pub code: &'a str,
    pub secret: &'a str,
}

/// Whom the provider says that somebody is, who came back on the way that they began. It is used
/// up by [`spend_return`]; until then it may be given again, e.g. with a code of the authenticator.
pub struct Identified {
    identity: Identity,
    state_hash: String,
}

impl Identified {
    /// Who they are at the provider.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// Begins a way to the provider and back to one of the app's pages.
///
/// # Errors
/// BAD_USER_INPUT at `provider` or `redirectUri`, UNAVAILABLE.
pub async fn begin_oidc_sign_in(p: &Platform, name: &str, redirect_uri: &str) -> Result<Begun> {
    let provider = provider(p, name)?;
    if !provider.knows_redirect(redirect_uri) {
        let say = "People are not sent back to this address: the operator has not listed it.";
        return Err(Error::bad_input("redirectUri", say));
    }
    // Boxed, as below: the client's futures are large, and would be a part of all that wait.
    let authorization = Box::pin(provider.authorize(redirect_uri)).await?;
    let secret = new_secret()?;
    let row = oidc_sign_in::ActiveModel {
        state_hash: Set(hash(&authorization.state)),
        secret_hash: Set(hash(&secret)),
        redirect_uri: Set(redirect_uri.to_owned()),
        nonce: Set(authorization.nonce),
        verifier: Set(authorization.verifier),
        expires_at: Set(p.now().plus(LIFE)),
        code_hash: Set(None),
        identity: Set(None),
    };
    p.db.write_txn(Lane::Request, |txn| {
        let row = row.clone();
        async move {
            oidc_sign_in::Entity::insert(row)
                .exec_without_returning(&*txn)
                .await?;
            Ok(())
        }
    })
    .await?;
    Ok(Begun {
        authorization_url: authorization.url,
        secret,
    })
}

/// Asks the provider, once for each way, who somebody is who has come back.
///
/// # Errors
/// TOKEN_INVALID for what was not begun, not by this client, too long ago or is used up, and where
/// the provider refuses; UNAVAILABLE where it cannot be reached.
pub async fn redeem(p: &Platform, back: &Return<'_>) -> Result<Identified> {
    let row = claim(p, back).await?;
    let state_hash = row.state_hash;
    if let Some(known) = row.identity {
        let identity = serde_json::from_str(&known).map_err(Error::internal)?;
        return Ok(Identified {
            identity,
            state_hash,
        });
    }
    let provider = p.oidc.as_deref().ok_or_else(unknown_return)?;
    let (redirect_uri, nonce, verifier) = (&row.redirect_uri, &row.nonce, &row.verifier);
    let identity = Box::pin(provider.redeem(back.code, redirect_uri, nonce, verifier)).await?;
    let kept = &serde_json::to_string(&identity).map_err(Error::internal)?;
    let key = &state_hash;
    p.db.write_txn(Lane::Request, |txn| async move {
        oidc_sign_in::Entity::update_many()
            .col_expr(Column::Identity, Expr::value(kept))
            .filter(Column::StateHash.eq(key))
            .exec(&*txn)
            .await?;
        Ok(())
    })
    .await?;
    Ok(Identified {
        identity,
        state_hash,
    })
}

/// The way that this return ends. The first code to come back on it is its only one.
async fn claim(p: &Platform, back: &Return<'_>) -> Result<oidc_sign_in::Model> {
    let now = p.now();
    let keys = [back.state, back.secret, back.code].map(hash);
    let [state_hash, secret_hash, code_hash] = &keys;
    p.db.write_txn(Lane::Request, |txn| async move {
        let row = oidc_sign_in::Entity::find_by_id(state_hash.clone())
            .lock(LockType::NoKeyUpdate)
            .one(&*txn)
            .await?;
        let row = row.filter(|row| row.secret_hash == *secret_hash && row.expires_at > now);
        let row = row.ok_or_else(unknown_return)?;
        if let Some(before) = &row.code_hash {
            // Asked before: good if the provider has said who it is, and for the same code only.
            let is_same = before == code_hash && row.identity.is_some();
            return is_same.then_some(row).ok_or_else(unknown_return);
        }
        oidc_sign_in::Entity::update_many()
            .col_expr(Column::CodeHash, Expr::value(code_hash))
            .filter(Column::StateHash.eq(state_hash))
            .exec(&*txn)
            .await?;
        Ok(row)
    })
    .await
}

/// Holds a return, before anything else is locked: of several who bring one at once, one goes on.
/// Nobody waits for it who holds anything.
///
/// # Errors
/// TOKEN_INVALID where it is used up.
pub async fn hold_return(txn: &Txn, identified: &Identified) -> Result<()> {
    let row = oidc_sign_in::Entity::find_by_id(identified.state_hash.clone())
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    row.map(drop).ok_or_else(unknown_return)
}

/// Uses a return up that is held, in the transaction of what came of it.
pub async fn spend_return(txn: &Txn, identified: &Identified) -> Result<()> {
    oidc_sign_in::Entity::delete_by_id(identified.state_hash.clone())
        .exec(&**txn)
        .await?;
    Ok(())
}

/// Whose identity it is, if it is anybody's here.
pub async fn by_identity(txn: &Txn, identified: &Identified) -> Result<Option<Proven>> {
    let Identity {
        issuer, subject, ..
    } = &identified.identity;
    let found = identity::Entity::find_by_id((issuer.clone(), subject.clone()))
        .find_also_related(account::Entity)
        .one(&**txn)
        .await?;
    let account = found.and_then(|(_, account)| account);
    Ok(account.map(|account| Proven::of(&account, Method::Oidc)))
}

/// Whether somebody here has proven that the address of an identity is theirs, as the provider says
/// that it is of whoever has come. An address that it has not seen proves nothing, and nothing is
/// told of it.
pub async fn is_address_held(txn: &Txn, identity: &Identity) -> Result<bool> {
    let email = identity
        .email
        .as_deref()
        .filter(|_| identity.is_email_verified);
    let Some(Ok((_, key))) = email.map(|email| policy::email("email", email)) else {
        return Ok(false);
    };
    Ok(holder(txn, &key).await?.is_some())
}

/// Makes an identity that of `person`. `false` where it is somebody's already, or where they have
/// another one of its issuer.
pub async fn keep_identity(
    txn: &Txn,
    person: PersonId,
    identity: &Identity,
    now: Timestamp,
) -> Result<bool> {
    let row = identity::ActiveModel {
        issuer: Set(identity.issuer.clone()),
        subject: Set(identity.subject.clone()),
        person_id: Set(person),
        linked_at: Set(now),
    };
    let added = identity::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&**txn)
        .await?;
    Ok(added == 1)
}

/// Lets the caller sign in by an identity too.
///
/// # Errors
/// INVALID_CREDENTIALS at `currentPassword`, those of [`redeem`], CONFLICT where the identity is
/// somebody's already or the caller has another one of the same provider.
pub async fn link_identity(p: &Platform, me: &Me, back: &Return<'_>, password: &str) -> Result<()> {
    is_own_password(p, me, password).await?;
    let identified = &redeem(p, back).await?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        hold_return(&txn, identified).await?;
        hold(&txn, me).await?;
        if !keep_identity(&txn, me.id(), identified.identity(), now).await? {
            let say = "This identity belongs to an account already, or yours has another one of \
                       this provider.";
            return Err(Error::refused(Code::Conflict, say));
        }
        spend_return(&txn, identified).await?;
        let fact = IdentityLinked {
            personid: me.id().into(),
        };
        record(&txn, By::person(me.id(), now), &fact, [])
    })
    .await
}

/// Keeps the caller from signing in by the provider. Their password stays.
///
/// # Errors
/// BAD_USER_INPUT at `provider`, INVALID_CREDENTIALS at `currentPassword`.
pub async fn unlink_identity(p: &Platform, me: &Me, name: &str, password: &str) -> Result<()> {
    let provider = provider(p, name)?;
    is_own_password(p, me, password).await?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        hold(&txn, me).await?;
        let gone = identity::Entity::delete_many()
            .filter(identity::Column::PersonId.eq(me.id()))
            .filter(identity::Column::Issuer.eq(provider.issuer()))
            .exec(&*txn)
            .await?;
        if gone.rows_affected == 0 {
            return Ok(());
        }
        let fact = IdentityUnlinked {
            personid: me.id().into(),
        };
        record(&txn, By::person(me.id(), now), &fact, [])
    })
    .await
}

/// Forgets ways that nobody can come back on any more. Returns how many those were.
pub async fn forget_expired_returns(p: &Platform) -> Result<u64> {
    let now = p.now();
    p.db.write_txn(Lane::Background, |txn| async move {
        let gone = oidc_sign_in::Entity::delete_many()
            .filter(Column::ExpiresAt.lte(now))
            .exec(&*txn)
            .await?;
        Ok(gone.rows_affected)
    })
    .await
}

fn provider<'a>(p: &'a Platform, name: &str) -> Result<&'a Provider> {
    let known = p.oidc.as_deref().filter(|provider| provider.name() == name);
    known.ok_or_else(|| Error::bad_input("provider", "Nobody signs in by such a provider here."))
}

/// The one answer to whatever is wrong with a return, so that nothing is told by it.
fn unknown_return() -> Error {
    let say = "This return is unknown, too late or used. Begin again.";
    Error::refused(Code::TokenInvalid, say)
}
