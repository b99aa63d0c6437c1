//! Messages as something that media hang on.

use sea_orm::sea_query::{ColumnRef, Expr, ExprTrait};

use super::{entity::message, queries::visible_messages, sight::is_whole};
use crate::{
    media::{Parent, ParentKind},
    platform::db::Viewer,
};

/// See [`Parent`]. A tombstone shows nothing.
pub struct MessageParent;

impl Parent for MessageParent {
    fn kind(&self) -> ParentKind {
        ParentKind::Message
    }

    fn shows(&self, viewer: Viewer, column: ColumnRef) -> Expr {
        let id = Expr::col((message::Entity, message::Column::Id));
        let rows = visible_messages(viewer)
            .expr(Expr::val(1))
            .and_where(id.eq(Expr::col(column)))
            .and_where(is_whole(viewer))
            .take();
        Expr::exists(rows)
    }
}
