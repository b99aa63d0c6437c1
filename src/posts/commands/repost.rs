//! Repeating somebody's post to one's own followers, and taking that back.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::LockType,
};

use super::{blank, first_made, insert};
use crate::{
    accounts::Me,
    activity::{By, record},
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::{Error, Result},
    idempotency::Key,
    ids::PostId,
    platform::{
        Platform,
        db::{Count, Gate, Lane, Txn},
    },
    posts::{
        aim::Aim,
        entity::post::{self, Visibility},
        events,
        policy::{self, Exposure},
        queries,
        towards::lock_towards,
    },
};

const REPOST: &str = "repost";

/// What to repost, and to whom.
pub struct NewRepost<'a> {
    pub post: PostId,
    pub visibility: Visibility,
    pub idempotency_key: Option<&'a str>,
}

/// A plain repost with its original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reposted {
    pub repost: PostId,
    pub original: PostId,
}

/// Reposts a post. Doing it twice gives the first repost.
///
/// # Errors
/// BAD_USER_INPUT, IDEMPOTENCY_MISMATCH, NOT_FOUND; FORBIDDEN for what is not for everybody, by
/// others, and for what staff has hidden (R13, R32).
pub async fn repost(p: &Platform, me: &Me, new: NewRepost<'_>) -> Result<Reposted> {
    let (named, level) = (new.post.to_string(), format!("{:?}", new.visibility));
    let key = Key::check(new.idempotency_key, &[&named, &level])?;
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), REPOST)).await?),
        None => None,
    };
    let _pass = p.db.gate(Gate::Hot(new.post.0)).await?;
    let now = p.now();
    let row = post::Model {
        visibility: new.visibility,
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
        repost_of_id: Some(new.post),
        ..blank(PostId(p.new_id(now)), (me.id(), now), REPOST)
    };
    let key = key.as_ref();
    p.db.write_txn(Lane::Request, |txn| {
        let row = row.clone();
        async move { repeat(p, &txn, me, row, key).await }
    })
    .await
}

async fn repeat(
    p: &Platform,
    txn: &Txn,
    me: &Me,
    mut row: post::Model,
    key: Option<&Key>,
) -> Result<Reposted> {
    let named = row.repost_of_id.unwrap_or(row.id);
    let aim = Aim::at(txn, named, "postId").await?;
    let original = aim.id;
    row.repost_of_id = Some(original);
    lock_towards(txn, me, &[], aim.people()).await?;
    let post = aim.lock(txn, me, "postId").await?;
    let first = match first_made(txn, &row, key).await? {
        Some(first) => Some(first.id),
        None => standing(txn, me, original).await?.map(|first| first.id),
    };
    if let Some(repost) = first {
        return Ok(Reposted { repost, original });
    }
    let exposure = queries::exposure(txn, post.id).await?;
    policy::may_repost(me.id(), &post, exposure.is_by_public_account)?;
    row.fan_out = queries::fan_out(p, txn, me.id()).await?;
    if !insert(txn, &row).await? {
        // The original is locked, so nobody has reposted it meanwhile: another server was faster
        // with the same key, for another post.
        first_made(txn, &row, key).await?;
        return Err(Error::internal("a repost met one that was not there"));
    }
    let fact = reposted(&row, original, queries::exposure(txn, row.id).await?);
    let by = By::person(me.id(), row.created_at);
    record(txn, by, &fact, counts(me, original, 1))?;
    Ok(Reposted {
        repost: row.id,
        original,
    })
}

/// The fact that `repost` repeats `original`.
pub(super) fn reposted(
    repost: &post::Model,
    original: PostId,
    exposure: Exposure,
) -> events::Reposted {
    events::Reposted {
        postid: repost.id.0,
        originalid: original.0,
        authorid: repost.author_id.into(),
        level: repost.visibility,
        visibility: exposure.visibility(),
    }
}

/// The caller's living repost of a post, locked.
async fn standing(txn: &Txn, me: &Me, original: PostId) -> Result<Option<post::Model>> {
    let first = post::Entity::find()
        .filter(post::Column::AuthorId.eq(me.id()))
        .filter(post::Column::RepostOfId.eq(original))
        .filter(post::Column::DeletedAt.is_null())
        .lock(LockType::NoKeyUpdate)
        .one(&**txn)
        .await?;
    Ok(first)
}

fn counts(me: &Me, original: PostId, delta: i64) -> Vec<Count> {
    let mut deltas = Deltas::default();
    deltas.add(me.id().0, Counter::Posts, delta);
    deltas.add(original.0, Counter::Reposts, delta);
    deltas.counts()
}

/// What is left after a repost was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    pub original: PostId,
    /// The repost that is gone; `None` where there was none.
    pub repost: Option<PostId>,
}

/// Takes back a repost, whatever became of the original (R22). Without effect where there is none.
///
/// # Errors
/// NOT_FOUND, where there is nothing to take back and nothing to see.
pub async fn undo_repost(p: &Platform, me: &Me, id: PostId) -> Result<Undone> {
    let now = p.now();
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, "postId").await?;
        aim.prove_known(&txn, me, "postId").await?;
        let repost = take_back(&txn, me, aim.id, now).await?;
        if repost.is_none() {
            aim.prove_visible(&txn, me, "postId").await?;
        }
        Ok(Undone {
            original: aim.id,
            repost,
        })
    })
    .await
}

/// Ends the caller's repost of a post, and says which that was.
pub(super) async fn take_back(
    txn: &Txn,
    me: &Me,
    original: PostId,
    now: Timestamp,
) -> Result<Option<PostId>> {
    let Some(post) = standing(txn, me, original).await? else {
        return Ok(None);
    };
    let repost = post.id;
    let gone = post::ActiveModel {
        id: Set(repost),
        deleted_at: Set(Some(now)),
        ..Default::default()
    };
    post::Entity::update(gone).exec(&**txn).await?;
    let fact = events::RepostUndone {
        postid: repost.0,
        originalid: original.0,
        authorid: me.id().into(),
        visibility: queries::exposure(txn, repost).await?.visibility(),
    };
    let by = By::person(me.id(), now);
    let counted = i64::from(post.is_counted);
    record(txn, by, &fact, counts(me, original, -counted))?;
    Ok(Some(repost))
}
