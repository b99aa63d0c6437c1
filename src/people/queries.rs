//! Reads of people; every one starts at [`visible_to`].

use std::collections::HashMap;

use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait,
    sea_query::{Alias, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement},
};
use uuid::Uuid;

use super::entity::{handle, person};
use crate::{
    accounts,
    clock::Timestamp,
    error::Result,
    ids::PersonId,
    platform::db::{Reader, Txn, Viewer, all, is_one_of, is_one_of_texts, one},
    social, text,
};

fn column(column: person::Column) -> Expr {
    Expr::col((person::Entity, column))
}

/// The person is not deleted.
fn stands() -> Expr {
    column(person::Column::DeletedAt).is_null()
}

/// The person is somebody, and not deleted.
pub(super) fn is_living() -> Expr {
    stands().and(column(person::Column::Id).ne(PersonId::NOBODY))
}

/// The same; somebody who is about to be erased is still there for themselves.
fn is_found_by(viewer: Viewer) -> Expr {
    match viewer.id() {
        None => is_living(),
        Some(me) => is_living().or(column(person::Column::Id).eq(me)),
    }
}

/// Whom `viewer` finds in lists: whoever lives, without a block between them (R17).
pub fn sees(viewer: Viewer) -> Expr {
    let living = is_found_by(viewer);
    match viewer.seer() {
        None => living,
        Some(me) => {
            let id = (person::Entity, person::Column::Id);
            living.and(social::sql::is_severed(me, id).not())
        }
    }
}

/// What the person in its table does reaches `viewer`: they are found in lists, and not suspended
/// (R17, R33).
pub fn hears(viewer: Viewer) -> Expr {
    sees(viewer).and(column(person::Column::SuspendedUntil).lte(viewer.now()))
}

/// Everybody whom `viewer` finds in lists: FROM and WHERE.
pub fn visible_to(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(person::Entity)
        .and_where(sees(viewer))
        .take()
}

/// Whom `viewer` may call by name or id: besides those in lists, the people whom the viewer
/// blocks, in reduced form (R23, [`is_reduced`]).
pub fn named_to(viewer: Viewer) -> SelectStatement {
    let id = (person::Entity, person::Column::Id);
    let mut named = Query::select()
        .from(person::Entity)
        .and_where(is_found_by(viewer))
        .take();
    if let Some(me) = viewer.seer() {
        let blocks = social::sql::blocks(me, id);
        named.and_where(blocks.or(social::sql::is_blocked_by(me, id).not()));
    }
    named
}

/// The viewer blocks this person: little is shown of them (R23).
pub(super) fn is_reduced(viewer: Viewer) -> Expr {
    match viewer.seer() {
        None => Expr::val(false),
        Some(me) => social::sql::blocks(me, (person::Entity, person::Column::Id)),
    }
}

/// The person in `other` is there and not suspended, and their row says `also` (R32, R33). Staff
/// hears the suspended.
fn speaks(viewer: Viewer, other: impl IntoColumnRef, also: Option<Expr>) -> Expr {
    let heard =
        (!viewer.is_staff()).then(|| column(person::Column::SuspendedUntil).lte(viewer.now()));
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(person::Entity)
        .and_where(column(person::Column::Id).eq(Expr::col(other)))
        .and_where(stands())
        .and_where_option(heard)
        .and_where_option(also)
        .take();
    Expr::exists(rows)
}

/// What the person in `other` writes reaches `viewer`: they live, are not suspended, and no block
/// stands between the two (R17, R33).
pub fn is_heard(viewer: Viewer, other: impl IntoColumnRef + Clone) -> Expr {
    is_heard_by(viewer, other, None)
}

/// The same, for an `audience` that depends on whether the person's account is public (R11).
pub fn is_heard_where(
    viewer: Viewer,
    other: impl IntoColumnRef + Clone,
    audience: impl FnOnce(Expr) -> Expr,
) -> Expr {
    let is_public = column(person::Column::IsPrivate).not();
    is_heard_by(viewer, other, Some(audience(is_public)))
}

fn is_heard_by(viewer: Viewer, other: impl IntoColumnRef + Clone, audience: Option<Expr>) -> Expr {
    let speaks = speaks(viewer, other.clone(), audience);
    match viewer.seer() {
        None => speaks,
        Some(me) => speaks.and(social::sql::is_severed(me, other).not()),
    }
}

/// The person in `other` is gone or suspended: what they wrote behaves as deleted (R33).
pub fn is_silent(viewer: Viewer, other: impl IntoColumnRef) -> Expr {
    speaks(viewer, other, None).not()
}

/// The account of the person in `other` is public (R11).
pub fn is_open(other: impl IntoColumnRef) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(person::Entity)
        .and_where(column(person::Column::Id).eq(Expr::col(other)))
        .and_where(column(person::Column::IsPrivate).not())
        .take();
    Expr::exists(rows)
}

/// A session of the person in `other` may act: they are not suspended (R33). Those who are about to
/// be erased have sessions too, to take that back.
pub fn may_act(now: Timestamp, other: impl IntoColumnRef) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(person::Entity)
        .and_where(column(person::Column::Id).eq(Expr::col(other)))
        .and_where(column(person::Column::SuspendedUntil).lte(now))
        .and_where(stands().or(accounts::queries::is_leaving((
            person::Entity,
            person::Column::Id,
        ))))
        .take();
    Expr::exists(rows)
}

/// Whether what somebody wrote counts: they are not gone, and the log does not say that they are
/// suspended. Whoever asks holds their state.
pub async fn counts(txn: &Txn, person: PersonId) -> Result<bool> {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(person::Entity)
        .and_where(column(person::Column::Id).eq(person))
        .and_where(stands())
        .and_where(column(person::Column::IsSuspended).not())
        .take();
    Ok(txn.query_one(&rows).await?.is_some())
}

/// Whether somebody lives, whoever asks.
pub async fn is_there(txn: &Txn, person: PersonId) -> Result<bool> {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(person::Entity)
        .and_where(is_living())
        .and_where(column(person::Column::Id).eq(person))
        .take();
    Ok(txn.query_one(&rows).await?.is_some())
}

/// Whether somebody is suspended `now`, whoever asks.
pub async fn is_suspended(txn: &Txn, person: PersonId, now: Timestamp) -> Result<bool> {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(person::Entity)
        .and_where(column(person::Column::Id).eq(person))
        .and_where(column(person::Column::SuspendedUntil).gt(now))
        .take();
    Ok(txn.query_one(&rows).await?.is_some())
}

/// Whether `viewer` may call this person by name or id.
pub async fn names(txn: &Txn, viewer: Viewer, person: PersonId) -> Result<bool> {
    let rows = named_to(viewer)
        .expr(Expr::val(1))
        .and_where(column(person::Column::Id).eq(person))
        .take();
    Ok(txn.query_one(&rows).await?.is_some())
}

/// Everybody who lives, whoever stands between: for what staff reads of reports (R24). Nobody for
/// everybody else. FROM and WHERE.
pub(super) fn for_staff(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(person::Entity)
        .and_where(Expr::val(viewer.is_staff()))
        .and_where(is_living())
        .take()
}

/// Whether there is anybody at all, deleted people included.
pub async fn is_inhabited(connection: &impl ConnectionTrait) -> Result<bool> {
    use sea_orm::QueryFilter;
    let somebody = person::Entity::find().filter(column(person::Column::Id).ne(PersonId::NOBODY));
    Ok(somebody.one(connection).await?.is_some())
}

/// The person who has `typed` as their handle now. A handle given up finds nobody.
pub async fn by_handle(reader: &Reader, typed: &str) -> Result<Option<person::Model>> {
    let Some(key) = text::handle(typed) else {
        return Ok(None);
    };
    let rows = having_handles(reader.backend(), named_to(reader.viewer()), &[key]);
    one::<person::Entity>(reader.connection(), rows).await
}

/// Who has `typed` as their handle now and may sign in: also somebody whom nobody else finds,
/// because they are about to be erased.
pub async fn holder_of(reader: &Reader, typed: &str) -> Result<Option<PersonId>> {
    let Some(key) = text::handle(typed) else {
        return Ok(None);
    };
    let everybody = Query::select().from(person::Entity).take();
    let rows = having_handles(reader.backend(), everybody, &[key]);
    let found = one::<person::Entity>(reader.connection(), rows).await?;
    Ok(found.map(|person| person.id))
}

/// The people whom an author mentions by these (folded) handles and may see, in the order of the
/// handles. Other handles are just text.
pub async fn mentioned(txn: &Txn, author: Viewer, handles: &[String]) -> Result<Vec<PersonId>> {
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let rows = having_handles(txn.backend(), visible_to(author), handles);
    let found = all::<person::Entity>(&**txn, rows).await?;
    let id = |handle: &String| found.iter().find(|p| p.handle == *handle).map(|p| p.id);
    Ok(handles.iter().filter_map(id).collect())
}

/// Those of `people` to whom `viewer` may turn: they live, are not suspended (whoever asks), and no
/// block stands between; with whether they follow the viewer.
pub async fn reachable(
    txn: &Txn,
    viewer: Viewer,
    people: &[PersonId],
) -> Result<HashMap<PersonId, bool>> {
    let id = (person::Entity, person::Column::Id);
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let follows = match viewer.id() {
        None => Expr::val(false),
        Some(me) => social::sql::is_followed_by(me, id),
    };
    let rows = visible_to(viewer)
        .column(id)
        .expr_as(follows, Alias::new("follows"))
        .and_where(column(person::Column::SuspendedUntil).lte(viewer.now()))
        .and_where(is_one_of(txn.backend(), id, &ids))
        .take();
    let rows = txn.query_all(&rows).await?;
    let found = rows
        .iter()
        .map(|row| Ok((row.try_get("", "id")?, row.try_get("", "follows")?)));
    found.collect()
}

/// Those of `people` who have one of these (folded) handles now.
pub(super) fn having_handles(
    backend: DbBackend,
    mut people: SelectStatement,
    keys: &[String],
) -> SelectStatement {
    let owner = Expr::col((handle::Entity, handle::Column::PersonId));
    let key = (handle::Entity, handle::Column::Key);
    people
        .inner_join(
            handle::Entity,
            owner.equals((person::Entity, person::Column::Id)),
        )
        .and_where(is_one_of_texts(backend, key, keys))
        .and_where(Expr::col((handle::Entity, handle::Column::ReleasedAt)).is_null())
        .take()
}
