//! What people do to posts. One public function per action, one transaction each.

use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::{ExprTrait, LockType, OnConflict},
};

use super::{
    entity::{
        post::{self, ReplyPolicy, Visibility},
        post_edit,
    },
    idempotency::Key,
    policy::{self, Text},
    queries::{column, visible_to},
    relations,
};
use crate::{
    accounts::Me,
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::{Error, Result},
    ids::{HashtagId, PostEditId, PostId},
    people,
    platform::{
        Platform,
        db::{Gate, Lane, Txn, Viewer, one},
    },
    social::locks::{Hold, lock_pairs},
};

const CREATE: &str = "createPost";

/// What a new post is made of.
pub struct NewPost<'a> {
    pub body: &'a str,
    pub visibility: Visibility,
    pub idempotency_key: Option<&'a str>,
}

/// Publishes a post. With a key that was used before: the post that it made, as it is now.
///
/// # Errors
/// BAD_USER_INPUT, IDEMPOTENCY_MISMATCH, NOT_FOUND (made by this key and deleted since).
pub async fn create(p: &Platform, me: &Me, new: NewPost<'_>) -> Result<post::Model> {
    let text = Text::check(new.body)?;
    let level = format!("{:?}", new.visibility);
    let key = Key::check(new.idempotency_key, &[&text.body, &level])?;
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), CREATE)).await?),
        None => None,
    };
    let now = p.now();
    let post = post::Model {
        id: PostId(p.new_id(now)),
        author_id: me.id(),
        body: text.body.clone(),
        visibility: new.visibility,
        created_at: now,
        edited_at: None,
        deleted_at: None,
        created_by: CREATE.to_owned(),
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
        reply_policy: ReplyPolicy::Everyone,
        is_locked: false,
        hidden_at: None,
        quote_of_id: None,
        repost_of_id: None,
    };
    let (key, text) = (key.as_ref(), &text);
    p.db.write_txn(Lane::Request, |txn| {
        let post = post.clone();
        async move {
            let people = people::queries::mentioned(&txn, me.viewer(), &text.mentions).await?;
            lock_pairs(&txn, Hold::Shared, me.id(), people.iter().copied()).await?;
            if !insert(&txn, &post).await? {
                return first_made(&txn, &post, key).await;
            }
            relations::write_mentions(&txn, &post, &people).await?;
            let tags = relations::write_hashtags(p, &txn, &post, &text.hashtags, now).await?;
            let mut deltas = Deltas::default();
            deltas.add(me.id().0, Counter::Posts, 1);
            count_hashtags(&mut deltas, &post, &tags, 1);
            deltas.write(&txn).await?;
            Ok(post)
        }
    })
    .await
}

/// `false` where the idempotency key was used before.
async fn insert(txn: &Txn, post: &post::Model) -> Result<bool> {
    let row = post.clone().into_active_model().reset_all();
    let made = post::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    Ok(matches!(made, TryInsertResult::Inserted(n) if n > 0))
}

async fn first_made(txn: &Txn, post: &post::Model, key: Option<&Key>) -> Result<post::Model> {
    let first = post::Entity::find()
        .filter(post::Column::AuthorId.eq(post.author_id))
        .filter(post::Column::CreatedBy.eq(CREATE))
        .filter(post::Column::IdempotencyKey.eq(post.idempotency_key.clone()))
        .one(&**txn)
        .await?;
    let (Some(first), Some(key)) = (first, key) else {
        return Err(Error::internal(
            "a post met another one without an idempotency key",
        ));
    };
    key.repeat(first.request_hash.as_deref(), first.deleted_at.is_some())?;
    Ok(first)
}

/// Only PUBLIC posts count for a hashtag.
fn count_hashtags(deltas: &mut Deltas, post: &post::Model, hashtags: &[HashtagId], delta: i64) {
    if post.visibility == Visibility::Public {
        for hashtag in hashtags {
            deltas.add(hashtag.0, Counter::Posts, delta);
        }
    }
}

/// The post, locked, as the caller may see it.
pub async fn lock(txn: &Txn, me: &Me, id: PostId, path: &str) -> Result<post::Model> {
    let rows = visible_to(me.viewer())
        .and_where(column(post::Column::Id).eq(id))
        .lock_with_tables(LockType::NoKeyUpdate, [post::Entity])
        .take();
    one::<post::Entity>(&**txn, rows)
        .await?
        .ok_or_else(|| Error::not_found(path))
}

/// Replaces a post's text and keeps the old one. `None`, or the same text, changes nothing.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
pub async fn edit(p: &Platform, me: &Me, id: PostId, body: Option<&str>) -> Result<post::Model> {
    let text = body.map(Text::check).transpose()?;
    let now = p.now();
    let (edit, text) = (PostEditId(p.new_id(now)), text.as_ref());
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let people = match text {
            Some(text) => people::queries::mentioned(&txn, me.viewer(), &text.mentions).await?,
            None => Vec::new(),
        };
        lock_pairs(&txn, Hold::Shared, me.id(), people.iter().copied()).await?;
        let post = lock(&txn, me, id, "postId").await?;
        policy::may_change(me, &post)?;
        let Some(text) = text.filter(|text| text.body != post.body) else {
            return Ok(post);
        };
        let before = post_edit::Model {
            id: edit,
            post_id: id,
            body: post.body.clone(),
            edited_at: now,
        };
        let before = before.into_active_model().reset_all();
        post_edit::Entity::insert(before)
            .exec_without_returning(&*txn)
            .await?;
        let changed = post::ActiveModel {
            id: Set(id),
            body: Set(text.body.clone()),
            edited_at: Set(Some(now)),
            ..Default::default()
        };
        let post = post::Entity::update(changed).exec(&*txn).await?;
        let mut deltas = Deltas::default();
        let had = relations::clear(&txn, &post).await?;
        count_hashtags(&mut deltas, &post, &had, -1);
        relations::write_mentions(&txn, &post, &people).await?;
        let has = relations::write_hashtags(p, &txn, &post, &text.hashtags, now).await?;
        count_hashtags(&mut deltas, &post, &has, 1);
        deltas.write(&txn).await?;
        Ok(post)
    })
    .await
}

/// Deletes a post for everybody. Its text, earlier texts, mentions and hashtags are erased.
///
/// # Errors
/// NOT_FOUND, FORBIDDEN.
pub async fn delete(p: &Platform, me: &Me, id: PostId) -> Result<()> {
    let now = p.now();
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let post = lock(&txn, me, id, "postId").await?;
        policy::may_change(me, &post)?;
        erase(&txn, &post, now).await?;
        let had = relations::clear(&txn, &post).await?;
        let mut deltas = Deltas::default();
        deltas.add(me.id().0, Counter::Posts, -1);
        count_hashtags(&mut deltas, &post, &had, -1);
        deltas.write(&txn).await
    })
    .await
}

async fn erase(txn: &Txn, post: &post::Model, now: Timestamp) -> Result<()> {
    let gone = post::ActiveModel {
        id: Set(post.id),
        body: Set(String::new()),
        deleted_at: Set(Some(now)),
        ..Default::default()
    };
    post::Entity::update(gone).exec(&**txn).await?;
    post_edit::Entity::delete_many()
        .filter(post_edit::Column::PostId.eq(post.id))
        .exec(&**txn)
        .await?;
    Ok(())
}

/// Adds many posts at once, without counting them: for seeding.
pub async fn import(p: &Platform, txn: &Txn, posts: &[post::Model]) -> Result<()> {
    let rows = posts
        .iter()
        .map(|post| post.clone().into_active_model().reset_all());
    post::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    for post in posts.iter().filter(|post| post.repost_of_id.is_none()) {
        let text = Text::check(&post.body)?;
        let people = people::queries::mentioned(
            txn,
            Viewer::person(post.author_id, false, post.created_at),
            &text.mentions,
        )
        .await?;
        relations::write_mentions(txn, post, &people).await?;
        relations::write_hashtags(p, txn, post, &text.hashtags, post.created_at).await?;
    }
    Ok(())
}
