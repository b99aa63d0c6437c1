//! How far somebody has read.

use sea_orm::{
    ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use crate::{
    accounts::{self, Me},
    activity::{By, record},
    error::{Error, Result},
    ids::NotificationId,
    notifications::{
        entity::{
            notification::{self, Column},
            notification_marker::{self, Column as Marker},
        },
        events::Read,
        queries::{Seen, column, is_unread, visible_to},
    },
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Marks a notification of the caller and everything older as read. What was read stays read: the
/// marker never moves back. Nothing is recorded where all of it was read already.
///
/// # Errors
/// NOT_FOUND at `upToNotificationId`, for one that is not the caller's, or hidden from them.
pub async fn mark_read(p: &Platform, me: &Me, id: NotificationId) -> Result<()> {
    let now = p.now();
    p.db.write_txn(Lane::Request, |txn| async move {
        // One at a time for one person.
        accounts::commands::hold(&txn, me).await?;
        let mut rows = visible_to(me.viewer())
            .and_where(column(Column::Id).eq(id))
            .take();
        Seen::select(&mut rows);
        let row = txn.query_one(&rows).await?;
        let row = row.ok_or_else(|| Error::not_found("upToNotificationId"))?;
        let place = Seen::from_query_result(&row, "")?.notification;
        if !has_news(&txn, me, &place).await? {
            return Ok(());
        }
        let before = notification_marker::Entity::find_by_id(me.id())
            .one(&*txn)
            .await?;
        let here = (place.latest_at, place.id.0);
        let there = before
            .as_ref()
            .map(|marker| (marker.up_to, marker.up_to_id));
        let (up_to, up_to_id) = there.map_or(here, |there| there.max(here));
        // By whatever clock it was told, it is read now.
        let last = before.map_or(now, |marker| marker.marked_at);
        let marked_at = [now, last, place.told_at].into_iter().fold(now, Ord::max);
        let marker = notification_marker::Model {
            person_id: me.id(),
            up_to,
            up_to_id,
            marked_at,
        };
        set(&txn, marker).await?;
        let fact = Read {
            recipientid: me.id().into(),
        };
        record(&txn, By::person(me.id(), now), &fact, [])
    })
    .await
}

/// Something is unread at a place of the caller's list, or behind it.
async fn has_news(txn: &Txn, me: &Me, place: &notification::Model) -> Result<bool> {
    let at = Expr::tuple([column(Column::LatestAt), column(Column::Id)]);
    let here = Expr::tuple([Expr::val(place.latest_at), Expr::val(place.id)]);
    let rows = visible_to(me.viewer())
        .expr(Expr::val(1))
        .and_where(at.lte(here))
        .and_where(is_unread())
        .limit(1)
        .take();
    Ok(txn.query_one(&rows).await?.is_some())
}

async fn set(txn: &Txn, marker: notification_marker::Model) -> Result<()> {
    use sea_orm::ActiveModelTrait;
    let moved = OnConflict::column(Marker::PersonId)
        .update_columns([Marker::UpTo, Marker::UpToId, Marker::MarkedAt])
        .to_owned();
    notification_marker::Entity::insert(marker.into_active_model().reset_all())
        .on_conflict(moved)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}
