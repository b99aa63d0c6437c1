//! Deleting a comment: gone, or a tombstone that holds the replies.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{CommentRef, clear_mentions, counts, lock};
use crate::{
    accounts::Me,
    activity::{By, record},
    comments::{
        entity::{comment, comment_edit},
        events, policy, thread,
    },
    error::Result,
    ids::PostId,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    posts,
};

/// What is left of a deleted comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    pub post: PostId,
    /// Nothing is left; otherwise a tombstone holds the replies.
    pub is_gone: bool,
}

/// Deletes a comment. Its text, earlier texts and mentions are erased. The caller's own goes
/// whether or not they still see the post (R22), unless that is deleted.
///
/// # Errors
/// NOT_FOUND, FORBIDDEN.
pub async fn delete(p: &Platform, me: &Me, at: CommentRef) -> Result<Deleted> {
    let id = at.id;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let chain = thread::lock_upwards(&txn, id).await?;
        let comment = match own(&txn, me, at, chain.first()).await? {
            Some(comment) => comment,
            None => {
                let comment = lock(&txn, me, at, "commentId").await?;
                policy::may_change(me, &comment)?;
                comment
            }
        };
        let erased = comment::ActiveModel {
            id: Set(id),
            body: Set(String::new()),
            deleted_at: Set(Some(now)),
            ..Default::default()
        };
        comment::Entity::update(erased).exec(&*txn).await?;
        clear_mentions(&txn, id).await?;
        comment_edit::Entity::delete_many()
            .filter(comment_edit::Column::CommentId.eq(id))
            .exec(&*txn)
            .await?;
        let is_gone = thread::settle(&txn, &chain).await?;
        let fact = events::Deleted {
            commentid: id.0,
            postid: comment.post_id.0,
            authorid: comment.author_id.into(),
            visibility: posts::queries::exposure(&txn, comment.post_id)
                .await?
                .visibility(),
        };
        let counted = i64::from(comment.is_counted);
        let by = By::person(me.id(), now);
        record(&txn, by, &fact, counts(&comment, -counted))?;
        Ok(Deleted {
            post: comment.post_id,
            is_gone,
        })
    })
    .await
}

/// The comment, locked before, if it is the caller's own and lives under a post that does.
async fn own(
    txn: &Txn,
    me: &Me,
    at: CommentRef,
    comment: Option<&comment::Model>,
) -> Result<Option<comment::Model>> {
    let is_own = |comment: &&comment::Model| {
        comment.author_id == me.id() && comment.post_id == at.post && comment.deleted_at.is_none()
    };
    match comment.filter(is_own) {
        Some(comment) if posts::queries::lives(txn, at.post).await? => Ok(Some(comment.clone())),
        _ => Ok(None),
    }
}
