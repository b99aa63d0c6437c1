//! Reads of people; every one starts at [`visible_to`].

use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Query, SelectStatement},
};

use super::entity::{handle, person};
use crate::{
    error::Result,
    ids::PersonId,
    page::Order,
    platform::db::{Reader, Txn, Viewer, all, is_one_of_texts, list::List, one},
    social::entity::{follower, following},
    text,
};

/// Everybody whom `viewer` may see: FROM and WHERE.
pub fn visible_to(_viewer: Viewer) -> SelectStatement {
    Query::select()
        .from(person::Entity)
        .and_where(Expr::col((person::Entity, person::Column::DeletedAt)).is_null())
        .take()
}

/// The person in `column` is visible to `viewer`.
pub fn is_visible(viewer: Viewer, column: impl IntoColumnRef) -> Expr {
    Expr::exists(
        visible_to(viewer)
            .expr(Expr::val(1))
            .and_where(Expr::col((person::Entity, person::Column::Id)).eq(Expr::col(column)))
            .take(),
    )
}

/// Whether there is anybody at all, deleted people included.
pub async fn is_inhabited(connection: &impl ConnectionTrait) -> Result<bool> {
    Ok(person::Entity::find().one(connection).await?.is_some())
}

/// The person who has `typed` as their handle now. A handle given up finds nobody.
pub async fn by_handle(reader: &Reader, typed: &str) -> Result<Option<person::Model>> {
    let Some(key) = text::handle(typed) else {
        return Ok(None);
    };
    let rows = having_handles(reader.backend(), reader.viewer(), &[key]);
    one::<person::Entity>(reader.connection(), rows).await
}

/// The people whom an author mentions by these (folded) handles and may see, in the order of the
/// handles. Other handles are just text.
pub async fn mentioned(txn: &Txn, author: Viewer, handles: &[String]) -> Result<Vec<PersonId>> {
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let rows = having_handles(txn.backend(), author, handles);
    let found = all::<person::Entity>(&**txn, rows).await?;
    let id = |handle: &String| found.iter().find(|p| p.handle == *handle).map(|p| p.id);
    Ok(handles.iter().filter_map(id).collect())
}

/// The people who have one of these (folded) handles now.
pub(super) fn having_handles(
    backend: DbBackend,
    viewer: Viewer,
    keys: &[String],
) -> SelectStatement {
    let owner = Expr::col((handle::Entity, handle::Column::PersonId));
    let key = (handle::Entity, handle::Column::Key);
    visible_to(viewer)
        .inner_join(
            handle::Entity,
            owner.equals((person::Entity, person::Column::Id)),
        )
        .and_where(is_one_of_texts(backend, key, keys))
        .and_where(Expr::col((handle::Entity, handle::Column::ReleasedAt)).is_null())
        .take()
}

const FOLLOWED: Order = Order("user:followed");

/// The people who follow a person, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Followers;

impl List for Followers {
    type Entity = person::Entity;
    type Row = person::Model;

    fn order(&self) -> Order {
        FOLLOWED
    }

    fn key(&self) -> Expr {
        Expr::col((follower::Entity, follower::Column::CreatedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((follower::Entity, follower::Column::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((follower::Entity, follower::Column::PersonId)))
    }

    fn rows(&self, reader: &Reader) -> SelectStatement {
        let who = Expr::col((follower::Entity, follower::Column::FollowerId));
        visible_to(reader.viewer())
            .inner_join(
                follower::Entity,
                who.equals((person::Entity, person::Column::Id)),
            )
            .take()
    }
}

/// The people whom a person follows, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Following;

impl List for Following {
    type Entity = person::Entity;
    type Row = person::Model;

    fn order(&self) -> Order {
        FOLLOWED
    }

    fn key(&self) -> Expr {
        Expr::col((following::Entity, following::Column::CreatedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((following::Entity, following::Column::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((following::Entity, following::Column::PersonId)))
    }

    fn rows(&self, reader: &Reader) -> SelectStatement {
        let who = Expr::col((following::Entity, following::Column::FollowedId));
        visible_to(reader.viewer())
            .inner_join(
                following::Entity,
                who.equals((person::Entity, person::Column::Id)),
            )
            .take()
    }
}
