//! What hangs on a post: hashtags, mentions, and what it asks.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{
    entity::{
        hashtag, poll, poll_option,
        post::{self, Visibility},
        post_hashtag, post_mention,
    },
    polls::NewPoll,
};
use crate::{
    clock::Timestamp,
    error::Result,
    ids::{HashtagId, PersonId},
    platform::{Platform, db::Txn},
};

/// Writes who is mentioned in a post.
pub(super) async fn write_mentions(
    txn: &Txn,
    post: &post::Model,
    people: &[PersonId],
) -> Result<()> {
    let rows = people.iter().zip(0..).map(|(person, position)| {
        post_mention::Model {
            post_id: post.id,
            person_id: *person,
            position,
            created_at: post.created_at,
            author_id: post.author_id,
            visibility: post.visibility,
        }
        .into_active_model()
        .reset_all()
    });
    if !people.is_empty() {
        post_mention::Entity::insert_many(rows)
            .exec_without_returning(&**txn)
            .await?;
    }
    Ok(())
}

/// Writes a post's hashtags, making those that are new, and returns their ids. Whether they count is
/// kept with them: the author's state is locked.
pub(super) async fn write_hashtags(
    p: &Platform,
    txn: &Txn,
    post: &post::Model,
    names: &[String],
    (is_counted, now): (bool, Timestamp),
) -> Result<Vec<HashtagId>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut sorted: Vec<_> = names.iter().collect();
    sorted.sort();
    let fresh = sorted.into_iter().map(|name| hashtag::ActiveModel {
        id: Set(HashtagId(p.new_id(now))),
        name: Set(name.clone()),
        created_at: Set(now),
    });
    hashtag::Entity::insert_many(fresh)
        .on_conflict(
            OnConflict::column(hashtag::Column::Name)
                .do_nothing()
                .to_owned(),
        )
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    let known = hashtag::Entity::find()
        .filter(hashtag::Column::Name.is_in(names))
        .all(&**txn)
        .await?;
    let id = |name: &String| known.iter().find(|h| h.name == *name).map(|h| h.id);
    let ids: Vec<HashtagId> = names.iter().filter_map(id).collect();
    let rows = ids.iter().zip(0..).map(|(hashtag, position)| {
        post_hashtag::Model {
            post_id: post.id,
            hashtag_id: *hashtag,
            position,
            created_at: post.created_at,
            is_public: post.visibility == Visibility::Public,
            is_counted,
        }
        .into_active_model()
        .reset_all()
    });
    post_hashtag::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    Ok(ids)
}

/// Writes what a post asks.
pub(super) async fn write_poll(
    p: &Platform,
    txn: &Txn,
    post: &post::Model,
    new: &NewPoll,
) -> Result<()> {
    let row = poll::Model {
        post_id: post.id,
        is_multiple_choice: new.is_multiple_choice,
        hides_totals: new.hides_totals,
        closes_at: new.closes_at,
        closed_recorded_at: None,
    };
    poll::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(&**txn)
        .await?;
    let options = new.options.iter().zip(0..).map(|(text, position)| {
        poll_option::Model {
            id: p.new_id(post.created_at),
            post_id: post.id,
            position,
            body: text.clone(),
        }
        .into_active_model()
        .reset_all()
    });
    poll_option::Entity::insert_many(options)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}

/// Erases what a post asked. Nobody closes it any more. Who chose what stays, as nobody can ask for
/// it.
pub(super) async fn erase_poll(txn: &Txn, post: &post::Model, now: Timestamp) -> Result<()> {
    poll::Entity::update_many()
        .col_expr(poll::Column::ClosedRecordedAt, Expr::value(now))
        .filter(poll::Column::PostId.eq(post.id))
        .exec(&**txn)
        .await?;
    poll_option::Entity::update_many()
        .col_expr(poll_option::Column::Body, Expr::value(""))
        .filter(poll_option::Column::PostId.eq(post.id))
        .exec(&**txn)
        .await?;
    Ok(())
}

/// Takes all mentions and hashtags off a post, which is locked. Returns the hashtags that it counted
/// for.
pub(super) async fn clear(txn: &Txn, post: &post::Model) -> Result<Vec<HashtagId>> {
    post_mention::Entity::delete_many()
        .filter(post_mention::Column::PostId.eq(post.id))
        .exec(&**txn)
        .await?;
    let had = post_hashtag::Entity::delete_many()
        .filter(post_hashtag::Column::PostId.eq(post.id))
        .exec_with_returning(&**txn)
        .await?;
    let counted = had.into_iter().filter(|row| row.is_counted);
    Ok(counted.map(|row| row.hashtag_id).collect())
}
