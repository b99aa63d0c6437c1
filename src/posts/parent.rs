//! Posts as something that media hang on.

use sea_orm::sea_query::{ColumnRef, Expr};

use super::queries;
use crate::{
    media::{Parent, ParentKind},
    platform::db::Viewer,
};

/// See [`Parent`]. A plain repost carries nothing of its own.
pub struct PostParent;

impl Parent for PostParent {
    fn kind(&self) -> ParentKind {
        ParentKind::Post
    }

    fn shows(&self, viewer: Viewer, column: ColumnRef) -> Expr {
        queries::is_visible(viewer, column)
    }
}
