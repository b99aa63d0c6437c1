//! A comment's place in its thread: ancestors, and what becomes of them when it goes.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
    sea_query::{Expr, LockType},
};

use super::entity::comment;
use crate::{error::Result, ids::CommentId, platform::db::Txn};

/// Locks a comment with all its ancestors, ascending by id, and returns them from the comment
/// itself up to the top level. Empty where there is no such comment.
pub(super) async fn lock_upwards(txn: &Txn, id: CommentId) -> Result<Vec<comment::Model>> {
    let sql = "WITH RECURSIVE up AS (\
               SELECT id, parent_id FROM comment WHERE id = $1 \
               UNION ALL SELECT c.id, c.parent_id FROM comment c JOIN up ON c.id = up.parent_id) \
               SELECT id FROM up";
    let statement = Statement::from_sql_and_values(txn.backend(), sql, [id.into()]);
    let mut ids: Vec<CommentId> = Vec::new();
    for row in txn.query_all_raw(statement).await? {
        ids.push(row.try_get("", "id")?);
    }
    let mut chain = comment::Entity::find()
        .filter(comment::Column::Id.is_in(ids))
        .order_by_asc(comment::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(&**txn)
        .await?;
    chain.sort_by_key(|comment| std::cmp::Reverse(comment.depth));
    Ok(chain)
}

/// After `chain[0]` was deleted: marks it gone if nothing hangs below it, and likewise each
/// tombstone above that has lost its last reply. Returns whether `chain[0]` is gone.
pub(super) async fn settle(txn: &Txn, chain: &[comment::Model]) -> Result<bool> {
    for (n, comment) in chain.iter().enumerate() {
        // The first was deleted just now; those above it may be alive.
        if (n > 0 && comment.deleted_at.is_none()) || has_replies(txn, comment.id).await? {
            return Ok(n > 0);
        }
        comment::Entity::update_many()
            .col_expr(comment::Column::IsGone, Expr::value(true))
            .filter(comment::Column::Id.eq(comment.id))
            .exec(&**txn)
            .await?;
    }
    Ok(true)
}

async fn has_replies(txn: &Txn, id: CommentId) -> Result<bool> {
    let replies = comment::Entity::find()
        .filter(comment::Column::ParentId.eq(id))
        .filter(comment::Column::IsGone.eq(false))
        .limit(1)
        .count(&**txn)
        .await?;
    Ok(replies > 0)
}
