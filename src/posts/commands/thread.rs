//! Muting the thread of a post, and hearing of it again. Only the one who mutes knows.

use sea_orm::{
    ActiveModelTrait, EntityTrait, IntoActiveModel, TryInsertResult, sea_query::OnConflict,
};

use crate::{
    accounts::Me,
    activity::{By, record},
    error::Result,
    ids::PostId,
    platform::{
        Platform,
        db::{Gate, Lane},
    },
    posts::{
        aim::Aim,
        entity::thread_mute,
        events::{ThreadMuted, ThreadUnmuted},
        towards::lock_towards,
    },
};

/// Mutes the thread of a post (R25); of a plain repost that of the original. Doing it twice changes
/// nothing. Returns whose thread it is.
///
/// # Errors
/// NOT_FOUND.
pub async fn mute_thread(p: &Platform, me: &Me, id: PostId) -> Result<PostId> {
    let now = p.now();
    let relation = p.new_id(now);
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, "postId").await?;
        lock_towards(&txn, me, &[], aim.people()).await?;
        let post = aim.lock(&txn, me, "postId").await?;
        let row = thread_mute::Model {
            person_id: me.id(),
            post_id: post.id,
            id: relation,
            created_at: now,
        };
        let key = [thread_mute::Column::PersonId, thread_mute::Column::PostId];
        let made = thread_mute::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .try_insert()
            .exec_without_returning(&*txn)
            .await?;
        if matches!(made, TryInsertResult::Inserted(n) if n > 0) {
            let fact = ThreadMuted {
                threadmuteid: relation,
                personid: me.id().into(),
                postid: post.id.0,
            };
            record(&txn, By::person(me.id(), now), &fact, [])?;
        }
        Ok(post.id)
    })
    .await
}

/// Hears of a thread again, whatever became of the post (R22). Without effect where it was not
/// muted.
///
/// # Errors
/// NOT_FOUND, where nothing was muted and nothing is to be seen.
pub async fn unmute_thread(p: &Platform, me: &Me, id: PostId) -> Result<PostId> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, "postId").await?;
        aim.prove_known(&txn, me, "postId").await?;
        let gone = thread_mute::Entity::delete_by_id((me.id(), aim.id))
            .exec_with_returning(&*txn)
            .await?;
        match gone {
            Some(gone) => {
                let fact = ThreadUnmuted {
                    threadmuteid: gone.id,
                    personid: me.id().into(),
                    postid: aim.id.0,
                };
                record(&txn, By::person(me.id(), now), &fact, [])?;
            }
            None => aim.prove_visible(&txn, me, "postId").await?,
        }
        Ok(aim.id)
    })
    .await
}
