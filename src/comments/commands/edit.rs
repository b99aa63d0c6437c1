//! Changing a comment.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::{CommentRef, clear_mentions, lock, write_mentions};
use crate::{
    accounts::Me,
    activity::{By, record},
    comments::{
        entity::{comment, comment_edit},
        events::Edited,
        policy::{self, Text},
    },
    error::Result,
    platform::{Platform, db::Lane},
    posts::{self, events::many, towards::lock_towards},
};

/// Replaces a comment's text and keeps the old one. The same text changes nothing.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
pub async fn edit(p: &Platform, me: &Me, at: CommentRef, body: &str) -> Result<comment::Model> {
    let id = at.id;
    let text = &Text::check(body)?;
    let now = p.now();
    let edit: Uuid = p.new_id(now);
    p.db.write_txn(Lane::Request, |txn| async move {
        let people = lock_towards(&txn, me, &text.mentions, []).await?;
        let comment = lock(&txn, me, at, "commentId").await?;
        policy::may_change(me, &comment)?;
        if text.body == comment.body {
            return Ok(comment);
        }
        let before = comment_edit::Model {
            id: edit,
            comment_id: id,
            body: comment.body,
            edited_at: now,
        };
        let before = before.into_active_model().reset_all();
        comment_edit::Entity::insert(before)
            .exec_without_returning(&*txn)
            .await?;
        clear_mentions(&txn, id).await?;
        write_mentions(&txn, id, &people).await?;
        let changed = comment::ActiveModel {
            id: Set(id),
            body: Set(text.body.clone()),
            edited_at: Set(Some(now)),
            ..Default::default()
        };
        let comment = comment::Entity::update(changed).exec(&*txn).await?;
        let fact = Edited {
            commentid: id.0,
            postid: comment.post_id.0,
            authorid: comment.author_id.into(),
            length: many(comment.body.chars().count()),
            mentions: many(people.len()),
            visibility: posts::queries::exposure(&txn, comment.post_id)
                .await?
                .visibility(),
        };
        record(&txn, By::person(me.id(), now), &fact, [])?;
        Ok(comment)
    })
    .await
}
