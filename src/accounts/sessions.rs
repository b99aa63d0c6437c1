//! Sessions: the only maker of [`Me`], and of the tokens that prove one.
//!
//! A session is a family of refresh tokens, each used once. Using one twice means that somebody
//! copied it: the whole session ends.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{ColumnRef, Expr, ExprTrait, IntoColumnRef, LockType, Query},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    entity::{account, refresh_token, session},
    events::{Cause, SignedOut},
    live::{Ended, MayAct},
};
use crate::{
    accounts::Role,
    activity::{By, record},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::{PersonId, SessionId},
    platform::{
        Platform,
        db::{Db, Lane, Txn, Viewer, is_one_of},
    },
};

const REFRESH_TOKEN_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Proof of a live session: whoever holds one was signed in when this request began.
#[derive(Clone, Copy, Debug)]
pub struct Me {
    person: PersonId,
    session: SessionId,
    role: Role,
    proven_at: Timestamp,
    expires_at: Timestamp,
}

impl Me {
    /// The signed-in person.
    pub fn id(&self) -> PersonId {
        self.person
    }

    /// The session that this request belongs to.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// Whose eyes this request reads with.
    pub fn viewer(&self) -> Viewer {
        Viewer::person(self.person, self.role != Role::Member, self.proven_at)
    }

    /// When the access token of this request runs out.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The person's role when this request began.
    pub fn role(&self) -> Role {
        self.role
    }
}

/// What a client needs to act as a person, and to go on doing so.
#[derive(Clone, Debug)]
pub struct SessionTokens {
    pub access_token: String,
    pub access_token_expires_at: Timestamp,
    pub refresh_token: String,
}

/// Who an access token speaks for, if its session is alive and its person `may_act`. One
/// statement.
pub async fn authenticate(
    p: &Platform,
    token: &str,
    now: Timestamp,
    may_act: impl FnOnce(ColumnRef) -> Expr,
) -> Result<Option<Me>> {
    let Some(claims) = p.tokens.read(token, now) else {
        return Ok(None);
    };
    let (person, session) = (PersonId(claims.sub), SessionId(claims.sid));
    let statement = Query::select()
        .column((account::Entity, account::Column::Role))
        .from(session::Entity)
        .inner_join(
            account::Entity,
            Expr::col((account::Entity, account::Column::PersonId))
                .equals((session::Entity, session::Column::PersonId)),
        )
        .and_where(Expr::col((session::Entity, session::Column::Id)).eq(session))
        .and_where(Expr::col((session::Entity, session::Column::PersonId)).eq(person))
        .and_where(Expr::col((session::Entity, session::Column::RevokedAt)).is_null())
        .and_where(may_act(
            (session::Entity, session::Column::PersonId).into_column_ref(),
        ))
        .take();
    let reader = p.db.reader(Viewer::guest(now));
    let row = reader.connection().query_one(&statement).await?;
    row.map(|row| {
        Ok(Me {
            person,
            session,
            role: row.try_get("", "role")?,
            proven_at: now,
            expires_at: claims.expires_at(),
        })
    })
    .transpose()
}

/// Proof that `person`, who ordered something for later, may still do it `now`: in the place of a
/// session, which may long be over. `None` where they may not act any more. One statement.
pub async fn on_order(
    txn: &Txn,
    person: PersonId,
    now: Timestamp,
    may_act: MayAct,
) -> Result<Option<Me>> {
    let column = (account::Entity, account::Column::PersonId);
    let statement = Query::select()
        .column((account::Entity, account::Column::Role))
        .from(account::Entity)
        .and_where(Expr::col(column).eq(person))
        .and_where(may_act(now, column.into_column_ref()))
        .take();
    let row = txn.query_one(&statement).await?;
    row.map(|row| {
        Ok(Me {
            person,
            session: SessionId(Uuid::nil()),
            role: row.try_get("", "role")?,
            proven_at: now,
            expires_at: now,
        })
    })
    .transpose()
}

/// Whether and why `me` may no longer be answered. One statement.
pub(super) async fn ended(
    p: &Platform,
    me: &Me,
    now: Timestamp,
    may_act: MayAct,
) -> Result<Option<Ended>> {
    if me.expires_at <= now {
        return Ok(Some(Ended::Expired));
    }
    let person = (session::Entity, session::Column::PersonId);
    let statement = Query::select()
        .column((account::Entity, account::Column::Role))
        .expr_as(may_act(now, person.into_column_ref()), "may_act")
        .from(session::Entity)
        .inner_join(
            account::Entity,
            Expr::col((account::Entity, account::Column::PersonId)).equals(person),
        )
        .and_where(Expr::col((session::Entity, session::Column::Id)).eq(me.session))
        .and_where(Expr::col((session::Entity, session::Column::RevokedAt)).is_null())
        .take();
    let reader = p.db.reader(Viewer::guest(now));
    let Some(row) = reader.connection().query_one(&statement).await? else {
        return Ok(Some(Ended::SignedOut));
    };
    if !row.try_get::<bool>("", "may_act")? {
        return Ok(Some(Ended::Suspended));
    }
    let role: Role = row.try_get("", "role")?;
    Ok((role != me.role).then_some(Ended::RoleChanged))
}

/// Those of `people` who have a session that was revoked after `since`, or who may not act `now`.
pub(super) async fn ended_among(
    db: &Db,
    people: &[PersonId],
    (since, now): (Timestamp, Timestamp),
    may_act: MayAct,
) -> Result<Vec<PersonId>> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let person = (session::Entity, session::Column::PersonId);
    let revoked = Expr::col((session::Entity, session::Column::RevokedAt)).gt(since);
    let statement = Query::select()
        .distinct()
        .column(person)
        .from(session::Entity)
        .and_where(is_one_of(db.backend(), person, &ids))
        .and_where(revoked.or(may_act(now, person.into_column_ref()).not()))
        .take();
    let rows = db.background().query_all(&statement).await?;
    rows.iter()
        .map(|row| Ok(row.try_get("", "person_id")?))
        .collect()
}

/// A secret for one refresh token, and the hash that is stored.
fn new_secret() -> Result<(String, String)> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let hash = hash(&secret);
    Ok((secret, hash))
}

fn hash(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret.as_bytes()))
}

/// Adds a session for `person`. The caller has checked who they are.
pub(super) async fn begin(
    p: &Platform,
    txn: &Txn,
    person: PersonId,
    role: Role,
    user_agent: Option<&str>,
    (id, now): (SessionId, Timestamp),
) -> Result<(Me, SessionTokens)> {
    let row = session::ActiveModel {
        id: Set(id),
        person_id: Set(person),
        user_agent: Set(user_agent.map(|agent| agent.chars().take(200).collect())),
        created_at: Set(now),
        last_used_at: Set(now),
        revoked_at: Set(None),
    };
    session::Entity::insert(row)
        .exec_without_returning(&**txn)
        .await?;
    let tokens = issue(p, txn, person, id, now).await?;
    Ok((
        Me {
            person,
            session: id,
            role,
            proven_at: now,
            expires_at: tokens.access_token_expires_at,
        },
        tokens,
    ))
}

async fn issue(
    p: &Platform,
    txn: &Txn,
    person: PersonId,
    session: SessionId,
    now: Timestamp,
) -> Result<SessionTokens> {
    let (refresh_token, hash) = new_secret()?;
    let row = refresh_token::ActiveModel {
        hash: Set(hash),
        session_id: Set(session),
        created_at: Set(now),
        expires_at: Set(now.plus(REFRESH_TOKEN_LIFE)),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row)
        .exec_without_returning(&**txn)
        .await?;
    let (access_token, access_token_expires_at) = p.tokens.sign(person.0, session.0, now)?;
    Ok(SessionTokens {
        access_token,
        access_token_expires_at,
        refresh_token,
    })
}

/// Exchanges a refresh token for new tokens, if the session's person `may_act`. While they may not,
/// the token is not used up: the session goes on where a suspension ends (R33).
///
/// # Errors
/// TOKEN_INVALID: unknown, ended, used before (the session is then revoked), revoked, or of
/// somebody who may not act.
pub async fn refresh(
    p: &Platform,
    secret: &str,
    now: Timestamp,
    may_act: impl FnOnce(ColumnRef) -> Expr,
) -> Result<SessionTokens> {
    let hash = hash(secret);
    let person = (session::Entity, session::Column::PersonId);
    let may_act = may_act(person.into_column_ref());
    let done = p.db.write_txn(Lane::Request, |txn| {
        let (hash, may_act) = (hash.clone(), may_act.clone());
        async move { exchange(p, &txn, &hash, now, may_act).await }
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
    hash: &str,
    now: Timestamp,
    may_act: Expr,
) -> Result<Option<SessionTokens>> {
    use refresh_token::Column::{Hash, UsedAt};
    let found = refresh_token::Entity::find()
        .filter(Hash.eq(hash))
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    let Some(token) = found else { return Ok(None) };
    if token.used_at.is_some() {
        tracing::warn!(session.id = %token.session_id, "A refresh token was used twice.");
        revoke(txn, token.session_id, Cause::TokenReused, now).await?;
        return Ok(None);
    }
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
    refresh_token::Entity::update_many()
        .col_expr(UsedAt, Expr::value(now.0))
        .filter(Hash.eq(hash))
        .exec(&**txn)
        .await?;
    let tokens = issue(p, txn, session.person_id, session.id, now).await?;
    Ok(Some(tokens))
}

/// Ends a session, unless it has ended. Its access tokens stop at their next use.
pub(super) async fn revoke(
    txn: &Txn,
    session: SessionId,
    cause: Cause,
    now: Timestamp,
) -> Result<()> {
    let ended = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now.0))
        .filter(session::Column::Id.eq(session))
        .filter(session::Column::RevokedAt.is_null())
        .exec_with_returning(&**txn)
        .await?;
    for session in ended {
        let by = match cause {
            Cause::SignOut => By::person(session.person_id, now),
            Cause::TokenReused => By::system(now),
        };
        let fact = SignedOut {
            personid: session.person_id.into(),
            cause,
        };
        record(txn, by, &fact, [])?;
    }
    Ok(())
}

/// The session that a refresh token belongs to, if it is `person`'s.
pub(super) async fn of_token(
    txn: &Txn,
    secret: &str,
    person: PersonId,
) -> Result<Option<SessionId>> {
    let token = refresh_token::Entity::find_by_id(hash(secret))
        .one(&**txn)
        .await?;
    let Some(token) = token else { return Ok(None) };
    let session = session::Entity::find_by_id(token.session_id)
        .filter(session::Column::PersonId.eq(person))
        .one(&**txn)
        .await?;
    Ok(session.map(|session| session.id))
}
