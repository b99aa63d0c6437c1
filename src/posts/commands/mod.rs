//! What people do to posts. One public function per action, one transaction each.

mod bookmark;
mod create;
mod delete;
mod edit;
mod import;
mod locking;
mod repost;
mod thread;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::{ExprTrait, LockType, OnConflict},
};

pub use self::{
    bookmark::{Unbookmarked, bookmark, unbookmark},
    create::{NewPost, create},
    delete::delete,
    edit::{PostChanges, edit},
    import::import,
    locking::set_locked,
    repost::{NewRepost, Reposted, Undone, repost, undo_repost},
    thread::{mute_thread, unmute_thread},
};
use super::{
    entity::post,
    queries::{column, visible_to},
};
use crate::{
    accounts::Me,
    counters::{Counter, Deltas},
    error::{Error, Result},
    idempotency::Key,
    ids::{HashtagId, PostId},
    platform::db::{Txn, one},
};

/// `false` where a unique index holds another row already.
async fn insert(txn: &Txn, post: &post::Model) -> Result<bool> {
    let row = post.clone().into_active_model().reset_all();
    let made = post::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    Ok(matches!(made, TryInsertResult::Inserted(n) if n > 0))
}

/// The post that the key of `post` made before, by the same mutation.
///
/// # Errors
/// IDEMPOTENCY_MISMATCH, NOT_FOUND (deleted since).
async fn first_made(
    txn: &Txn,
    post: &post::Model,
    key: Option<&Key>,
) -> Result<Option<post::Model>> {
    let Some(key) = key else { return Ok(None) };
    let first = post::Entity::find()
        .filter(post::Column::AuthorId.eq(post.author_id))
        .filter(post::Column::CreatedBy.eq(post.created_by.as_str()))
        .filter(post::Column::IdempotencyKey.eq(key.key.as_str()))
        .one(&**txn)
        .await?;
    if let Some(first) = &first {
        key.repeat(first.request_hash.as_deref(), first.deleted_at.is_some())?;
    }
    Ok(first)
}

/// Adds `delta` to the posts of each hashtag.
fn count_hashtags(deltas: &mut Deltas, hashtags: &[HashtagId], delta: i64) {
    for hashtag in hashtags {
        deltas.add(hashtag.0, Counter::Posts, delta);
    }
}

/// The post, locked, as the caller may see it.
///
/// # Errors
/// NOT_FOUND at `path`.
pub async fn lock(txn: &Txn, me: &Me, id: PostId, path: &str) -> Result<post::Model> {
    let rows = visible_to(me.viewer())
        .and_where(column(post::Column::Id).eq(id))
        .lock_with_tables(LockType::NoKeyUpdate, [post::Entity])
        .take();
    one::<post::Entity>(&**txn, rows)
        .await?
        .ok_or_else(|| Error::not_found(path))
}
