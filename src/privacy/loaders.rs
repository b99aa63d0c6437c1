//! Batched reads of copies, for their owners only.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{entity::data_export, lists::own_exports};
use crate::{
    error::Result,
    ids::DataExportId,
    platform::db::{Batch, Reader, all, by_key, is_one_of},
};

/// The reader's own copies, by id.
pub struct ExportsById;

impl Batch for ExportsById {
    type Key = DataExportId;
    type Value = Arc<data_export::Model>;

    async fn load(
        reader: &Reader,
        keys: &[DataExportId],
    ) -> Result<HashMap<DataExportId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (data_export::Entity, data_export::Column::Id);
        let rows = own_exports(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        let rows = all::<data_export::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            rows.into_iter().map(Arc::new).collect(),
            |export: &Arc<data_export::Model>| export.id,
        ))
    }
}
