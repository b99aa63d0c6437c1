//! Signing in, or joining, by the identity that somebody has at a provider.

use uuid::Uuid;

use super::{
    handle::{free_handle, new_handle},
    sign_in::enter,
    sign_up::join,
};
use crate::{
    accounts::{
        self, Me, Role, SessionTokens,
        commands::{Identified, NewAccount, Return},
    },
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::{PersonId, SessionId},
    people::entity::person,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// What somebody comes back from the provider with.
pub struct OidcSignIn<'a> {
    pub back: Return<'a>,
    /// A one-time code or a recovery code, for an account that asks for one.
    pub totp: Option<&'a str>,
    /// The handle that a new person wants. Without it: one like their name at the provider.
    pub handle: Option<&'a str>,
    pub user_agent: Option<&'a str>,
}

/// A session, and whether its person is new.
pub struct Entered {
    pub me: Me,
    pub tokens: SessionTokens,
    pub is_new: bool,
}

/// Signs in whoever has the identity, or makes a new person of whoever comes with one that is
/// nobody's. An account is never found by its address alone.
///
/// # Errors
/// BAD_USER_INPUT and HANDLE_TAKEN at `handle`, TOKEN_INVALID, UNAVAILABLE, those of `signIn` behind
/// the password, and CONFLICT where somebody has an account with the address of the identity: they
/// sign in to it and link the two.
pub async fn sign_in_by_oidc(p: &Platform, who: OidcSignIn<'_>) -> Result<Entered> {
    let wanted = who.handle.map(new_handle).transpose()?;
    let identified = accounts::commands::redeem(p, &who.back).await?;
    let now = p.now();
    let (person, letter) = (PersonId(p.new_id(now)), p.new_id(now));
    let made = (SessionId(p.new_id(now)), now);
    let (who, wanted, identified) = (&who, wanted.as_deref(), &identified);
    let done = p.db.write_txn(Lane::Request, |txn| async move {
        accounts::commands::hold_return(&txn, identified).await?;
        let known = accounts::commands::by_identity(&txn, identified).await?;
        let entered = match &known {
            Some(proven) => enter(p, &txn, proven, who.totp, (who.user_agent, made)).await?,
            None => {
                begin(&txn, (person, letter), identified, wanted, now).await?;
                let first = accounts::commands::first_session;
                Ok(first(p, &txn, person, who.user_agent, made).await?)
            }
        };
        let (me, tokens) = match entered {
            Ok(entered) => entered,
            // Committed: wrong codes are counted. The return is still good for another.
            Err(refused) => return Ok(Err(refused)),
        };
        accounts::commands::spend_return(&txn, identified).await?;
        let is_new = known.is_none();
        Ok(Ok(Entered { me, tokens, is_new }))
    });
    done.await?
}

/// Makes a new person of an identity.
async fn begin(
    txn: &Txn,
    (id, letter): (PersonId, Uuid),
    identified: &Identified,
    wanted: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let identity = identified.identity();
    if accounts::commands::is_address_held(txn, identity).await? {
        let say = "There is an account with your address. Sign in to it, then link this provider.";
        return Err(Error::refused(Code::Conflict, say));
    }
    let handle = match wanted {
        Some(wanted) => wanted.to_owned(),
        None => {
            let local = identity
                .email
                .as_deref()
                .and_then(|email| email.split('@').next());
            let like = identity.preferred_username.as_deref().or(local);
            free_handle(txn, like.unwrap_or_default()).await?
        }
    };
    let person = person::Model {
        id,
        handle,
        display_name: String::new(),
        bio: String::new(),
        created_at: now,
        deleted_at: None,
        is_private: false,
        suspended_until: Timestamp(0),
        is_suspended: false,
    };
    join(
        txn,
        person,
        NewAccount::of_identity(identity, letter),
        Role::Member,
    )
    .await?;
    if !accounts::commands::keep_identity(txn, id, identity, now).await? {
        let say = "Somebody is joining with this identity right now. Try again.";
        return Err(Error::refused(Code::Unavailable, say));
    }
    Ok(())
}
