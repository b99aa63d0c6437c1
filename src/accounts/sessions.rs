//! Sessions: the only maker of [`Me`], and of the tokens that prove one.
//!
//! A session is a family of refresh tokens, each used once (`commands/refresh.rs`).

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement},
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
    error::{Error, Result},
    ids::{PersonId, SessionId},
    platform::{
        Platform,
        db::{
            Db, Reader, Txn, Viewer, is_one_of,
            texts::{self, Given},
        },
    },
};

/// How long a session lasts that is not used.
pub(super) const REFRESH_TOKEN_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The most live sessions of a person.
pub(super) const MOST: usize = 100;

/// Proof of a live session: whoever holds one was signed in when this request began.
#[derive(Clone, Copy, Debug)]
pub struct Me {
    person: PersonId,
    session: SessionId,
    role: Role,
    is_verified: bool,
    is_leaving: bool,
    has_few_ties: bool,
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
            .with_few_ties(self.has_few_ties)
    }

    /// When the access token of this request runs out.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The person's role when this request began.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether the account was about to be erased when this request began.
    pub fn is_leaving(&self) -> bool {
        self.is_leaving
    }

    /// The same, once the account is to stay after all.
    #[must_use]
    pub fn staying(self) -> Self {
        Self {
            is_leaving: false,
            ..self
        }
    }

    /// Whether the account's address was verified when this request began.
    pub fn is_verified(&self) -> bool {
        self.is_verified
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
    may_act: MayAct,
    has_few_ties: fn(PersonId) -> Expr,
) -> Result<Option<Me>> {
    let Some(claims) = p.tokens.read(token, now) else {
        return Ok(None);
    };
    let (person, session) = (PersonId(claims.sub), SessionId(claims.sid));
    let reader = p.db.reader(Viewer::person(person, false, now));
    let sessions = [claims.sid];
    let given = Given::ids(&sessions);
    let statement = texts::statement(&reader, "session".to_owned(), given, |reader, given| {
        check(reader, given.ids, may_act, has_few_ties)
    });
    let row = reader.connection().query_one_raw(statement).await?;
    row.map(|row| {
        Ok(Me {
            person,
            session,
            role: row.try_get("", "role")?,
            is_verified: is_set(&row, "email_verified_at")?,
            is_leaving: is_set(&row, "erases_at")?,
            has_few_ties: row.try_get("", "has_few_ties")?,
            proven_at: now,
            expires_at: claims.expires_at(),
        })
    })
    .transpose()
}

/// What the account of the reader says, who may act, and whose session that nobody has ended is among
/// `sessions`.
fn check(
    reader: &Reader,
    sessions: &[Uuid],
    may_act: MayAct,
    has_few_ties: fn(PersonId) -> Expr,
) -> SelectStatement {
    let (id, now) = (reader.viewer().id(), reader.viewer().now());
    let person = (session::Entity, session::Column::PersonId);
    let session = (session::Entity, session::Column::Id);
    let few = id.map_or(Expr::val(false), has_few_ties);
    Query::select()
        .column((account::Entity, account::Column::Role))
        .column((account::Entity, account::Column::EmailVerifiedAt))
        .column((account::Entity, account::Column::ErasesAt))
        .expr_as(few, "has_few_ties")
        .from(session::Entity)
        .inner_join(
            account::Entity,
            Expr::col((account::Entity, account::Column::PersonId)).equals(person),
        )
        .and_where(is_one_of(reader.backend(), session, sessions))
        .and_where(Expr::col(person).eq(id))
        .and_where(Expr::col((session::Entity, session::Column::RevokedAt)).is_null())
        .and_where(may_act(now, person.into_column_ref()))
        .take()
}

fn is_set(row: &QueryResult, column: &str) -> Result<bool> {
    Ok(row.try_get::<Option<i64>>("", column)?.is_some())
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
        .column((account::Entity, account::Column::EmailVerifiedAt))
        .from(account::Entity)
        .and_where(Expr::col(column).eq(person))
        .and_where(Expr::col((account::Entity, account::Column::ErasesAt)).is_null())
        .and_where(may_act(now, column.into_column_ref()))
        .take();
    let row = txn.query_one(&statement).await?;
    row.map(|row| {
        Ok(Me {
            person,
            session: SessionId(Uuid::nil()),
            role: row.try_get("", "role")?,
            is_verified: is_set(&row, "email_verified_at")?,
            is_leaving: false,
            has_few_ties: false,
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

/// A secret that cannot be guessed: 256 random bits.
pub(super) fn new_secret() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(e.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret. It has too many bits for a salt to matter.
pub(super) fn hash(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret.as_bytes()))
}

/// What is known of whoever begins a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newcomer {
    pub person: PersonId,
    pub role: Role,
    pub is_verified: bool,
    pub is_leaving: bool,
}

/// Adds a session of a person who has proven who they are.
pub(super) async fn begin(
    p: &Platform,
    txn: &Txn,
    who: Newcomer,
    user_agent: Option<&str>,
    (id, now): (SessionId, Timestamp),
) -> Result<(Me, SessionTokens)> {
    let row = session::ActiveModel {
        id: Set(id),
        person_id: Set(who.person),
        user_agent: Set(user_agent.map(|agent| agent.chars().take(200).collect())),
        created_at: Set(now),
        last_used_at: Set(now),
        revoked_at: Set(None),
    };
    session::Entity::insert(row)
        .exec_without_returning(&**txn)
        .await?;
    let secret = new_secret()?;
    keep(txn, id, &secret, now).await?;
    let tokens = tokens(p, (who.person, id), secret, now)?;
    let me = Me {
        person: who.person,
        session: id,
        role: who.role,
        is_verified: who.is_verified,
        is_leaving: who.is_leaving,
        has_few_ties: false,
        proven_at: now,
        expires_at: tokens.access_token_expires_at,
    };
    Ok((me, tokens))
}

/// Remembers a refresh token of a session, by its hash.
pub(super) async fn keep(
    txn: &Txn,
    session: SessionId,
    secret: &str,
    now: Timestamp,
) -> Result<()> {
    let row = refresh_token::ActiveModel {
        hash: Set(hash(secret)),
        session_id: Set(session),
        created_at: Set(now),
        expires_at: Set(now.plus(REFRESH_TOKEN_LIFE)),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

/// A new access token beside `refresh_token`.
pub(super) fn tokens(
    p: &Platform,
    (person, session): (PersonId, SessionId),
    refresh_token: String,
    now: Timestamp,
) -> Result<SessionTokens> {
    let (access_token, access_token_expires_at) = p.tokens.sign(person.0, session.0, now)?;
    Ok(SessionTokens {
        access_token,
        access_token_expires_at,
        refresh_token,
    })
}

/// Ends a session, of `owner` where one is named, unless it has ended. Its access tokens stop at
/// their next use. Returns whether it ended now.
pub(super) async fn revoke(
    txn: &Txn,
    (session, owner): (SessionId, Option<PersonId>),
    cause: Cause,
    now: Timestamp,
) -> Result<bool> {
    let mut which = session::Column::Id.eq(session);
    if let Some(owner) = owner {
        which = which.and(session::Column::PersonId.eq(owner));
    }
    Ok(end(txn, which, cause, now).await? > 0)
}

/// Ends all sessions of a person but `kept`. There are no more than [`MOST`].
pub(super) async fn revoke_all(
    txn: &Txn,
    person: PersonId,
    kept: Option<SessionId>,
    cause: Cause,
    now: Timestamp,
) -> Result<()> {
    let mut which = session::Column::PersonId.eq(person);
    if let Some(kept) = kept {
        which = which.and(session::Column::Id.ne(kept));
    }
    end(txn, which, cause, now).await?;
    Ok(())
}

/// Makes room for one more session: of [`MOST`], the one that was used least lately ends. One a
/// time, so that nobody waits for two rows.
pub(super) async fn displace(txn: &Txn, person: PersonId, now: Timestamp) -> Result<()> {
    let live: Vec<SessionId> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::PersonId.eq(person))
        .filter(session::Column::RevokedAt.is_null())
        .order_by_desc(session::Column::LastUsedAt)
        .order_by_desc(session::Column::Id)
        .into_tuple()
        .all(&**txn)
        .await?;
    if let Some(oldest) = live.last().filter(|_| live.len() >= MOST) {
        revoke(txn, (*oldest, None), Cause::Displaced, now).await?;
    }
    Ok(())
}

async fn end(txn: &Txn, which: Expr, cause: Cause, now: Timestamp) -> Result<usize> {
    let ended = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now.0))
        .filter(which)
        .filter(session::Column::RevokedAt.is_null())
        .exec_with_returning(&**txn)
        .await?;
    for session in &ended {
        let by = match cause {
            Cause::SignOut | Cause::Revoked | Cause::PasswordChanged | Cause::Displaced => {
                By::person(session.person_id, now)
            }
            Cause::TokenReused | Cause::Suspended | Cause::Erased => By::system(now),
        };
        let fact = SignedOut {
            personid: session.person_id.into(),
            cause,
        };
        record(txn, by, &fact, [])?;
    }
    Ok(ended.len())
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
