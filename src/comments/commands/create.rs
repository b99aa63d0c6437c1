//! Commenting on a post, and replying.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::OnConflict,
};

use super::{CommentRef, counts, lock, write_mentions};
use crate::{
    accounts::Me,
    activity::{By, Visibility, record},
    comments::{
        entity::comment,
        events::Created,
        policy::{MAX_DEPTH, Text},
    },
    error::{Error, Result},
    idempotency::Key,
    ids::{CommentId, PersonId, PostId},
    platform::{
        Platform,
        db::{Gate, Lane, Txn},
    },
    posts::{self, aim::Aim, events::many, policy::Terms, towards::lock_towards},
};

/// What a new comment is made of.
pub struct NewComment<'a> {
    /// The post; of a plain repost the original.
    pub post: PostId,
    /// The comment it replies to; `None` at the top level.
    pub parent: Option<CommentRef>,
    pub body: &'a str,
    pub idempotency_key: Option<&'a str>,
}

impl NewComment<'_> {
    fn key(&self, text: &Text) -> Result<Option<Key>> {
        let parent = self.parent.map(|parent| parent.id.to_string());
        let (post, parent) = (self.post.to_string(), parent.unwrap_or_default());
        Key::check(self.idempotency_key, &[&text.body, &post, &parent])
    }
}

/// Comments on a post, or replies. With a key that was used before: the comment that it made.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND (also for a parent under another post), IDEMPOTENCY_MISMATCH;
/// FORBIDDEN where the post's author does not let the caller comment.
pub async fn create(p: &Platform, me: &Me, new: NewComment<'_>) -> Result<comment::Model> {
    let text = Text::check(new.body)?;
    let key = new.key(&text)?;
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
        is_counted: true,
    };
    let (key, text, parent) = (key.as_ref(), &text, new.parent);
    p.db.write_txn(Lane::Request, |txn| {
        let comment = comment.clone();
        async move { insert(&txn, me, comment, parent, (text, key)).await }
    })
    .await
}

async fn insert(
    txn: &Txn,
    me: &Me,
    mut comment: comment::Model,
    parent: Option<CommentRef>,
    (text, key): (&Text, Option<&Key>),
) -> Result<comment::Model> {
    let aim = Aim::at(txn, comment.post_id, "postId").await?;
    comment.post_id = aim.id;
    let answered = addressed(txn, parent).await?;
    let towards = aim.people().into_iter().chain(answered);
    let people = lock_towards(txn, me, &text.mentions, towards).await?;
    let post = aim.lock(txn, me, "postId").await?;
    if parent.is_some_and(|parent| parent.post != aim.id) {
        return Err(Error::not_found("parentId"));
    }
    // Before the parent is judged: a repeat answers with its comment whatever became of that.
    if let Some(first) = first_made(txn, &comment, key).await? {
        return Ok(first);
    }
    let ties = posts::queries::ties(txn, me.viewer(), &post).await?;
    Terms::from(&post).may_comment(me.id(), ties)?;
    if let Some(parent) = parent {
        comment.depth = reply_depth(txn, me, parent).await?;
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
    let exposure = posts::queries::exposure(txn, comment.post_id).await?;
    let fact = created(&comment, &people, exposure.visibility());
    let by = By::person(me.id(), comment.created_at);
    record(txn, by, &fact, counts(&comment, 1))?;
    Ok(comment)
}

/// The fact that `comment`, which mentions `people`, was written.
pub(super) fn created(
    comment: &comment::Model,
    people: &[PersonId],
    visibility: Visibility,
) -> Created {
    Created {
        commentid: comment.id.0,
        postid: comment.post_id.0,
        authorid: comment.author_id.into(),
        parentid: comment.parent_id.map(|id| id.0),
        depth: comment.depth.unsigned_abs(),
        length: many(comment.body.chars().count()),
        mentions: many(people.len()),
        visibility,
    }
}

/// Who wrote the parent, read before any lock: pair locks come first.
async fn addressed(txn: &Txn, parent: Option<CommentRef>) -> Result<Option<PersonId>> {
    let Some(parent) = parent else {
        return Ok(None);
    };
    let parent = comment::Entity::find_by_id(parent.id).one(&**txn).await?;
    Ok(parent.map(|parent| parent.author_id))
}

/// Locks the parent and says how deep a reply to it stands.
async fn reply_depth(txn: &Txn, me: &Me, parent: CommentRef) -> Result<i32> {
    let parent = lock(txn, me, parent, "parentId").await?;
    if parent.depth >= MAX_DEPTH {
        let say = format!("Replies stand at most {MAX_DEPTH} deep; reply further up.");
        return Err(Error::bad_input("parentId", say));
    }
    Ok(parent.depth + 1)
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
