//! What staff does to a post: hides it, and shows it again.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockType},
};

use super::count_hashtags;
use crate::{
    accounts::Staff,
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::{Error, Result},
    ids::{HashtagId, PostId},
    people,
    platform::db::Txn,
    posts::{
        entity::{post, post_hashtag},
        queries,
    },
};

/// Hides a post, or shows it again, and says what public numbers change by that; `None` where it
/// was so already. Shown again, it counts again unless its author is gone or suspended. Whoever
/// asks holds the state of its author.
///
/// # Errors
/// NOT_FOUND at `subjectId`: deleted, or a plain repost, which stands for its original.
pub async fn set_hidden(
    txn: &Txn,
    _: &Staff,
    id: PostId,
    (is_hidden, now): (bool, Timestamp),
) -> Result<Option<Deltas>> {
    let post = post::Entity::find_by_id(id)
        .filter(post::Column::DeletedAt.is_null())
        .filter(post::Column::RepostOfId.is_null())
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    let post = post.ok_or_else(|| Error::not_found("subjectId"))?;
    if post.hidden_at.is_some() == is_hidden {
        return Ok(None);
    }
    let counts = !is_hidden && people::queries::counts(txn, post.author_id).await?;
    let change = post::ActiveModel {
        id: Set(id),
        hidden_at: Set(is_hidden.then_some(now)),
        is_counted: Set(counts),
        ..Default::default()
    };
    post::Entity::update(change).exec(&**txn).await?;
    let mut deltas = Deltas::default();
    let delta = i64::from(counts) - i64::from(post.is_counted);
    deltas.add(post.author_id.0, Counter::Posts, delta);
    if let Some(quoted) = post.quote_of_id {
        deltas.add(quoted.0, Counter::Quotes, delta);
    }
    let counts = counts && queries::exposure(txn, id).await?.is_counted();
    let hashtags = mark_hashtags(txn, id, counts).await?;
    count_hashtags(&mut deltas, &hashtags, if counts { 1 } else { -1 });
    Ok(Some(deltas))
}

/// Has the post count for its hashtags or not, and returns those for which that is news.
async fn mark_hashtags(txn: &Txn, id: PostId, counts: bool) -> Result<Vec<HashtagId>> {
    use post_hashtag::Column::{IsCounted, IsPublic, PostId};
    let turned = post_hashtag::Entity::update_many()
        .col_expr(IsCounted, Expr::value(counts))
        .filter(PostId.eq(id))
        .filter(IsPublic.eq(true))
        .filter(IsCounted.eq(!counts))
        .exec_with_returning(&**txn)
        .await?;
    Ok(turned.into_iter().map(|row| row.hashtag_id).collect())
}
