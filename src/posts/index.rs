//! The door for whoever derives rows from what posts say: it tells texts whoever asks. What is made
//! of them is shown through [`super::queries::sees`] alone.

use sea_orm::{
    ConnectionTrait,
    sea_query::{ExprTrait, LockType, Order, Query},
};
use uuid::Uuid;

use super::{
    entity::{hashtag, post},
    queries::column,
};
use crate::{
    error::Result,
    platform::db::{Txn, all, is_one_of, next_ids},
};

/// Those of `ids` that are posts and not deleted; a plain repost's text is empty. Locked, so that of
/// two who derive from them the second reads what the first has left.
pub async fn lock_texts(txn: &Txn, ids: &[Uuid]) -> Result<Vec<post::Model>> {
    let rows = Query::select()
        .from(post::Entity)
        .and_where(is_one_of(
            txn.backend(),
            (post::Entity, post::Column::Id),
            ids,
        ))
        .and_where(column(post::Column::DeletedAt).is_null())
        .order_by((post::Entity, post::Column::Id), Order::Asc)
        .lock(LockType::NoKeyUpdate)
        .take();
    all::<post::Entity>(&**txn, rows).await
}

/// Those of `ids` that are hashtags. Their names never change.
pub async fn hashtags(txn: &Txn, ids: &[Uuid]) -> Result<Vec<hashtag::Model>> {
    let id = (hashtag::Entity, hashtag::Column::Id);
    let rows = Query::select()
        .from(hashtag::Entity)
        .and_where(is_one_of(txn.backend(), id, ids))
        .take();
    all::<hashtag::Entity>(&**txn, rows).await
}

/// The next posts and hashtags behind `after`, deleted ones included: at most `limit` of each.
pub async fn next(connection: &impl ConnectionTrait, after: Uuid, limit: u64) -> Result<Vec<Uuid>> {
    let posts = next_ids::<post::Entity>(connection, post::Column::Id, after, limit).await?;
    let tags = next_ids::<hashtag::Entity>(connection, hashtag::Column::Id, after, limit).await?;
    Ok([posts, tags].concat())
}
