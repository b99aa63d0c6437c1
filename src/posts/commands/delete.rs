//! Deleting a post.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{count_hashtags, lock, repost};
use crate::{
    accounts::Me,
    activity::{By, record},
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::Result,
    ids::PostId,
    media::{self, ParentKind},
    platform::{
        Platform,
        db::{Gate, Lane, Txn},
    },
    posts::{
        aim::Aim,
        entity::{pinned_post, post, post_edit},
        events::Deleted,
        policy, queries, relations,
        towards::lock_towards,
    },
};

/// Deletes a post for everybody. What hung on it hangs there no more. Its text and warning, earlier
/// ones, mentions, hashtags and the options of its poll are erased; it is not pinned any more. For
/// the caller's own plain repost: takes it back, whatever became of the original (R22).
///
/// # Errors
/// NOT_FOUND, FORBIDDEN.
pub async fn delete(p: &Platform, me: &Me, id: PostId) -> Result<()> {
    let now = p.now();
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, "postId").await?;
        lock_towards(&txn, me, &[], []).await?;
        if aim.is_repost()
            && aim.named_by == me.id()
            && repost::take_back(&txn, me, aim.id, now).await? == Some(id)
        {
            return Ok(());
        }
        let post = lock(&txn, me, id, "postId").await?;
        policy::may_change(me, &post)?;
        erase(&txn, &post, now).await?;
        let had = relations::clear(&txn, &post).await?;
        relations::erase_poll(&txn, &post, now).await?;
        media::commands::take_off(&txn, (ParentKind::Post, id.0), now).await?;
        let mut deltas = Deltas::default();
        let counted = i64::from(post.is_counted);
        deltas.add(me.id().0, Counter::Posts, -counted);
        if let Some(quoted) = post.quote_of_id {
            deltas.add(quoted.0, Counter::Quotes, -counted);
        }
        count_hashtags(&mut deltas, &had, -1);
        let fact = Deleted {
            postid: post.id.0,
            authorid: post.author_id.into(),
            visibility: queries::exposure(&txn, post.id).await?.visibility(),
        };
        record(&txn, By::person(me.id(), now), &fact, deltas.counts())
    })
    .await
}

async fn erase(txn: &Txn, post: &post::Model, now: Timestamp) -> Result<()> {
    let gone = post::ActiveModel {
        id: Set(post.id),
        body: Set(String::new()),
        content_warning: Set(None),
        language: Set(None),
        deleted_at: Set(Some(now)),
        ..Default::default()
    };
    post::Entity::update(gone).exec(&**txn).await?;
    post_edit::Entity::delete_many()
        .filter(post_edit::Column::PostId.eq(post.id))
        .exec(&**txn)
        .await?;
    pinned_post::Entity::delete_many()
        .filter(pinned_post::Column::PersonId.eq(post.author_id))
        .filter(pinned_post::Column::PostId.eq(post.id))
        .exec(&**txn)
        .await?;
    Ok(())
}
