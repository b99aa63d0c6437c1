//! What people do to comments. One public function per action, one transaction each.

mod create;
mod crowd;
mod delete;
mod edit;
mod erase;
mod hide;
mod import;
mod staff;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter,
    sea_query::{ExprTrait, LockType},
};

pub use self::{
    create::{NewComment, create},
    crowd::{add_crowd, liked},
    delete::{Deleted, delete},
    edit::edit,
    erase::erase,
    hide::set_hidden,
    import::import,
    staff::set_hidden as set_hidden_by_staff,
};
use super::{
    entity::{comment, comment_mention},
    queries::{column, visible_to},
    standing::Sighted,
};
use crate::{
    accounts::Me,
    counters::{Counter, Deltas},
    error::{Error, Result},
    ids::{CommentId, PersonId, PostId},
    platform::db::{Count, Txn},
};

/// A comment by its global id: the post it hangs below, and itself. A home that is not its own
/// finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentRef {
    pub post: PostId,
    pub id: CommentId,
}

/// The comment, locked, if the caller sees it whole.
///
/// # Errors
/// NOT_FOUND at `path`, for a tombstone too.
pub async fn lock(txn: &Txn, me: &Me, at: CommentRef, path: &str) -> Result<comment::Model> {
    let mut rows = visible_to(me.viewer())
        .and_where(column(comment::Column::Id).eq(at.id))
        .and_where(column(comment::Column::PostId).eq(at.post))
        .lock_with_tables(LockType::NoKeyUpdate, [comment::Entity])
        .take();
    Sighted::select(me.viewer(), &mut rows);
    let row = txn.query_one(&rows).await?;
    let seen = row
        .map(|row| Sighted::from_query_result(&row, ""))
        .transpose()?;
    let whole = seen.filter(|seen| seen.standing.is_whole());
    whole
        .map(|seen| seen.comment)
        .ok_or_else(|| Error::not_found(path))
}

async fn write_mentions(txn: &Txn, id: CommentId, people: &[PersonId]) -> Result<()> {
    let rows = people.iter().zip(0..).map(|(person, position)| {
        comment_mention::Model {
            comment_id: id,
            person_id: *person,
            position,
        }
        .into_active_model()
        .reset_all()
    });
    if !people.is_empty() {
        comment_mention::Entity::insert_many(rows)
            .exec_without_returning(&**txn)
            .await?;
    }
    Ok(())
}

async fn clear_mentions(txn: &Txn, id: CommentId) -> Result<()> {
    comment_mention::Entity::delete_many()
        .filter(comment_mention::Column::CommentId.eq(id))
        .exec(&**txn)
        .await?;
    Ok(())
}

/// How many more comments and replies there are with `comment`.
fn counts(comment: &comment::Model, delta: i64) -> Vec<Count> {
    let mut deltas = Deltas::default();
    add_counts(&mut deltas, comment, delta);
    deltas.counts()
}

fn add_counts(deltas: &mut Deltas, comment: &comment::Model, delta: i64) {
    deltas.add(comment.post_id.0, Counter::Comments, delta);
    if let Some(parent) = comment.parent_id {
        deltas.add(parent.0, Counter::Replies, delta);
    }
}
