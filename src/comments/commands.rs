//! What people do to comments. One public function per action, one transaction each.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    TryInsertResult,
    sea_query::{ExprTrait, LockType, OnConflict},
};
use uuid::Uuid;

use super::{
    entity::{comment, comment_edit, comment_mention},
    policy::{self, MAX_DEPTH, Text},
    queries::{column, visible_to},
    standing::Sighted,
    thread,
};
use crate::{
    accounts::Me,
    counters::{Counter, Deltas},
    error::{Error, Result},
    ids::{CommentId, PersonId, PostId},
    people,
    platform::{
        Platform,
        db::{Gate, Lane, Txn, Viewer},
    },
    posts::{self, idempotency::Key},
    social::locks::{Hold, lock_pairs},
};

/// A comment by its global id: the post it hangs below, and itself. A home that is not its own
/// finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentRef {
    pub post: PostId,
    pub id: CommentId,
}

/// What a new comment is made of.
pub struct NewComment<'a> {
    pub post: PostId,
    /// The comment it replies to; `None` at the top level.
    pub parent: Option<CommentRef>,
    pub body: &'a str,
    pub idempotency_key: Option<&'a str>,
}

/// Comments on a post, or replies. With a key that was used before: the comment that it made.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND (also for a parent under another post), IDEMPOTENCY_MISMATCH.
pub async fn create(p: &Platform, me: &Me, new: NewComment<'_>) -> Result<comment::Model> {
    let text = Text::check(new.body)?;
    let place = (
        new.post.to_string(),
        new.parent.map(|parent| parent.id.to_string()),
    );
    let request = [
        text.body.as_str(),
        &place.0,
        place.1.as_deref().unwrap_or_default(),
    ];
    let key = Key::check(new.idempotency_key, &request)?;
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), "createComment")).await?),
        None => None,
    };
    let _pass = p.db.gate(Gate::Hot(new.post.0)).await?;
    let now = p.now();
    let comment = comment::Model {
        id: CommentId(p.new_id(now)),
        post_id: new.post,
        parent_id: new.parent.map(|parent| parent.id),
        author_id: me.id(),
        depth: 0,
        body: text.body.clone(),
        score: 0,
        created_at: now,
        edited_at: None,
        deleted_at: None,
        is_gone: false,
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
        hidden_at: None,
        hidden_by_author_at: None,
    };
    if new.parent.is_some_and(|parent| parent.post != new.post) {
        return Err(Error::not_found("parentId"));
    }
    let (key, text) = (key.as_ref(), &text);
    p.db.write_txn(Lane::Request, |txn| {
        let comment = comment.clone();
        async move { insert(&txn, me, comment, text, key).await }
    })
    .await
}

async fn insert(
    txn: &Txn,
    me: &Me,
    mut comment: comment::Model,
    text: &Text,
    key: Option<&Key>,
) -> Result<comment::Model> {
    let people = people::queries::mentioned(txn, me.viewer(), &text.mentions).await?;
    let towards = addressed(txn, &comment).await?;
    lock_pairs(
        txn,
        Hold::Shared,
        me.id(),
        people.iter().chain(&towards).copied(),
    )
    .await?;
    posts::commands::lock(txn, me, comment.post_id, "postId").await?;
    // Before the parent is judged: a repeat answers with its comment whatever became of that.
    if let Some(first) = first_made(txn, &comment, key).await? {
        return Ok(first);
    }
    if let Some(parent) = comment.parent_id {
        comment.depth = reply_depth(txn, me, comment.post_id, parent).await?;
    }
    let row = comment.clone().into_active_model().reset_all();
    let made = comment::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    if !matches!(made, TryInsertResult::Inserted(n) if n > 0) {
        // Another server was faster.
        return first_made(txn, &comment, key).await?.ok_or_else(|| {
            Error::internal("a comment met another one without an idempotency key")
        });
    }
    write_mentions(txn, comment.id, &people).await?;
    count(txn, &comment, 1).await?;
    Ok(comment)
}

/// The authors of the post and of the parent, read before any lock: pair locks come first.
async fn addressed(txn: &Txn, comment: &comment::Model) -> Result<Vec<PersonId>> {
    let mut people = Vec::new();
    people.extend(posts::queries::author_of(txn, comment.post_id).await?);
    if let Some(parent) = comment.parent_id {
        let parent = comment::Entity::find_by_id(parent).one(&**txn).await?;
        people.extend(parent.map(|parent| parent.author_id));
    }
    Ok(people)
}

/// Locks the parent and says how deep a reply to it stands.
async fn reply_depth(txn: &Txn, me: &Me, post: PostId, parent: CommentId) -> Result<i32> {
    let parent = CommentRef { post, id: parent };
    let parent = lock(txn, me, parent, "parentId").await?;
    if parent.depth >= MAX_DEPTH {
        let say = format!("Replies stand at most {MAX_DEPTH} deep; reply further up.");
        return Err(Error::bad_input("parentId", say));
    }
    Ok(parent.depth + 1)
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

/// The comment that this key made before.
async fn first_made(
    txn: &Txn,
    comment: &comment::Model,
    key: Option<&Key>,
) -> Result<Option<comment::Model>> {
    let Some(key) = key else { return Ok(None) };
    let first = comment::Entity::find()
        .filter(comment::Column::AuthorId.eq(comment.author_id))
        .filter(comment::Column::IdempotencyKey.eq(key.key.as_str()))
        .one(&**txn)
        .await?;
    if let Some(first) = &first {
        key.repeat(first.request_hash.as_deref(), first.deleted_at.is_some())?;
    }
    Ok(first)
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

async fn count(txn: &Txn, comment: &comment::Model, delta: i64) -> Result<()> {
    let mut deltas = Deltas::default();
    deltas.add(comment.post_id.0, Counter::Comments, delta);
    if let Some(parent) = comment.parent_id {
        deltas.add(parent.0, Counter::Replies, delta);
    }
    deltas.write(txn).await
}

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
        let people = people::queries::mentioned(&txn, me.viewer(), &text.mentions).await?;
        lock_pairs(&txn, Hold::Shared, me.id(), people.iter().copied()).await?;
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
        Ok(comment::Entity::update(changed).exec(&*txn).await?)
    })
    .await
}

/// What is left of a deleted comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    pub post: PostId,
    /// Nothing is left; otherwise a tombstone holds the replies.
    pub is_gone: bool,
}

/// Deletes a comment. Its text, earlier texts and mentions are erased.
///
/// # Errors
/// NOT_FOUND, FORBIDDEN.
pub async fn delete(p: &Platform, me: &Me, at: CommentRef) -> Result<Deleted> {
    let id = at.id;
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        let chain = thread::lock_upwards(&txn, id).await?;
        let comment = lock(&txn, me, at, "commentId").await?;
        policy::may_change(me, &comment)?;
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
        count(&txn, &comment, -1).await?;
        Ok(Deleted {
            post: comment.post_id,
            is_gone,
        })
    })
    .await
}

/// Adds many comments at once, parents before replies, without counting them: for seeding.
pub async fn import(txn: &Txn, comments: &[comment::Model]) -> Result<()> {
    let rows = comments
        .iter()
        .map(|comment| comment.clone().into_active_model().reset_all());
    comment::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    for comment in comments {
        let text = Text::check(&comment.body)?;
        let people = people::queries::mentioned(
            txn,
            Viewer::person(comment.author_id, false, comment.created_at),
            &text.mentions,
        )
        .await?;
        write_mentions(txn, comment.id, &people).await?;
    }
    Ok(())
}
