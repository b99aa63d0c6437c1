//! Hanging media on things. What can carry them calls this in its own transaction.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, LockType, Order, Query, SelectStatement},
};
use uuid::Uuid;

use crate::{
    accounts::Me,
    clock::Timestamp,
    error::{Error, Result},
    ids::MediaId,
    media::{
        ParentKind, ParentRef, Purpose,
        entity::{media, media_attachment},
        policy::{LOOSE, may_attach, wrong_purpose},
        queries::{column, of_row, own},
    },
    platform::db::{Txn, all, is_one_of, one},
};

/// Has exactly `ids` hang on `parent`, in this order, and says whether that is a change. `path`
/// names where the ids stand in the input: `…Ids` of a list, `…Id` of one.
///
/// # Errors
/// BAD_USER_INPUT (uploaded for something else), NOT_FOUND (not the caller's), CONFLICT (not
/// complete, or failed).
pub async fn hang(
    txn: &Txn,
    me: &Me,
    parent: ParentRef,
    ids: &[MediaId],
    (path, now): (&str, Timestamp),
) -> Result<bool> {
    let had = hanging(txn, parent).await?;
    if had == ids {
        return Ok(false);
    }
    let all: Vec<MediaId> = ids.iter().chain(&had).copied().collect();
    let fits = purpose(parent.0);
    // Only what can hang there: whoever names other media locks nothing out of order.
    let rows = own(me.id())
        .and_where(column(media::Column::Purpose).eq(fits))
        .take();
    let known = lock(txn, rows, &all).await?;
    for (n, id) in ids.iter().enumerate() {
        let path = match path.ends_with("Ids") {
            true => format!("{path}.{n}"),
            false => path.to_owned(),
        };
        match known.get(id) {
            Some(media) if !had.contains(id) => may_attach(media, &path)?,
            Some(_) => {}
            None => return Err(unfit(txn, me, *id, fits, &path).await?),
        }
    }
    if !had.is_empty() {
        clear(txn, parent).await?;
    }
    let rows = ids.iter().zip(0..).map(|(id, position)| {
        media_attachment::Model {
            parent_id: parent.1,
            parent_kind: parent.0,
            media_id: *id,
            position,
        }
        .into_active_model()
        .reset_all()
    });
    if !ids.is_empty() {
        media_attachment::Entity::insert_many(rows)
            .exec_without_returning(&**txn)
            .await?;
    }
    let gone: Vec<MediaId> = had.iter().filter(|id| !ids.contains(id)).copied().collect();
    loosen(txn, &gone, now).await?;
    tie(txn, ids).await?;
    Ok(true)
}

/// Takes everything off a thing that is going.
pub async fn take_off(txn: &Txn, parent: ParentRef, now: Timestamp) -> Result<()> {
    let had = hanging(txn, parent).await?;
    if had.is_empty() {
        return Ok(());
    }
    lock(txn, Query::select().from(media::Entity).take(), &had).await?;
    clear(txn, parent).await?;
    loosen(txn, &had, now).await
}

/// Why media cannot hang where only such `fits`.
async fn unfit(txn: &Txn, me: &Me, id: MediaId, fits: Purpose, path: &str) -> Result<Error> {
    let rows = own(me.id())
        .and_where(column(media::Column::Id).eq(id))
        .take();
    let found = one::<media::Entity>(&**txn, rows).await?;
    Ok(found.map_or_else(
        || Error::not_found(path),
        |media| wrong_purpose(media.purpose, fits, path),
    ))
}

fn purpose(kind: ParentKind) -> Purpose {
    match kind {
        ParentKind::Post | ParentKind::Draft => Purpose::Post,
        ParentKind::Message => Purpose::Message,
        ParentKind::Avatar => Purpose::Avatar,
        ParentKind::Banner => Purpose::Banner,
    }
}

/// What hangs on a thing, in order.
pub async fn hanging(txn: &Txn, (kind, id): ParentRef) -> Result<Vec<MediaId>> {
    let rows = media_attachment::Entity::find()
        .filter(media_attachment::Column::ParentId.eq(id))
        .filter(media_attachment::Column::ParentKind.eq(kind))
        .order_by_asc(media_attachment::Column::Position)
        .all(&**txn)
        .await?;
    Ok(rows.into_iter().map(|row| row.media_id).collect())
}

async fn clear(txn: &Txn, (kind, id): ParentRef) -> Result<()> {
    media_attachment::Entity::delete_many()
        .filter(media_attachment::Column::ParentId.eq(id))
        .filter(media_attachment::Column::ParentKind.eq(kind))
        .exec(&**txn)
        .await?;
    Ok(())
}

/// The media among `rows` with one of `ids`, locked in order.
async fn lock(
    txn: &Txn,
    mut rows: SelectStatement,
    ids: &[MediaId],
) -> Result<HashMap<MediaId, media::Model>> {
    let rows = rows
        .and_where(is_among(txn, ids))
        .order_by((media::Entity, media::Column::Id), Order::Asc)
        .lock(LockType::NoKeyUpdate)
        .take();
    let rows = all::<media::Entity>(&**txn, rows).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Notes on each of `ids`, which are locked, that it hangs on nothing from now on, if so it is.
async fn loosen(txn: &Txn, ids: &[MediaId], now: Timestamp) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    media::Entity::update_many()
        .col_expr(media::Column::LooseSince, Expr::value(now))
        .col_expr(media::Column::SweepAt, Expr::value(now.plus(LOOSE)))
        .filter(is_among(txn, ids))
        .filter(column(media::Column::DeletedAt).is_null())
        .filter(Expr::exists(of_row()).not())
        .exec(&**txn)
        .await?;
    Ok(())
}

/// Notes on each of `ids`, which are locked, that it hangs on something.
async fn tie(txn: &Txn, ids: &[MediaId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let tied = Expr::value(Option::<i64>::None);
    media::Entity::update_many()
        .col_expr(media::Column::LooseSince, tied)
        .filter(is_among(txn, ids))
        .filter(column(media::Column::DeletedAt).is_null())
        .exec(&**txn)
        .await?;
    Ok(())
}

fn is_among(txn: &Txn, ids: &[MediaId]) -> Expr {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    is_one_of(txn.backend(), (media::Entity, media::Column::Id), &ids)
}
