//! Keeping a post, and letting go of it. Only the keeper knows.

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
        entity::bookmark,
        events::{BookmarkAdded, BookmarkRemoved},
        towards::lock_towards,
    },
};

/// Keeps a post; of a plain repost the original. Doing it twice changes nothing. Returns what is
/// kept.
///
/// # Errors
/// NOT_FOUND.
pub async fn bookmark(p: &Platform, me: &Me, id: PostId) -> Result<PostId> {
    let now = p.now();
    let relation = p.new_id(now);
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, "postId").await?;
        lock_towards(&txn, me, &[], aim.people()).await?;
        let post = aim.lock(&txn, me, "postId").await?;
        let row = bookmark::Model {
            person_id: me.id(),
            post_id: post.id,
            id: relation,
            created_at: now,
        };
        let once = OnConflict::columns([bookmark::Column::PersonId, bookmark::Column::PostId])
            .do_nothing()
            .to_owned();
        let made = bookmark::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(once)
            .try_insert()
            .exec_without_returning(&*txn)
            .await?;
        if matches!(made, TryInsertResult::Inserted(n) if n > 0) {
            let fact = BookmarkAdded {
                bookmarkid: relation,
                personid: me.id().into(),
                postid: post.id.0,
            };
            record(&txn, By::person(me.id(), now), &fact, [])?;
        }
        Ok(post.id)
    })
    .await
}

/// What is left after a post was let go of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unbookmarked {
    pub post: PostId,
    /// It was kept until now.
    pub was_kept: bool,
}

/// Lets go of a post, whatever became of it (R6, R22). Without effect where it was not kept.
///
/// # Errors
/// NOT_FOUND, where nothing was kept and nothing is to be seen.
pub async fn unbookmark(p: &Platform, me: &Me, id: PostId) -> Result<Unbookmarked> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, "postId").await?;
        aim.prove_known(&txn, me, "postId").await?;
        let gone = bookmark::Entity::delete_by_id((me.id(), aim.id))
            .exec_with_returning(&*txn)
            .await?;
        let was_kept = gone.is_some();
        match gone {
            Some(gone) => {
                let fact = BookmarkRemoved {
                    bookmarkid: gone.id,
                    personid: me.id().into(),
                    postid: aim.id.0,
                };
                record(&txn, By::person(me.id(), now), &fact, [])?;
            }
            None => aim.prove_visible(&txn, me, "postId").await?,
        }
        Ok(Unbookmarked {
            post: aim.id,
            was_kept,
        })
    })
    .await
}
