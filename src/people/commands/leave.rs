//! Having one's account erased, and keeping it after all.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    ConnectionTrait, EntityTrait, Statement,
};

use crate::{
    accounts::{self, AccountContent, Me, commands::is_own_password},
    clock::Timestamp,
    error::Result,
    ids::PersonId,
    people::entity::person,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    social::locks::{Hold, lock_pairs},
};

/// Has the caller's account erased when the time of grace is over, and says when that is. From now
/// on nobody sees them and they write nothing; their other sessions end.
///
/// # Errors
/// INVALID_CREDENTIALS at `password`; CONFLICT where it is to be erased already.
pub async fn delete_account(
    p: &Platform,
    me: &Me,
    password: &str,
    content: AccountContent,
) -> Result<Timestamp> {
    is_own_password(p, me, password)
        .await
        .map_err(|refused| refused.at("password"))?;
    let now = p.now();
    let erases_at = now.plus(p.privacy.deletion_grace());
    let letter = (p.new_id(now), now);
    p.db.write_txn(Lane::Request, |txn| async move {
        lock_pairs(&txn, Hold::Exclusive, me.id(), [me.id()]).await?;
        accounts::commands::request_deletion(&txn, me, (content, erases_at), letter).await?;
        mark(&txn, me.id(), Some(now)).await
    })
    .await?;
    Ok(erases_at)
}

/// Keeps the caller's account after all: all is as it was.
///
/// # Errors
/// CONFLICT where nothing is to be taken back, or it is too late.
pub async fn cancel_account_deletion(p: &Platform, me: &Me) -> Result<()> {
    let now = p.now();
    let letter = (p.new_id(now), now);
    p.db.write_txn(Lane::Request, |txn| async move {
        lock_pairs(&txn, Hold::Exclusive, me.id(), [me.id()]).await?;
        accounts::commands::cancel_deletion(&txn, me, letter).await?;
        mark(&txn, me.id(), None).await
    })
    .await
}

/// Whether anybody finds the person. Every reader honours it at once.
async fn mark(txn: &Txn, person: PersonId, deleted_at: Option<Timestamp>) -> Result<()> {
    let row = person::ActiveModel {
        id: Unchanged(person),
        deleted_at: Set(deleted_at),
        ..Default::default()
    };
    row.update(&**txn).await?;
    Ok(())
}

/// Takes away a person's account, handles and row, after everything that hung on them.
pub async fn forget(p: &Platform, person: PersonId) -> Result<()> {
    p.db.write_txn(Lane::Background, |txn| async move {
        accounts::commands::forget(&txn, person).await?;
        for left in [
            "DELETE FROM handle WHERE person_id = $1",
            "DELETE FROM counter WHERE subject_id = $1",
        ] {
            let left = Statement::from_sql_and_values(txn.backend(), left, [person.0.into()]);
            txn.execute_raw(left).await?;
        }
        person::Entity::delete_by_id(person).exec(&*txn).await?;
        Ok(())
    })
    .await
}
