//! Reads of posts; every one starts at [`visible_to`].

use std::collections::HashMap;

use sea_orm::{
    ConnectionTrait, QueryResult,
    sea_query::{
        Alias, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, LockType, Order, Query,
        SelectStatement,
    },
};
use uuid::Uuid;

use super::entity::{
    hashtag,
    post::{self, FanOut, Visibility},
    post_hashtag, post_mention, thread_mute,
};
use super::policy::{Exposure, Terms, Ties};
use crate::{
    counters::{self, Counter},
    error::{Error, Result},
    ids::{PersonId, PostId},
    people,
    platform::{
        Platform,
        db::{Txn, Viewer, is_one_of},
    },
    social,
};

/// How many of the newest posts under a hashtag are looked at to tell whether the viewer finds it.
const HASHTAG_SCAN: u64 = 400;

/// A level as a literal: a parameter would not match the partial indexes.
pub(super) fn level(visibility: Visibility) -> Expr {
    use sea_orm::ActiveEnum;
    Expr::Constant(visibility.to_value().into())
}

pub(super) fn column(column: post::Column) -> Expr {
    Expr::col((post::Entity, column))
}

/// PUBLIC or UNLISTED, as the partial indexes have it.
pub(super) fn is_open(visibility: impl IntoColumnRef) -> Expr {
    Expr::col(visibility).is_in([level(Visibility::Public), level(Visibility::Unlisted)])
}

/// What is known of the author of posts, where it was found before.
#[derive(Clone)]
pub(super) struct Author {
    /// What they write reaches the viewer.
    pub is_heard: Expr,
    pub is_public: Expr,
    /// The viewer follows them. Not asked for guests.
    pub is_followed: Expr,
}

/// The rule (R9 to R11, R17, R32, R33) for the row in `table`, a repost's original left aside.
fn sees_itself(viewer: Viewer, table: &DynIden, known: Option<Author>) -> Expr {
    let at = |column| (table.clone(), column);
    let author = at(post::Column::AuthorId);
    let is_open = is_open(at(post::Column::Visibility));
    let living = Expr::col(at(post::Column::DeletedAt)).is_null();
    let unhidden = Expr::col(at(post::Column::HiddenAt)).is_null();
    let is_heard_where = |audience: &dyn Fn(Expr) -> Expr| match &known {
        Some(known) => known
            .is_heard
            .clone()
            .and(audience(known.is_public.clone())),
        None => people::queries::is_heard_where(viewer, author.clone(), audience),
    };
    let Some(me) = viewer.id() else {
        let heard = is_heard_where(&|public| public);
        return living.and(unhidden).and(is_open).and(heard);
    };
    let own = Expr::col(author.clone()).eq(me);
    let follows = match &known {
        Some(known) => known.is_followed.clone(),
        None => social::sql::follows(me, author.clone()),
    };
    let is_for_many = Expr::col(at(post::Column::Visibility)).ne(level(Visibility::Mentioned));
    let follower = is_for_many.and(follows);
    let heard = is_heard_where(&|public| {
        let open = is_open.clone().and(public);
        let known = own.clone().or(open).or(follower.clone());
        known.or(mentions(me, table))
    });
    let living = match viewer.is_staff() {
        true => living,
        false => living.and(unhidden.or(own)),
    };
    living.and(heard)
}

/// Whether `viewer` may see the post in `table`, whatever list it stands in. A plain repost is
/// seen by whoever also sees the original (R13, R18).
pub fn sees(viewer: Viewer, table: impl IntoIden) -> Expr {
    sees_knowing(viewer, table, None)
}

/// The same, where what depends on the author alone was found before.
pub(super) fn sees_by(viewer: Viewer, author: Author) -> Expr {
    sees_knowing(viewer, post::Entity, Some(author))
}

fn sees_knowing(viewer: Viewer, table: impl IntoIden, author: Option<Author>) -> Expr {
    let (table, original) = (table.into_iden(), Alias::new("original").into_iden());
    let repeated = (table.clone(), post::Column::RepostOfId);
    let is_original = Expr::col((original.clone(), post::Column::Id)).equals(repeated.clone());
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_as(post::Entity, original.clone())
        .and_where(is_original)
        .and_where(sees_itself(viewer, &original, None))
        .take();
    let whole = Expr::col(repeated).is_null().or(Expr::exists(rows));
    sees_itself(viewer, &table, author).and(whole)
}

/// The same for a post that is known to be no repost.
pub(super) fn sees_original(viewer: Viewer) -> Expr {
    sees_itself(viewer, &post::Entity.into_iden(), None)
}

/// The posts that `viewer` may see: FROM and WHERE.
pub fn visible_to(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(post::Entity)
        .and_where(sees(viewer, post::Entity))
        .take()
}

fn mentions(person: PersonId, table: &DynIden) -> Expr {
    let mention = |column| Expr::col((post_mention::Entity, column));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(post_mention::Entity)
        .and_where(mention(post_mention::Column::PostId).equals((table.clone(), post::Column::Id)))
        .and_where(mention(post_mention::Column::PersonId).eq(person))
        .take();
    Expr::exists(rows)
}

/// The post in `other` is visible to `viewer`.
pub fn is_visible(viewer: Viewer, other: impl IntoColumnRef) -> Expr {
    let rows = visible_to(viewer)
        .expr(Expr::val(1))
        .and_where(column(post::Column::Id).eq(Expr::col(other)))
        .take();
    Expr::exists(rows)
}

/// `person` wrote the post in `other`.
pub fn is_by(person: PersonId, other: impl IntoColumnRef) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(post::Entity)
        .and_where(column(post::Column::Id).eq(Expr::col(other)))
        .and_where(column(post::Column::AuthorId).eq(person))
        .take();
    Expr::exists(rows)
}

/// `person` had muted the thread of the post in `other` when something happened there, at the time
/// in `at` (R25).
pub fn is_thread_muted(person: PersonId, other: impl IntoColumnRef, at: Expr) -> Expr {
    let mute = |column| Expr::col((thread_mute::Entity, column));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(thread_mute::Entity)
        .and_where(mute(thread_mute::Column::PersonId).eq(person))
        .and_where(mute(thread_mute::Column::PostId).eq(Expr::col(other)))
        .and_where(mute(thread_mute::Column::CreatedAt).lte(at))
        .take();
    Expr::exists(rows)
}

/// The hashtags that `viewer` finds: those of a post that they may see. That a word stands in a
/// post for others is not told (R1, R16), with one bound: where the newest PUBLIC posts under it are
/// so many, and none for the viewer, that no older one is looked at, the word is told.
pub fn visible_hashtags(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(hashtag::Entity)
        .and_where(sees_hashtag(viewer))
        .take()
}

/// Whether `viewer` finds the hashtag in its table.
pub fn sees_hashtag(viewer: Viewer) -> Expr {
    has_visible_post(viewer, true).or(has_visible_post(viewer, false))
}

/// Among the newest posts under the hashtag is one that `viewer` may see.
fn has_visible_post(viewer: Viewer, is_public: bool) -> Expr {
    let (scan, place) = (Alias::new("scan"), Alias::new("place"));
    let mark = |column| Expr::col((post_hashtag::Entity, column));
    let level = mark(post_hashtag::Column::IsPublic);
    let newest = Query::select()
        .expr_as(mark(post_hashtag::Column::PostId), Alias::new("post_id"))
        .expr_as(
            Expr::cust("ROW_NUMBER() OVER (ORDER BY created_at DESC, post_id DESC)"),
            place.clone(),
        )
        .from(post_hashtag::Entity)
        .and_where(
            mark(post_hashtag::Column::HashtagId).equals((hashtag::Entity, hashtag::Column::Id)),
        )
        .and_where(if is_public { level } else { level.not() })
        .order_by(
            (post_hashtag::Entity, post_hashtag::Column::CreatedAt),
            Order::Desc,
        )
        .order_by(
            (post_hashtag::Entity, post_hashtag::Column::PostId),
            Order::Desc,
        )
        .limit(HASHTAG_SCAN)
        .take();
    let seen = is_visible(viewer, (scan.clone(), Alias::new("post_id")));
    let last = Expr::col((scan.clone(), place)).eq(HASHTAG_SCAN);
    let found = match is_public {
        true => seen.or(last),
        false => seen,
    };
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_subquery(newest, scan)
        .and_where(found)
        .take();
    Expr::exists(rows)
}

/// Whether `viewer` sees the post.
pub async fn shows(txn: &Txn, viewer: Viewer, id: PostId) -> Result<bool> {
    let rows = visible_to(viewer)
        .expr(Expr::val(1))
        .and_where(column(post::Column::Id).eq(id))
        .take();
    Ok(txn.query_one(&rows).await?.is_some())
}

/// Who could see a post, deleted or not, whoever asks.
pub async fn exposure(txn: &Txn, id: PostId) -> Result<Exposure> {
    let found = exposures(txn, &[id]).await?;
    found
        .get(&id)
        .copied()
        .ok_or_else(|| Error::internal("a post that was just there is gone"))
}

/// The same for many posts.
pub async fn exposures(txn: &Txn, ids: &[PostId]) -> Result<HashMap<PostId, Exposure>> {
    let author = (post::Entity, post::Column::AuthorId);
    let is_open = Alias::new("is_by_public_account");
    let keys: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = Query::select()
        .expr_as(column(post::Column::Id), Alias::new("id"))
        .expr_as(column(post::Column::Visibility), Alias::new("visibility"))
        .expr_as(people::queries::is_open(author), is_open)
        .from(post::Entity)
        .and_where(is_one_of(
            txn.backend(),
            (post::Entity, post::Column::Id),
            &keys,
        ))
        .take();
    let mut found = HashMap::new();
    for row in txn.query_all(&rows).await? {
        let exposure = Exposure {
            level: row.try_get("", "visibility")?,
            is_by_public_account: row.try_get("", "is_by_public_account")?,
        };
        found.insert(row.try_get("", "id")?, exposure);
    }
    Ok(found)
}

/// How a post that `author` publishes now reaches the feeds of their followers.
pub(super) async fn fan_out(p: &Platform, txn: &Txn, author: PersonId) -> Result<FanOut> {
    let followers = counters::stored(txn, author.0, Counter::Followers).await?;
    Ok(match followers > i64::from(p.feed.feed_push_followers) {
        true => FanOut::Pull,
        false => FanOut::Push,
    })
}

/// Not deleted and not for the mentioned alone: what a feed may hold of others.
pub fn is_for_many() -> Expr {
    let is_living = column(post::Column::DeletedAt).is_null();
    is_living.and(column(post::Column::Visibility).ne(level(Visibility::Mentioned)))
}

/// The same, and not fanned out yet. In other words, so that SQLite takes the index of the few
/// that are on their way, not that of all.
pub fn is_on_its_way() -> Expr {
    let is_living = column(post::Column::DeletedAt).is_null();
    let is_mentioned = column(post::Column::Visibility).eq(level(Visibility::Mentioned));
    let is_fanned_out = column(post::Column::IsFannedOut);
    is_living.and(is_fanned_out.not()).and(is_mentioned.not())
}

/// Staff has hidden the post in `other`, and it is not deleted.
pub fn is_hidden(other: impl IntoColumnRef) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(post::Entity)
        .and_where(column(post::Column::Id).eq(Expr::col(other)))
        .and_where(column(post::Column::DeletedAt).is_null())
        .and_where(column(post::Column::HiddenAt).is_not_null())
        .take();
    Expr::exists(rows)
}

/// Posts that are not deleted, whoever may see them: for what staff reads of reports (R24). None for
/// everybody else. FROM and WHERE.
pub(super) fn for_staff(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(post::Entity)
        .and_where(Expr::val(viewer.is_staff()))
        .and_where(column(post::Column::DeletedAt).is_null())
        .take()
}

/// The post in `other` is not deleted.
pub fn is_living(other: impl IntoColumnRef) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(post::Entity)
        .and_where(column(post::Column::Id).eq(Expr::col(other)))
        .and_where(column(post::Column::DeletedAt).is_null())
        .take();
    Expr::exists(rows)
}

/// Whether a post is there and not deleted, whoever asks.
pub async fn lives(txn: &Txn, id: PostId) -> Result<bool> {
    Ok(txn.query_one(&living(id)).await?.is_some())
}

fn living(id: PostId) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(post::Entity)
        .and_where(column(post::Column::Id).eq(id))
        .and_where(column(post::Column::DeletedAt).is_null())
        .take()
}

/// Locks a post that is not deleted, whoever asks: to take back what one did to it. `false` where
/// there is none.
pub async fn lock_living(txn: &Txn, id: PostId) -> Result<bool> {
    let rows = living(id).lock(LockType::NoKeyUpdate).take();
    Ok(txn.query_one(&rows).await?.is_some())
}

/// What posts say about who comments, and what connects `viewer` with them: FROM and columns.
/// Whoever reads it has proven that they are visible.
pub(super) fn terms(viewer: Viewer) -> SelectStatement {
    let (follows, is_mentioned) = match viewer.id() {
        None => (Expr::val(false), Expr::val(false)),
        Some(me) => (
            social::sql::follows(me, (post::Entity, post::Column::AuthorId)),
            mentions(me, &post::Entity.into_iden()),
        ),
    };
    Query::select()
        .expr_as(column(post::Column::Id), Alias::new("id"))
        .expr_as(column(post::Column::AuthorId), Alias::new("author_id"))
        .expr_as(
            column(post::Column::ReplyPolicy),
            Alias::new("reply_policy"),
        )
        .expr_as(column(post::Column::IsLocked), Alias::new("is_locked"))
        .expr_as(follows, Alias::new("follows"))
        .expr_as(is_mentioned, Alias::new("is_mentioned"))
        .from(post::Entity)
        .take()
}

/// A row of [`terms`].
pub(super) fn read_terms(row: &QueryResult) -> Result<(Terms, Ties)> {
    let terms = Terms {
        author: row.try_get("", "author_id")?,
        reply_policy: row.try_get("", "reply_policy")?,
        is_locked: row.try_get("", "is_locked")?,
    };
    let ties = Ties {
        follows: row.try_get("", "follows")?,
        is_mentioned: row.try_get("", "is_mentioned")?,
    };
    Ok((terms, ties))
}

/// What connects `viewer` with a post that they see; not asked where it does not matter.
pub async fn ties(txn: &Txn, viewer: Viewer, post: &post::Model) -> Result<Ties> {
    if !Terms::from(post).ask_for_ties(viewer.id()) {
        return Ok(Ties::default());
    }
    let rows = terms(viewer)
        .and_where(column(post::Column::Id).eq(post.id))
        .take();
    match txn.query_one(&rows).await? {
        Some(row) => Ok(read_terms(&row)?.1),
        None => Ok(Ties::default()),
    }
}

/// The viewer blocks the author of the post in its table, and it stands otherwise: all that may be
/// told of a post that is not visible (R17, R18). Deleted, hidden and suspended are not told apart.
pub(super) fn is_blocked(viewer: Viewer) -> Expr {
    let Some(me) = viewer.seer() else {
        return Expr::val(false);
    };
    let author = (post::Entity, post::Column::AuthorId);
    let stands = people::queries::is_silent(Viewer::guest(viewer.now()), author).not();
    social::sql::blocks(me, author)
        .and(column(post::Column::DeletedAt).is_null())
        .and(column(post::Column::HiddenAt).is_null())
        .and(stands)
}
