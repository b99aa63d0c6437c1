//! Signing in.

use std::net::IpAddr;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::ExprTrait};

use crate::{
    accounts::{
        self, Me, SessionTokens,
        commands::{Login, Proven},
    },
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::{PersonId, SessionId},
    people::{entity::person, queries},
    platform::{
        Platform,
        db::{Lane, Txn, Viewer},
        limiter::{Limit, Subject, network},
    },
    social::locks::{Hold, lock_pairs},
};

/// What somebody gives to sign in.
pub struct SignIn<'a> {
    /// A handle or an e-mail address.
    pub login: &'a str,
    pub password: &'a str,
    /// A one-time code or a recovery code.
    pub totp: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub address: IpAddr,
}

/// Signs in by handle or e-mail address.
///
/// # Errors
/// INVALID_CREDENTIALS, after the same work whether or not there is such an account. SUSPENDED,
/// which only whoever knows the password is told, as are TOTP_REQUIRED and INVALID_CREDENTIALS at
/// `totp`. RATE_LIMITED, whether or not there is such an account.
pub async fn sign_in(p: &Platform, who: SignIn<'_>) -> Result<(Me, SessionTokens)> {
    let from = Subject::Network(network(who.address));
    p.throttle(Limit::SignInAddress, from).await?;
    let login = if who.login.contains('@') {
        Login::Email(who.login)
    } else {
        let reader = p.db.reader(Viewer::guest(p.now()));
        Login::Person(queries::holder_of(&reader, who.login).await?, who.login)
    };
    let proven = accounts::commands::prove(p, login, who.password).await?;
    let now = p.now();
    let session = SessionId(p.new_id(now));
    let (proven, begun) = (&proven, (who.user_agent, (session, now)));
    let done = p.db.write_txn(Lane::Request, |txn| async move {
        enter(p, &txn, proven, who.totp, begun).await
    });
    done.await?
}

/// Lets somebody in who has proven who they are, if they may and give all that is asked of them.
/// The inner refusal is to be committed: wrong codes are counted.
pub(super) async fn enter(
    p: &Platform,
    txn: &Txn,
    proven: &Proven,
    totp: Option<&str>,
    (user_agent, made): (Option<&str>, (SessionId, Timestamp)),
) -> Result<Result<(Me, SessionTokens)>> {
    lock_pairs(txn, Hold::Shared, proven.person(), []).await?;
    may_sign_in(txn, proven.person(), made.1).await?;
    let admitted = match accounts::commands::admit(p, txn, proven, totp, made.1).await? {
        Ok(admitted) => admitted,
        Err(refused) => return Ok(Err(refused)),
    };
    let begun = accounts::commands::next_session(p, txn, &admitted, user_agent, made).await?;
    Ok(Ok(begun))
}

/// An erased person has no account any more; a suspended one learns until when. Whoever is about to
/// be erased may come back to take that back.
pub(super) async fn may_sign_in(txn: &Txn, person: PersonId, now: Timestamp) -> Result<()> {
    let leaving = accounts::queries::is_leaving((person::Entity, person::Column::Id));
    let person = person::Entity::find_by_id(person)
        .filter(person::Column::DeletedAt.is_null().or(leaving))
        .one(&**txn)
        .await?;
    let person = person.ok_or_else(accounts::commands::invalid_credentials)?;
    if person.suspended_until > now {
        let until = person.suspended_until.rfc3339();
        let say = format!("This account is suspended until {until}.");
        return Err(Error::refused(Code::Suspended, say));
    }
    Ok(())
}
