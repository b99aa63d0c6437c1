//! How people join, sign in and change their profile. One public function per action.

use std::time::Duration;

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, OnConflict},
};

use super::{
    entity::{handle, person},
    events::{ProfilePart, ProfileUpdated},
    queries,
};
use crate::{
    accounts::{
        self, Me, Role, SessionTokens,
        commands::{Login, NewAccount},
    },
    activity::{By, record},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::{MediaId, PersonId, SessionId},
    media::{self, ParentKind},
    platform::{
        Platform,
        db::{Lane, Txn, Viewer, one},
    },
    social::locks::{Hold, lock_pairs},
    text,
};

/// How long a handle that was given up stays with its former owner.
const HANDLE_REST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What somebody gives to join.
pub struct SignUp<'a> {
    pub handle: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    pub display_name: Option<&'a str>,
    pub user_agent: Option<&'a str>,
}

/// Makes a person with an account and signs them in.
///
/// # Errors
/// BAD_USER_INPUT, HANDLE_TAKEN. That an address is in use is never told.
pub async fn sign_up(p: &Platform, new: SignUp<'_>) -> Result<(Me, SessionTokens)> {
    let key = new_handle(new.handle)?;
    let display_name = display_name(new.display_name)?;
    let account = NewAccount::check(p, new.email, new.password, &key).await?;
    let now = p.now();
    let (id, session) = (PersonId(p.new_id(now)), SessionId(p.new_id(now)));
    p.db.write_txn(Lane::Request, |txn| {
        let (key, display_name, account) = (key.clone(), display_name.clone(), account.clone());
        async move {
            let person = person::Model {
                id,
                handle: key,
                display_name,
                bio: String::new(),
                created_at: now,
                deleted_at: None,
                is_private: false,
                suspended_until: Timestamp(0),
            };
            join(&txn, person, account, Role::Member).await?;
            let made = (session, now);
            accounts::commands::first_session(p, &txn, id, new.user_agent, made).await
        }
    })
    .await
}

/// Adds a person with their handle and account, and records that they registered.
pub async fn join(txn: &Txn, person: person::Model, account: NewAccount, role: Role) -> Result<()> {
    let (id, key, now) = (person.id, person.handle.clone(), person.created_at);
    let row: person::ActiveModel = person.into();
    person::Entity::insert(row.reset_all())
        .exec_without_returning(&**txn)
        .await?;
    reserve(txn, id, &key, now).await?;
    accounts::commands::create(txn, id, account, role, now).await
}

fn new_handle(typed: &str) -> Result<String> {
    text::handle(typed).ok_or_else(|| {
        let say = "A handle has 3 to 30 of the letters a to z, digits and _.";
        Error::bad_input("handle", say)
    })
}

/// Empty where the handle stands in.
fn display_name(typed: Option<&str>) -> Result<String> {
    match typed {
        Some(name) => text::check("displayName", name, 1, 50),
        None => Ok(String::new()),
    }
}

async fn reserve(txn: &Txn, person: PersonId, key: &str, now: Timestamp) -> Result<()> {
    use handle::Column::{Key, PersonId as Owner, ReleasedAt};
    let column = |column| Expr::col((handle::Entity, column));
    let free = column(ReleasedAt)
        .lt(now.minus(HANDLE_REST))
        .or(column(Owner).eq(person));
    let row = handle::ActiveModel {
        key: Set(key.to_owned()),
        person_id: Set(person),
        released_at: Set(None),
    };
    let on_conflict = OnConflict::column(Key)
        .update_columns([Owner, ReleasedAt])
        .action_and_where(free)
        .to_owned();
    let insert = handle::Entity::insert(row).on_conflict(on_conflict);
    match insert.exec_without_returning(&**txn).await? {
        0 => Err(Error::refused(Code::HandleTaken, "Somebody else has this handle.").at("handle")),
        _ => Ok(()),
    }
}

/// Signs in by handle or e-mail address.
///
/// # Errors
/// INVALID_CREDENTIALS, after the same work whether or not there is such an account. SUSPENDED,
/// which only whoever knows the password is told.
pub async fn sign_in(
    p: &Platform,
    login: &str,
    password: &str,
    user_agent: Option<&str>,
) -> Result<(Me, SessionTokens)> {
    let login = if login.contains('@') {
        Login::Email(login)
    } else {
        let reader = p.db.reader(Viewer::guest(p.now()));
        Login::Person(
            queries::by_handle(&reader, login)
                .await?
                .map(|person| person.id),
        )
    };
    let proven = accounts::commands::prove(p, login, password).await?;
    let now = p.now();
    let session = SessionId(p.new_id(now));
    let proven = &proven;
    p.db.write_txn(Lane::Request, |txn| async move {
        lock_pairs(&txn, Hold::Shared, proven.person(), []).await?;
        may_sign_in(&txn, proven.person(), now).await?;
        accounts::commands::next_session(p, &txn, proven, user_agent, (session, now)).await
    })
    .await
}

/// A deleted person has no account any more; a suspended one learns until when.
async fn may_sign_in(txn: &Txn, person: PersonId, now: Timestamp) -> Result<()> {
    let rows = queries::visible_to(Viewer::guest(now))
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(person))
        .take();
    let person = one::<person::Entity>(&**txn, rows).await?;
    let person = person.ok_or_else(accounts::commands::invalid_credentials)?;
    if person.suspended_until > now {
        let until = person.suspended_until.rfc3339();
        let say = format!("This account is suspended until {until}.");
        return Err(Error::refused(Code::Suspended, say));
    }
    Ok(())
}

/// Changes to a profile: the outer `None` leaves a field as it is, the inner one clears it.
#[derive(Clone, Debug, Default)]
pub struct ProfileChanges {
    /// Cleared: the handle stands in.
    pub display_name: Option<Option<String>>,
    pub bio: Option<Option<String>>,
    pub is_private: Option<bool>,
    pub avatar: Option<Option<MediaId>>,
    pub banner: Option<Option<MediaId>>,
}

impl ProfileChanges {
    /// Checks every text and brings it to its stored form.
    ///
    /// # Errors
    /// BAD_USER_INPUT.
    fn check(self) -> Result<CheckedChanges> {
        let bio = self
            .bio
            .map(|bio| text::check("bio", &bio.unwrap_or_default(), 0, 500));
        let name = self.display_name.map(|name| display_name(name.as_deref()));
        Ok(CheckedChanges {
            bio: bio.transpose()?,
            display_name: name.transpose()?,
            is_private: self.is_private,
            pictures: [
                (
                    ParentKind::Avatar,
                    "avatarId",
                    ProfilePart::Avatar,
                    self.avatar,
                ),
                (
                    ParentKind::Banner,
                    "bannerId",
                    ProfilePart::Banner,
                    self.banner,
                ),
            ],
        })
    }
}

/// Changes to a profile that may be written.
#[derive(Clone, Debug)]
struct CheckedChanges {
    display_name: Option<String>,
    bio: Option<String>,
    is_private: Option<bool>,
    pictures: [Picture; 2],
}

/// A picture of a profile: where it hangs, where it stands in the input, what it is called in facts,
/// and what it is to be.
type Picture = (
    ParentKind,
    &'static str,
    ProfilePart,
    Option<Option<MediaId>>,
);

impl CheckedChanges {
    /// Hangs the pictures where they belong, and says which are others than before.
    async fn hang(&self, txn: &Txn, me: &Me, now: Timestamp) -> Result<Vec<ProfilePart>> {
        let mut changed = Vec::new();
        for (kind, path, part, picture) in self.pictures {
            let Some(picture) = picture else { continue };
            let ids: Vec<MediaId> = picture.into_iter().collect();
            let parent = (kind, me.id().0);
            if media::commands::hang(txn, me, parent, &ids, (path, now)).await? {
                changed.push(part);
            }
        }
        Ok(changed)
    }

    /// What is different from `person`, and the row that makes it so.
    fn to(&self, person: &person::Model) -> (Vec<ProfilePart>, person::ActiveModel) {
        let mut changed = Vec::new();
        let mut row = person::ActiveModel {
            id: Set(person.id),
            ..Default::default()
        };
        if let Some(name) = self
            .display_name
            .as_ref()
            .filter(|new| **new != person.display_name)
        {
            row.display_name = Set(name.clone());
            changed.push(ProfilePart::DisplayName);
        }
        if let Some(bio) = self.bio.as_ref().filter(|new| **new != person.bio) {
            row.bio = Set(bio.clone());
            changed.push(ProfilePart::Bio);
        }
        if let Some(is_private) = self.is_private.filter(|new| *new != person.is_private) {
            row.is_private = Set(is_private);
            changed.push(ProfilePart::Privacy);
        }
        (changed, row)
    }
}

/// Changes the caller's own profile. Requests to follow stay when an account becomes public again.
/// What follows from privacy for public numbers, consumers of the log do.
///
/// # Errors
/// BAD_USER_INPUT; NOT_FOUND and CONFLICT for pictures that are not the caller's, or not uploaded.
pub async fn update_profile(p: &Platform, me: &Me, changes: ProfileChanges) -> Result<()> {
    let changes = &changes.check()?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        if changes.is_private.is_some() {
            // Privacy is a state, which is locked before anything else.
            lock_pairs(&txn, Hold::Exclusive, me.id(), [me.id()]).await?;
        }
        let mut person = lock(&txn, me).await?;
        let (mut changed, row) = changes.to(&person);
        if !changed.is_empty() {
            person = person::Entity::update(row).exec(&*txn).await?;
        }
        changed.extend(changes.hang(&txn, me, now).await?);
        if changed.is_empty() {
            return Ok(());
        }
        updated(&txn, &person, changed, now)
    })
    .await
}

/// Records that `changed` of a profile, whose row is locked, is different now.
pub fn updated(
    txn: &Txn,
    person: &person::Model,
    changed: Vec<ProfilePart>,
    now: Timestamp,
) -> Result<()> {
    let fact = ProfileUpdated {
        personid: person.id.into(),
        changed,
        isprivate: person.is_private,
    };
    record(txn, By::person(person.id, now), &fact, [])
}

/// The caller's own row, locked.
pub async fn lock(txn: &Txn, me: &Me) -> Result<person::Model> {
    let rows = queries::visible_to(me.viewer())
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(me.id()))
        .lock(LockType::NoKeyUpdate)
        .take();
    one::<person::Entity>(&**txn, rows)
        .await?
        .ok_or_else(Error::unauthenticated)
}

/// Gives the caller another handle. The old one rests with them for thirty days.
///
/// # Errors
/// BAD_USER_INPUT, HANDLE_TAKEN.
pub async fn change_handle(p: &Platform, me: &Me, typed: &str) -> Result<()> {
    let key = new_handle(typed)?;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| {
        let key = key.clone();
        async move {
            let person = lock(&txn, me).await?;
            if person.handle == key {
                return Ok(());
            }
            // Two people who swap handles must not wait for each other: both rows, ascending.
            handle::Entity::find()
                .filter(handle::Column::Key.is_in([&key, &person.handle]))
                .order_by_asc(handle::Column::Key)
                .lock(LockType::NoKeyUpdate)
                .all(&*txn)
                .await?;
            reserve(&txn, me.id(), &key, now).await?;
            handle::Entity::update_many()
                .col_expr(handle::Column::ReleasedAt, Expr::value(now))
                .filter(handle::Column::Key.eq(&person.handle))
                .filter(handle::Column::PersonId.eq(me.id()))
                .exec(&*txn)
                .await?;
            let row = person::ActiveModel {
                id: Set(person.id),
                handle: Set(key),
                ..Default::default()
            };
            let person = person::Entity::update(row).exec(&*txn).await?;
            updated(&txn, &person, vec![ProfilePart::Handle], now)
        }
    })
    .await
}
