//! Handles: who has which.

use std::time::Duration;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, OnConflict},
};

use super::{lock, updated};
use crate::{
    accounts::Me,
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    people::{
        entity::{handle, person},
        events::ProfilePart,
    },
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    text,
};

/// How long a handle that was given up stays with its former owner.
const HANDLE_REST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How much of a name a handle takes, so that digits fit behind it.
const LIKE: usize = 20;

/// A handle as it is stored.
pub(super) fn new_handle(typed: &str) -> Result<String> {
    text::handle(typed).ok_or_else(|| {
        let say = "A handle has 3 to 30 of the letters a to z, digits and _.";
        Error::bad_input("handle", say)
    })
}

/// A handle that nobody has, as much like `name` as may be.
pub(super) async fn free_handle(txn: &Txn, name: &str) -> Result<String> {
    let is_letter = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_';
    let letters = text::fold(name)
        .chars()
        .filter(is_letter)
        .take(LIKE)
        .collect();
    let like = Some(letters).filter(|letters: &String| letters.len() >= 3);
    let like = like.unwrap_or_else(|| "user".to_owned());
    let mut tries = vec![like.clone()];
    for digits in [2, 4, 6, 8] {
        let number = getrandom::u32().map_err(|e| Error::internal(e.to_string()))?;
        tries.push(format!("{like}{}", number % 10_u32.pow(digits)));
    }
    let taken: Vec<String> = handle::Entity::find()
        .filter(handle::Column::Key.is_in(&tries))
        .all(&**txn)
        .await?
        .into_iter()
        .map(|row| row.key)
        .collect();
    // All of them: then the last is refused as any other taken handle is.
    let free = tries.iter().find(|key| !taken.contains(key));
    Ok(free.unwrap_or(&like).clone())
}

/// Gives `person` a handle that is free.
pub(super) async fn reserve(txn: &Txn, person: PersonId, key: &str, now: Timestamp) -> Result<()> {
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
