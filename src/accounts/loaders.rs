//! Batched reads of accounts, for their owners only.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{
    entity::{account, notification_off, recovery_code, session, totp},
    lists::own_sessions,
};
use crate::{
    error::Result,
    ids::{PersonId, SessionId},
    platform::db::{Batch, Reader, all, by_key, is_one_of},
};

/// The reader's own account. Nobody else's is ever loaded.
pub struct AccountOf;

impl Batch for AccountOf {
    type Key = PersonId;
    type Value = Arc<account::Model>;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Self::Value>> {
        let Some(owner) = reader.viewer().id().filter(|viewer| keys.contains(viewer)) else {
            return Ok(HashMap::new());
        };
        let account = account::Entity::find()
            .filter(account::Column::PersonId.eq(owner))
            .one(reader.connection())
            .await?;
        Ok(account
            .into_iter()
            .map(|account| (owner, Arc::new(account)))
            .collect())
    }
}

/// The kinds of notifications that the reader does not want. Nobody else's are ever loaded.
pub struct UnwantedBy;

impl Batch for UnwantedBy {
    type Key = PersonId;
    type Value = Arc<Vec<notification_off::Kind>>;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Self::Value>> {
        let Some(owner) = reader.viewer().id().filter(|viewer| keys.contains(viewer)) else {
            return Ok(HashMap::new());
        };
        let off = notification_off::Entity::find()
            .filter(notification_off::Column::PersonId.eq(owner))
            .all(reader.connection())
            .await?;
        let kinds = off.into_iter().map(|row| row.kind).collect();
        Ok(HashMap::from([(owner, Arc::new(kinds))]))
    }
}

/// The reader's own live sessions, by id.
pub struct SessionsById;

impl Batch for SessionsById {
    type Key = SessionId;
    type Value = Arc<session::Model>;

    async fn load(reader: &Reader, keys: &[SessionId]) -> Result<HashMap<SessionId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (session::Entity, session::Column::Id);
        let rows = own_sessions(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        let rows = all::<session::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            rows.into_iter().map(Arc::new).collect(),
            |session: &Arc<session::Model>| session.id,
        ))
    }
}

/// What a person needs beside their password.
#[derive(Clone, Copy)]
pub struct SecondFactor {
    pub is_totp_enabled: bool,
    pub recovery_codes_left: u64,
}

/// The reader's own second factor. Nobody else's is ever loaded.
pub struct SecondFactorOf;

impl Batch for SecondFactorOf {
    type Key = PersonId;
    type Value = SecondFactor;

    async fn load(reader: &Reader, keys: &[PersonId]) -> Result<HashMap<PersonId, Self::Value>> {
        let Some(owner) = reader.viewer().id().filter(|viewer| keys.contains(viewer)) else {
            return Ok(HashMap::new());
        };
        let enabled = totp::Entity::find_by_id(owner)
            .filter(totp::Column::ConfirmedAt.is_not_null())
            .one(reader.connection())
            .await?;
        let left = recovery_code::Entity::find()
            .filter(recovery_code::Column::PersonId.eq(owner))
            .count(reader.connection())
            .await?;
        let factor = SecondFactor {
            is_totp_enabled: enabled.is_some(),
            recovery_codes_left: left,
        };
        Ok(HashMap::from([(owner, factor)]))
    }
}
