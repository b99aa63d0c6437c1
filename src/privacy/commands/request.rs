//! Asking for a copy.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::{
    accounts::{self, Me, events::DataExportRequested},
    activity::{By, record},
    error::Result,
    idempotency::Key,
    ids::{self, DataExportId},
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    privacy::{
        entity::data_export::{self, Column, Stage},
        policy::may_ask,
    },
};

const MUTATION: &str = "requestDataExport";

/// Asks for a copy of what is held about the caller. With a key that was used before: the copy that
/// it asked for.
///
/// # Errors
/// BAD_USER_INPUT, RATE_LIMITED (a copy was asked for within 24 hours, and did not fail),
/// UNAVAILABLE (no store is configured).
pub async fn request_data_export(
    p: &Platform,
    me: &Me,
    idempotency_key: Option<&str>,
) -> Result<data_export::Model> {
    let key = Key::check(idempotency_key, &[])?;
    p.store()?;
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), MUTATION)).await?),
        None => None,
    };
    let now = p.now();
    let row = data_export::Model {
        id: DataExportId(p.new_id(now)),
        person_id: me.id(),
        stage: Stage::Queued,
        object_name: ids::outside().simple().to_string(),
        attempts: 0,
        due_at: Some(now),
        created_at: now,
        expires_at: None,
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
    };
    let key = key.as_ref();
    p.db.write_txn(Lane::Request, |txn| {
        let row = row.clone();
        async move { write(&txn, me, row, key).await }
    })
    .await
}

async fn write(
    txn: &Txn,
    me: &Me,
    row: data_export::Model,
    key: Option<&Key>,
) -> Result<data_export::Model> {
    // What they ask for is counted by one request at a time.
    accounts::commands::hold(txn, me).await?;
    let own = || data_export::Entity::find().filter(Column::PersonId.eq(me.id()));
    if let Some(key) = key {
        let first = own().filter(Column::IdempotencyKey.eq(key.key.as_str()));
        if let Some(first) = first.one(&**txn).await? {
            key.repeat(first.request_hash.as_deref(), false)?;
            return Ok(first);
        }
    }
    let latest = own()
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .one(&**txn)
        .await?;
    may_ask(latest.as_ref(), row.created_at)?;
    data_export::Entity::insert(row.clone().into_active_model().reset_all())
        .exec_without_returning(&**txn)
        .await?;
    let fact = DataExportRequested {
        personid: me.id().into(),
    };
    record(txn, By::person(me.id(), row.created_at), &fact, [])?;
    Ok(row)
}
