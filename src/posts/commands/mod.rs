//! What people do to posts. One public function per action, one transaction each.

mod bookmark;
mod close;
mod create;
mod crowd;
mod delete;
mod draft;
mod edit;
mod erase;
mod import;
mod locking;
mod pin;
mod release;
mod repost;
mod staff;
mod thread;
mod vote;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::{ExprTrait, LockType, OnConflict},
};

pub use self::{
    bookmark::{Unbookmarked, bookmark, unbookmark},
    close::close_due,
    create::{NewPost, create},
    crowd::{FIRST, Line, add_crowd, answered, known_before, liked, worded},
    delete::delete,
    draft::{DraftChanges, delete_draft, save_draft},
    edit::{PostChanges, edit},
    erase::erase,
    import::{ImportedPoll, import, import_drafts, import_pins, import_polls},
    locking::set_locked,
    pin::pin,
    release::{publish_draft, publish_due},
    repost::{NewRepost, Reposted, Undone, repost, undo_repost},
    staff::set_hidden,
    thread::{mute_thread, unmute_thread},
    vote::vote,
};
use super::{
    entity::post::{self, FanOut, ReplyPolicy, Visibility},
    queries::{column, visible_to},
};
use crate::{
    accounts::Me,
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::{Error, Result},
    idempotency::Key,
    ids::{HashtagId, PersonId, PostId},
    platform::db::{Txn, one},
};

/// A post that says nothing yet, made by this mutation.
pub fn blank(id: PostId, (author_id, now): (PersonId, Timestamp), made_by: &str) -> post::Model {
    post::Model {
        id,
        author_id,
        body: String::new(),
        visibility: Visibility::Public,
        created_at: now,
        edited_at: None,
        deleted_at: None,
        created_by: made_by.to_owned(),
        idempotency_key: None,
        request_hash: None,
        reply_policy: ReplyPolicy::Everyone,
        is_locked: false,
        hidden_at: None,
        quote_of_id: None,
        repost_of_id: None,
        content_warning: None,
        language: None,
        fan_out: FanOut::Push,
        is_fanned_out: false,
        is_counted: true,
    }
}

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
