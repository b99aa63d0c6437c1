//! Showing a post before all others on one's profile.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, sea_query::OnConflict};

use crate::{
    accounts::Me,
    error::Result,
    ids::PostId,
    people::{self, events::ProfilePart},
    platform::{
        Platform,
        db::{Gate, Lane, Txn},
    },
    posts::{aim::Aim, entity::pinned_post, policy, towards::lock_towards},
};

/// Pins a post of the caller in the place of the one pinned before; of a plain repost the original.
/// `None`: none is pinned any more.
///
/// # Errors
/// NOT_FOUND; FORBIDDEN for a post of somebody else, one for the mentioned alone, and one that
/// staff has hidden.
pub async fn pin(p: &Platform, me: &Me, id: Option<PostId>) -> Result<()> {
    let now = p.now();
    let _pass = match id {
        Some(id) => Some(p.db.gate(Gate::Hot(id.0)).await?),
        None => None,
    };
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = match id {
            Some(id) => Some(Aim::at(&txn, id, "postId").await?),
            None => None,
        };
        lock_towards(&txn, me, &[], aim.iter().flat_map(Aim::people)).await?;
        let person = people::commands::lock(&txn, me).await?;
        let post = match aim {
            None => None,
            Some(aim) => {
                let post = aim.lock(&txn, me, "postId").await?;
                policy::may_pin(me, &post)?;
                Some(post.id)
            }
        };
        let row = post.map(|post_id| pinned_post::Model {
            person_id: me.id(),
            post_id,
            created_at: now,
        });
        match replace(&txn, me, row).await? {
            false => Ok(()),
            true => people::commands::updated(&txn, &person, vec![ProfilePart::PinnedPost], now),
        }
    })
    .await
}

/// Puts `row` in the place of what the caller, whose row is locked, has pinned. Says whether that is
/// a change.
async fn replace(txn: &Txn, me: &Me, row: Option<pinned_post::Model>) -> Result<bool> {
    let had = pinned_post::Entity::find_by_id(me.id()).one(&**txn).await?;
    let pinned = |row: &Option<pinned_post::Model>| row.as_ref().map(|row| row.post_id);
    if pinned(&had) == pinned(&row) {
        return Ok(false);
    }
    let Some(row) = row else {
        pinned_post::Entity::delete_by_id(me.id())
            .exec(&**txn)
            .await?;
        return Ok(true);
    };
    let instead = OnConflict::column(pinned_post::Column::PersonId)
        .update_columns([pinned_post::Column::PostId, pinned_post::Column::CreatedAt])
        .to_owned();
    pinned_post::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(instead)
        .exec_without_returning(&**txn)
        .await?;
    Ok(true)
}
