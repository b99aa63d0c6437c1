//! People as something that media hang on: beside their name, and above their profile.

use sea_orm::sea_query::{ColumnRef, Expr, ExprTrait, SelectStatement};

use super::{
    entity::person,
    queries::{named_to, visible_to},
};
use crate::{
    media::{Parent, ParentKind},
    platform::db::Viewer,
};

/// See [`Parent`]. A person whom the viewer blocks keeps it in their reduced form (R23).
pub struct AvatarParent;

/// See [`Parent`].
pub struct BannerParent;

fn is_among(mut people: SelectStatement, column: ColumnRef) -> Expr {
    let id = Expr::col((person::Entity, person::Column::Id));
    let rows = people
        .expr(Expr::val(1))
        .and_where(id.eq(Expr::col(column)))
        .take();
    Expr::exists(rows)
}

impl Parent for AvatarParent {
    fn kind(&self) -> ParentKind {
        ParentKind::Avatar
    }

    fn shows(&self, viewer: Viewer, column: ColumnRef) -> Expr {
        is_among(named_to(viewer), column)
    }
}

impl Parent for BannerParent {
    fn kind(&self) -> ParentKind {
        ParentKind::Banner
    }

    fn shows(&self, viewer: Viewer, column: ColumnRef) -> Expr {
        is_among(visible_to(viewer), column)
    }
}
