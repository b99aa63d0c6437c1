//! Suspending people, and the end of that.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use crate::{
    accounts::{
        self, Staff,
        entity::letter::Kind,
        events::{Suspended, Unsuspended},
    },
    activity::{By, record},
    clock::Timestamp,
    error::{Error, Result},
    ids::PersonId,
    people::entity::person,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    social::locks::{Hold, lock_pairs},
};

const PATH: &str = "userId";

/// How many suspensions end at most in one turn.
const TURN: u64 = 100;

/// Somebody who is not gone, locked.
async fn hold(txn: &Txn, person: PersonId) -> Result<person::Model> {
    let row = person::Entity::find_by_id(person)
        .filter(person::Column::DeletedAt.is_null())
        .filter(person::Column::Id.ne(PersonId::NOBODY))
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    row.ok_or_else(|| Error::not_found(PATH))
}

/// Suspends somebody `until` then, ends their sessions and has them told by `letter`; of who is
/// suspended already, gives the suspension another end. Says whether anything changed. Whoever asks
/// holds their state alone.
///
/// # Errors
/// NOT_FOUND at `userId`.
pub async fn suspend(
    txn: &Txn,
    staff: &Staff,
    person: PersonId,
    until: Timestamp,
    (letter, now): (Uuid, Timestamp),
) -> Result<bool> {
    let row = hold(txn, person).await?;
    let was_suspended = row.suspended_until > now;
    if was_suspended && row.suspended_until == until {
        return Ok(false);
    }
    let change = person::ActiveModel {
        id: Set(person),
        suspended_until: Set(until),
        is_suspended: Set(true),
        ..Default::default()
    };
    person::Entity::update(change).exec(&**txn).await?;
    let fact = Suspended {
        personid: person.into(),
        until,
    };
    record(txn, staff.by(now), &fact, [])?;
    accounts::commands::close_sessions(txn, person, now).await?;
    if !was_suspended {
        accounts::commands::tell(txn, (letter, now), Kind::Suspended, person).await?;
    }
    Ok(true)
}

/// Ends somebody's suspension, and says whether there was one. Whoever asks holds their state alone.
///
/// # Errors
/// NOT_FOUND at `userId`.
pub async fn unsuspend(txn: &Txn, staff: &Staff, person: PersonId, now: Timestamp) -> Result<bool> {
    let row = hold(txn, person).await?;
    if row.suspended_until <= now && !row.is_suspended {
        return Ok(false);
    }
    let change = person::ActiveModel {
        id: Set(person),
        suspended_until: Set(Timestamp(0)),
        is_suspended: Set(false),
        ..Default::default()
    };
    person::Entity::update(change).exec(&**txn).await?;
    ended(txn, person, staff.by(now))?;
    Ok(true)
}

fn ended(txn: &Txn, person: PersonId, by: By) -> Result<()> {
    let fact = Unsuspended {
        personid: person.into(),
    };
    record(txn, by, &fact, [])
}

/// Records of suspensions whose time is over that they ended, each once, whoever else does so at the
/// same moment. Reads honour the time by themselves. Says how many there were to look at.
pub async fn end_suspensions(p: &Platform) -> Result<usize> {
    let now = p.now();
    let over: Vec<PersonId> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(Expr::col(person::Column::IsSuspended))
        .filter(person::Column::SuspendedUntil.lte(now))
        .order_by_asc(person::Column::SuspendedUntil)
        .limit(TURN)
        .into_tuple()
        .all(p.db.background())
        .await?;
    for person in &over {
        let person = *person;
        p.db.write_txn(Lane::Background, |txn| async move {
            end(&txn, person, now).await
        })
        .await?;
    }
    Ok(over.len())
}

/// Only whoever changes the row records the fact.
async fn end(txn: &Txn, person: PersonId, now: Timestamp) -> Result<()> {
    lock_pairs(txn, Hold::Exclusive, person, [person]).await?;
    let changed = person::Entity::update_many()
        .col_expr(person::Column::IsSuspended, Expr::value(false))
        .filter(person::Column::Id.eq(person))
        .filter(Expr::col(person::Column::IsSuspended))
        .filter(person::Column::SuspendedUntil.lte(now))
        .exec(&**txn)
        .await?;
    match changed.rows_affected {
        0 => Ok(()),
        _ => ended(txn, person, By::system(now)),
    }
}
