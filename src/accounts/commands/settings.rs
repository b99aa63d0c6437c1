//! Changes to one's own settings.

use std::collections::BTreeSet;

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::hold;
use crate::{
    accounts::{
        Me, MessagePolicy,
        entity::{
            account,
            notification_off::{self, Kind},
        },
        events::SettingsChanged,
        policy,
    },
    activity::{By, record},
    clock::Timestamp,
    error::Result,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
};

/// Changes to one's own settings: `None` leaves one as it is.
#[derive(Clone, Debug, Default)]
pub struct SettingsChanges {
    pub allow_messages_from: Option<MessagePolicy>,
    pub share_read_receipts: Option<bool>,
    /// Which kinds of notifications to have, or not; those that are not named stay.
    pub notifications: Vec<(Kind, bool)>,
}

/// Changes the caller's settings. Nothing is recorded where nothing changes.
///
/// # Errors
/// BAD_USER_INPUT where a kind of notification is named twice.
pub async fn update_settings(p: &Platform, me: &Me, changes: SettingsChanges) -> Result<()> {
    let now = p.now();
    let changes = &changes;
    policy::named_once(&changes.notifications)?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let account = hold(&txn, me).await?;
        let unwanted = switch(&txn, me, &changes.notifications, now).await?;
        let before = (account.allow_messages_from, account.share_read_receipts);
        let after = (
            changes.allow_messages_from.unwrap_or(before.0),
            changes.share_read_receipts.unwrap_or(before.1),
        );
        if after == before && unwanted.is_none() {
            return Ok(());
        }
        let fact = SettingsChanged {
            personid: me.id().into(),
            allowmessagesfrom: after.0,
            sharereadreceipts: after.1,
            notificationsoff: unwanted,
        };
        account::Entity::update_many()
            .col_expr(account::Column::AllowMessagesFrom, Expr::value(after.0))
            .col_expr(account::Column::ShareReadReceipts, Expr::value(after.1))
            .filter(account::Column::PersonId.eq(me.id()))
            .exec(&*txn)
            .await?;
        record(&txn, By::person(me.id(), now), &fact, [])
    })
    .await
}

/// Switches kinds of notifications on and off, and returns all that are off now; `None` where
/// nothing changed. The account is held.
async fn switch(
    txn: &Txn,
    me: &Me,
    changes: &[(Kind, bool)],
    now: Timestamp,
) -> Result<Option<Vec<Kind>>> {
    use notification_off::Column;
    if changes.is_empty() {
        return Ok(None);
    }
    let before = notification_off::Entity::find()
        .filter(Column::PersonId.eq(me.id()))
        .all(&**txn)
        .await?;
    let mut off: BTreeSet<Kind> = before.iter().map(|row| row.kind).collect();
    for (kind, is_enabled) in changes {
        if *is_enabled && off.remove(kind) {
            notification_off::Entity::delete_by_id((me.id(), *kind))
                .exec(&**txn)
                .await?;
        } else if !*is_enabled && off.insert(*kind) {
            let row = notification_off::ActiveModel {
                person_id: Set(me.id()),
                kind: Set(*kind),
                since: Set(now),
            };
            notification_off::Entity::insert(row)
                .exec_without_returning(&**txn)
                .await?;
        }
    }
    let is_same = before.len() == off.len() && before.iter().all(|row| off.contains(&row.kind));
    Ok((!is_same).then(|| off.into_iter().collect()))
}
