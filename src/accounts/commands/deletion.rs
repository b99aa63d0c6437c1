//! Asks for the erasure of an account, takes that back, and takes an account away.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{hold, letters};
use crate::{
    accounts::{
        AccountContent, Me,
        entity::{account, letter::Kind},
        events::{Cause, DeletionCancelled, DeletionRequested},
        sessions,
    },
    activity::{By, record},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    personal::Leaving,
    platform::{Platform, db::Txn},
};

/// Notes that the caller's account is to be erased at `erases_at`, ends their other sessions and
/// tells their address. Whoever calls it has locked the caller's state.
///
/// # Errors
/// CONFLICT where that is noted already.
pub async fn request_deletion(
    txn: &Txn,
    me: &Me,
    (content, erases_at): (AccountContent, Timestamp),
    (letter, now): (Uuid, Timestamp),
) -> Result<()> {
    let account = hold(txn, me).await?;
    if account.erases_at.is_some() {
        let say = "This account is going to be erased already. To choose otherwise, call \
                   cancelAccountDeletion first.";
        return Err(Error::refused(Code::Conflict, say));
    }
    note(txn, me.id(), Some((content, erases_at))).await?;
    sessions::revoke_all(txn, me.id(), Some(me.session()), Cause::Erased, now).await?;
    let to = Some(me.id());
    letters::ask(txn, (letter, now), Kind::DeletionAsked, to, &account.email).await?;
    let fact = DeletionRequested {
        personid: me.id().into(),
        erasesat: erases_at,
        remains: content,
    };
    record(txn, By::person(me.id(), now), &fact, [])
}

/// Takes that back. Whoever calls it has locked the caller's state.
///
/// # Errors
/// CONFLICT where nothing is to be taken back, or its time has come.
pub async fn cancel_deletion(txn: &Txn, me: &Me, (letter, now): (Uuid, Timestamp)) -> Result<()> {
    let account = hold(txn, me).await?;
    if account.erases_at.is_none_or(|at| at <= now) {
        let say = "There is no erasure of this account that could still be taken back.";
        return Err(Error::refused(Code::Conflict, say));
    }
    note(txn, me.id(), None).await?;
    let to = Some(me.id());
    letters::ask(
        txn,
        (letter, now),
        Kind::DeletionCancelled,
        to,
        &account.email,
    )
    .await?;
    let fact = DeletionCancelled {
        personid: me.id().into(),
    };
    record(txn, By::person(me.id(), now), &fact, [])
}

async fn note(txn: &Txn, person: PersonId, due: Option<(AccountContent, Timestamp)>) -> Result<()> {
    let (content, erases_at) = due.unzip();
    let row = account::ActiveModel {
        person_id: Unchanged(person),
        erases_at: Set(erases_at),
        erased_content: Set(content),
        ..Default::default()
    };
    row.update(&**txn).await?;
    Ok(())
}

/// Whose accounts are to be erased by now, the longest due first.
pub async fn due_for_erasure(p: &Platform, most: u64) -> Result<Vec<Leaving>> {
    let due = account::Entity::find()
        .filter(account::Column::ErasesAt.lte(p.now()))
        .order_by_asc(account::Column::ErasesAt)
        .limit(most)
        .all(p.db.background())
        .await?;
    let leaving = |account: account::Model| Leaving {
        person: account.person_id,
        is_kept: account.erased_content == Some(AccountContent::KeepAnonymised),
    };
    Ok(due.into_iter().map(leaving).collect())
}

/// Takes away the account itself, after everything else of it.
pub async fn forget(txn: &Txn, person: PersonId) -> Result<()> {
    account::Entity::delete_by_id(person).exec(&**txn).await?;
    Ok(())
}
