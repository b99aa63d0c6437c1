//! Drafts: what may become posts. They are their author's alone (R7).

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, ExprTrait, Order as By, Query, SelectStatement},
};
use uuid::Uuid;

use super::entity::draft;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    ids::{DraftId, PersonId},
    page::Order,
    platform::db::{Batch, Reader, Viewer, all, by_key, is_one_of, list::List},
};

/// The order of drafts by their last change.
pub const UPDATED: Order = Order("draft:updated");

pub(super) fn column(column: draft::Column) -> Expr {
    Expr::col((draft::Entity, column))
}

fn is_own(viewer: Viewer) -> Expr {
    match viewer.id() {
        None => Expr::val(false),
        Some(me) => column(draft::Column::AuthorId).eq(me),
    }
}

/// The drafts that `viewer` wrote and that are there still: FROM and WHERE.
pub fn own_drafts(viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(draft::Entity)
        .and_where(is_own(viewer))
        .and_where(column(draft::Column::DeletedAt).is_null())
        .take()
}

/// How many drafts a person keeps.
pub(super) async fn kept(connection: &impl ConnectionTrait, person: PersonId) -> Result<i64> {
    let rows = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), "kept")
        .from(draft::Entity)
        .and_where(column(draft::Column::AuthorId).eq(person))
        .and_where(column(draft::Column::DeletedAt).is_null())
        .take();
    let row = connection.query_one(&rows).await?;
    let row = row.ok_or_else(|| Error::internal("a count without a row"))?;
    Ok(row.try_get("", "kept")?)
}

/// Drafts whose time has come by `now`, whoever wrote them, the longest due first.
pub(super) async fn due(
    connection: &impl ConnectionTrait,
    now: Timestamp,
    most: u64,
) -> Result<Vec<draft::Model>> {
    let rows = Query::select()
        .from(draft::Entity)
        .and_where(column(draft::Column::PublishAt).lte(now))
        .order_by((draft::Entity, draft::Column::PublishAt), By::Asc)
        .order_by((draft::Entity, draft::Column::Id), By::Asc)
        .limit(most)
        .take();
    all::<draft::Entity>(connection, rows).await
}

/// Drafts by id.
pub struct DraftsById;

impl Batch for DraftsById {
    type Key = DraftId;
    type Value = Arc<draft::Model>;

    async fn load(reader: &Reader, keys: &[DraftId]) -> Result<HashMap<DraftId, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let id = (draft::Entity, draft::Column::Id);
        let rows = own_drafts(reader.viewer())
            .and_where(is_one_of(reader.backend(), id, &ids))
            .take();
        let drafts = all::<draft::Entity>(reader.connection(), rows).await?;
        Ok(by_key(
            drafts.into_iter().map(Arc::new).collect(),
            |draft| draft.id,
        ))
    }
}

/// The reader's drafts, the latest changed first. Only they list them (R7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Drafts;

impl List for Drafts {
    type Entity = draft::Entity;
    type Row = draft::Model;

    fn order(&self) -> Order {
        UPDATED
    }

    fn key(&self) -> Expr {
        column(draft::Column::UpdatedAt)
    }

    fn id(&self) -> Expr {
        column(draft::Column::Id)
    }

    fn parent(&self) -> Option<Expr> {
        Some(column(draft::Column::AuthorId))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        let living = column(draft::Column::DeletedAt).is_null();
        vec![Query::select().from(draft::Entity).and_where(living).take()]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        is_own(reader.viewer())
    }
}
