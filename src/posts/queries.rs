//! Reads of posts; every one starts at [`visible_to`].

use sea_orm::{
    EntityTrait,
    sea_query::{
        Alias, DynIden, Expr, ExprTrait, IntoColumnRef, IntoIden, Order, Query, SelectStatement,
    },
};

use super::entity::{
    hashtag,
    post::{self, Visibility},
    post_hashtag, post_mention,
};
use crate::{
    error::Result,
    ids::{PersonId, PostId},
    people,
    platform::db::{Txn, Viewer},
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

/// The rule (R9 to R11, R17, R32, R33) for the row in `table`, a repost's original left aside.
fn sees_itself(viewer: Viewer, table: &DynIden) -> Expr {
    let at = |column| (table.clone(), column);
    let author = at(post::Column::AuthorId);
    let is_open = is_open(at(post::Column::Visibility));
    let living = Expr::col(at(post::Column::DeletedAt)).is_null();
    let unhidden = Expr::col(at(post::Column::HiddenAt)).is_null();
    let Some(me) = viewer.id() else {
        let heard = people::queries::is_heard_where(viewer, author, |public| public);
        return living.and(unhidden).and(is_open).and(heard);
    };
    let own = Expr::col(author.clone()).eq(me);
    let follower = Expr::col(at(post::Column::Visibility))
        .ne(level(Visibility::Mentioned))
        .and(social::sql::follows(me, author.clone()));
    let heard = people::queries::is_heard_where(viewer, author, |public| {
        let open = is_open.and(public);
        own.clone().or(open).or(follower).or(mentions(me, table))
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
    let (table, original) = (table.into_iden(), Alias::new("original").into_iden());
    let repeated = (table.clone(), post::Column::RepostOfId);
    let is_original = Expr::col((original.clone(), post::Column::Id)).equals(repeated.clone());
    let rows = Query::select()
        .expr(Expr::val(1))
        .from_as(post::Entity, original.clone())
        .and_where(is_original)
        .and_where(sees_itself(viewer, &original))
        .take();
    let whole = Expr::col(repeated).is_null().or(Expr::exists(rows));
    sees_itself(viewer, &table).and(whole)
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

/// The hashtags that `viewer` finds: those of a post that they may see. That a word stands in a
/// post for others is not told (R1, R16). Under a flood of PUBLIC posts none of which is for the
/// viewer the word is told: guests know it anyhow.
pub fn visible_hashtags(viewer: Viewer) -> SelectStatement {
    let mut hashtags = Query::select().from(hashtag::Entity).take();
    let public = has_visible_post(viewer, true);
    match viewer.id() {
        None => hashtags.and_where(public),
        Some(_) => hashtags.and_where(public.or(has_visible_post(viewer, false))),
    };
    hashtags
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

/// Who wrote a post, whoever asks: for the locks that come before the post is judged.
pub async fn author_of(txn: &Txn, id: PostId) -> Result<Option<PersonId>> {
    let post = post::Entity::find_by_id(id).one(&**txn).await?;
    Ok(post.map(|post| post.author_id))
}
