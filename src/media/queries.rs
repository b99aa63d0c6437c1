//! Reads of media; every one starts at [`visible_to`] or [`own`], or at a parent that was proven
//! visible.

use sea_orm::{
    ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{
        Condition, Expr, ExprTrait, IntoColumnRef, LockType, Order as SqlOrder, Query,
        SelectStatement,
    },
};
use uuid::Uuid;

use super::{
    ParentKind, ParentRef, Parents, Status,
    entity::{
        media::{self, Column as Media},
        media_attachment::{self, Column as Attachment},
    },
    policy::AFTERMATH,
};
use crate::{
    accounts::Me,
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::{MediaId, PersonId},
    platform::db::{Txn, Viewer, all, is_one_of, one},
};

pub(super) fn column(column: Media) -> Expr {
    Expr::col((media::Entity, column))
}

pub(super) fn attached(column: Attachment) -> Expr {
    Expr::col((media_attachment::Entity, column))
}

/// What the media in its table hangs on: SELECT, FROM and WHERE.
pub(super) fn of_row() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(media_attachment::Entity)
        .and_where(attached(Attachment::MediaId).equals((media::Entity, Media::Id)))
        .take()
}

/// `viewer` sees the parent of the attachment in its table.
fn shows(viewer: Viewer, parents: Parents) -> Condition {
    let parent = (media_attachment::Entity, Attachment::ParentId);
    let kinds = parents.iter().map(|kind| {
        attached(Attachment::ParentKind)
            .eq(kind.kind())
            .and(kind.shows(viewer, parent.into_column_ref()))
    });
    kinds.fold(Condition::any(), Condition::add)
}

/// Whether `viewer` may see media: what hangs on something that they see, and what they uploaded
/// themselves (R15).
pub fn sees(viewer: Viewer, parents: Parents) -> Expr {
    let shown = of_row().cond_where(shows(viewer, parents)).take();
    let shown = Expr::exists(shown);
    let seen = match viewer.id() {
        None => shown,
        Some(me) => column(Media::UploaderId).eq(me).or(shown),
    };
    let living = column(Media::DeletedAt).is_null();
    living.and(is_unhidden(viewer)).and(seen)
}

/// Staff has not hidden the media in its table from `viewer`: their uploader and staff have them
/// all the same (R32).
pub(super) fn is_unhidden(viewer: Viewer) -> Expr {
    let unhidden = column(Media::HiddenAt).is_null();
    match viewer.id() {
        _ if viewer.is_staff() => Expr::val(true),
        None => unhidden,
        Some(me) => unhidden.or(column(Media::UploaderId).eq(me)),
    }
}

/// Staff has hidden the media in `other`, and they are not deleted.
pub fn is_hidden(other: impl IntoColumnRef) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(media::Entity)
        .and_where(column(Media::Id).eq(Expr::col(other)))
        .and_where(column(Media::DeletedAt).is_null())
        .and_where(column(Media::HiddenAt).is_not_null())
        .take();
    Expr::exists(rows)
}

/// Media that are not deleted, whatever they hang on: for what staff reads of reports (R24). None
/// for everybody else. FROM and WHERE.
pub(super) fn for_staff(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(media::Entity)
        .and_where(Expr::val(viewer.is_staff()))
        .and_where(column(Media::DeletedAt).is_null())
        .take()
}

/// The media that `viewer` may see: FROM and WHERE.
pub fn visible_to(viewer: Viewer, parents: Parents) -> SelectStatement {
    Query::select()
        .from(media::Entity)
        .and_where(sees(viewer, parents))
        .take()
}

/// The media in its table hangs on things that everybody sees, and on nothing else; staff has not
/// hidden it.
pub fn is_public(viewer: Viewer, parents: Parents) -> Expr {
    let open = shows(Viewer::guest(viewer.now()), parents);
    let closed = of_row().cond_where(open.not()).take();
    let unhidden = column(Media::HiddenAt).is_null();
    let open = Expr::exists(of_row()).and(Expr::exists(closed).not());
    unhidden.and(open)
}

/// What `person` uploaded and has not deleted: FROM and WHERE.
pub fn own(person: PersonId) -> SelectStatement {
    Query::select()
        .from(media::Entity)
        .and_where(column(Media::UploaderId).eq(person))
        .and_where(column(Media::DeletedAt).is_null())
        .take()
}

/// What `person` uploaded that can be looked at, behind `after`: at most `limit`, by id.
pub async fn originals(
    connection: &impl ConnectionTrait,
    person: PersonId,
    after: MediaId,
    limit: u64,
) -> Result<Vec<media::Model>> {
    let rows = own(person)
        .and_where(column(Media::Status).eq(Status::Ready))
        .and_where(column(Media::Id).gt(after))
        .order_by((media::Entity, Media::Id), SqlOrder::Asc)
        .limit(limit)
        .take();
    all::<media::Entity>(connection, rows).await
}

/// How many bytes `person` keeps, those of deleted uploads included that may still arrive.
pub async fn kept_bytes(
    connection: &impl ConnectionTrait,
    person: PersonId,
    now: Timestamp,
) -> Result<i64> {
    let sum = Expr::cust("CAST(COALESCE(SUM(byte_size), 0) AS bigint)");
    let may_arrive = column(Media::UploadUntil).gt(now.minus(AFTERMATH));
    let rows = Query::select()
        .expr_as(sum, "kept")
        .from(media::Entity)
        .and_where(column(Media::UploaderId).eq(person))
        .and_where(column(Media::DeletedAt).is_null().or(may_arrive))
        .take();
    let row = connection.query_one(&rows).await?;
    let row = row.ok_or_else(|| Error::internal("a sum without a row"))?;
    Ok(row.try_get("", "kept")?)
}

/// An upload of the caller; `locked` in a transaction.
///
/// # Errors
/// NOT_FOUND at `mediaId`; FORBIDDEN for somebody else's that they see.
pub async fn find_own(
    connection: &impl ConnectionTrait,
    me: &Me,
    id: MediaId,
    parents: Parents,
    locked: bool,
) -> Result<media::Model> {
    let is_it = || column(Media::Id).eq(id);
    let mut rows = own(me.id()).and_where(is_it()).take();
    if locked {
        rows.lock(LockType::NoKeyUpdate);
    }
    if let Some(found) = one::<media::Entity>(connection, rows).await? {
        return Ok(found);
    }
    let seen = visible_to(me.viewer(), parents)
        .expr(Expr::val(1))
        .and_where(is_it())
        .take();
    match connection.query_one(&seen).await? {
        None => Err(Error::not_found("mediaId")),
        Some(_) => {
            let say = "Only who uploaded it may change or delete it.";
            Err(Error::refused(Code::Forbidden, say).at("mediaId"))
        }
    }
}

/// How much hangs on a thing.
pub async fn count(connection: &impl ConnectionTrait, (kind, id): ParentRef) -> Result<u32> {
    let hangs = media_attachment::Entity::find()
        .filter(attached(Attachment::ParentId).eq(id))
        .filter(attached(Attachment::ParentKind).eq(kind));
    let hangs = hangs.count(connection).await?;
    Ok(u32::try_from(hangs).unwrap_or(u32::MAX))
}

/// What of one kind media hang on, whoever asks: for those who tell others to look.
pub async fn parents_of(
    connection: &impl ConnectionTrait,
    kind: ParentKind,
    media: &[MediaId],
) -> Result<Vec<Uuid>> {
    if media.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = media.iter().map(|id| id.0).collect();
    let id = (media_attachment::Entity, Attachment::MediaId);
    let parents = media_attachment::Entity::find()
        .select_only()
        .column(Attachment::ParentId)
        .filter(attached(Attachment::ParentKind).eq(kind))
        .filter(is_one_of(connection.get_database_backend(), id, &ids));
    Ok(parents.into_tuple().all(connection).await?)
}

/// Whether `viewer` sees these media.
pub async fn shows_media(txn: &Txn, viewer: Viewer, id: MediaId, parents: Parents) -> Result<bool> {
    let rows = visible_to(viewer, parents)
        .expr(Expr::val(1))
        .and_where(column(Media::Id).eq(id))
        .take();
    Ok(txn.query_one(&rows).await?.is_some())
}

/// Media by id, deleted or not, whoever asks: for what makes it ready and cleans up behind it.
pub async fn any(connection: &impl ConnectionTrait, id: MediaId) -> Result<Option<media::Model>> {
    Ok(media::Entity::find_by_id(id).one(connection).await?)
}

/// Media by id, deleted or not, whoever asks, locked.
pub(super) async fn lock(txn: &Txn, id: MediaId) -> Result<media::Model> {
    let row = media::Entity::find_by_id(id).lock(LockType::NoKeyUpdate);
    let row = row.one(&**txn).await?;
    row.ok_or_else(|| Error::internal("media that were just there are gone"))
}

/// Whether media hang on anything.
pub(super) async fn hangs(txn: &Txn, id: MediaId) -> Result<bool> {
    let hangs = media_attachment::Entity::find().filter(attached(Attachment::MediaId).eq(id));
    Ok(hangs.one(&**txn).await?.is_some())
}

/// What the sweeper is to look at by now, the longest due first.
pub async fn due(
    connection: &impl ConnectionTrait,
    now: Timestamp,
    most: u64,
) -> Result<Vec<media::Model>> {
    let rows = media::Entity::find()
        .filter(column(Media::SweepAt).lte(now))
        .order_by_asc(Media::SweepAt)
        .limit(most);
    Ok(rows.all(connection).await?)
}
