//! Batched reads of notifications, for their recipients only.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait, FromQueryResult,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    entity::{
        notification::{self, Column},
        notification_marker,
    },
    policy::MAX_TOLD,
    queries::{Seen, column, is_unread, visible_to},
};
use crate::{
    error::Result,
    ids::{NotificationId, PersonId},
    platform::db::{Batch, Reader, by_key, is_one_of},
};

/// Notifications by id.
pub struct NotificationsById;

impl Batch for NotificationsById {
    type Key = NotificationId;
    type Value = Arc<Seen>;

    async fn load(
        reader: &Reader,
        keys: &[NotificationId],
    ) -> Result<HashMap<NotificationId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (notification::Entity, Column::Id);
        let mut rows = visible_to(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        Seen::select(&mut rows);
        let rows = reader.connection().query_all(&rows).await?;
        let seen = rows
            .iter()
            .map(|row| Seen::from_query_result(row, "").map(Arc::new));
        let seen = seen.collect::<Result<Vec<_>, _>>()?;
        Ok(by_key(seen, |seen| seen.notification.id))
    }
}

/// How many notifications the reader has not read, at most [`MAX_TOLD`]: those of the list, by the
/// same rule. Nobody else's are told.
pub struct UnreadOf;

impl Batch for UnreadOf {
    type Key = PersonId;
    type Value = i64;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, i64>> {
        let Some(me) = reader.viewer().id().filter(|me| keys.contains(me)) else {
            return Ok(HashMap::new());
        };
        let rows = visible_to(reader.viewer())
            .expr(Expr::val(1))
            .and_where(column(Column::RecipientId).eq(me))
            .and_where(is_near(me))
            .and_where(is_unread())
            .limit(MAX_TOLD)
            .take();
        let statement = Query::select()
            .expr_as(Expr::cust("COUNT(*)"), Alias::new("unread"))
            .from_subquery(rows, Alias::new("counted"))
            .take();
        let row = reader.connection().query_one(&statement).await?;
        let unread = row.map(|row| row.try_get("", "unread")).transpose()?;
        Ok(unread.into_iter().map(|unread| (me, unread)).collect())
    }
}

/// What `me` has not read is among these, which two indexes hold: all that stands beyond the marker
/// or was told after it was set.
fn is_near(me: PersonId) -> Expr {
    use notification_marker::Column as Marker;
    let of_marker = |what| -> SelectStatement {
        Query::select()
            .column((notification_marker::Entity, what))
            .from(notification_marker::Entity)
            .and_where(Expr::col((notification_marker::Entity, Marker::PersonId)).eq(me))
            .take()
    };
    let or_never = |what| {
        let marker = Expr::from(of_marker(what));
        Expr::cust_with_exprs("COALESCE($1, -9223372036854775807)", [marker])
    };
    let beyond = column(Column::LatestAt).gte(or_never(Marker::UpTo));
    let later = column(Column::ToldAt).gt(or_never(Marker::MarkedAt));
    beyond.or(later)
}
