//! Posts and drafts as something that media hang on.

use sea_orm::sea_query::{ColumnRef, Expr, ExprTrait};

use super::{
    drafts::{column, own_drafts},
    entity::draft,
    queries,
};
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

/// See [`Parent`]. What is published moves to the post.
pub struct DraftParent;

impl Parent for DraftParent {
    fn kind(&self) -> ParentKind {
        ParentKind::Draft
    }

    fn shows(&self, viewer: Viewer, parent: ColumnRef) -> Expr {
        let rows = own_drafts(viewer)
            .expr(Expr::val(1))
            .and_where(column(draft::Column::Id).eq(Expr::col(parent)))
            .take();
        Expr::exists(rows)
    }
}
