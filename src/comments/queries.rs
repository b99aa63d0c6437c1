//! Reads of comments; every one starts at [`visible_to`].

use sea_orm::{
    ConnectionTrait, FromQueryResult,
    sea_query::{Expr, ExprTrait, IntoColumnRef, IntoIden, Query, SelectStatement},
};

use super::{
    commands::CommentRef,
    entity::comment,
    standing::{Sighted, is_whole, sees_under_post},
};
use crate::{
    error::Result,
    ids::{CommentId, PersonId, PostId},
    page,
    platform::db::{Reader, Txn, Viewer, list::List},
    posts,
};

pub(super) fn column(column: comment::Column) -> Expr {
    Expr::col((comment::Entity, column))
}

/// The comments that `viewer` may see, tombstones that hold replies included: FROM and WHERE.
pub fn visible_to(viewer: Viewer) -> SelectStatement {
    let post = (comment::Entity, comment::Column::PostId);
    remaining()
        .and_where(posts::queries::is_visible(viewer, post))
        .and_where(sees_under_post(viewer))
        .take()
}

/// `viewer` gets all of the comment in `other`.
pub fn is_shown_whole(viewer: Viewer, other: impl IntoColumnRef) -> Expr {
    let table = comment::Entity.into_iden();
    let home = (comment::Entity, comment::Column::PostId);
    let rows = remaining()
        .expr(Expr::val(1))
        .and_where(column(comment::Column::Id).eq(Expr::col(other)))
        .and_where(is_whole(viewer, &table))
        .and_where(posts::queries::is_visible(viewer, home))
        .take();
    Expr::exists(rows)
}

/// Where a comment stands, and whose it is, whoever asks.
pub async fn place(txn: &Txn, id: CommentId) -> Result<Option<(PostId, PersonId)>> {
    let rows = Query::select()
        .columns([comment::Column::PostId, comment::Column::AuthorId])
        .from(comment::Entity)
        .and_where(column(comment::Column::Id).eq(id))
        .take();
    let row = txn.query_one(&rows).await?;
    let read = |row: sea_orm::QueryResult| {
        Ok((row.try_get("", "post_id")?, row.try_get("", "author_id")?))
    };
    row.map(read).transpose()
}

/// Staff has hidden the comment in `other`, and it is not deleted.
pub fn is_hidden(other: impl IntoColumnRef) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(comment::Entity)
        .and_where(column(comment::Column::Id).eq(Expr::col(other)))
        .and_where(column(comment::Column::DeletedAt).is_null())
        .and_where(column(comment::Column::HiddenAt).is_not_null())
        .take();
    Expr::exists(rows)
}

/// Comments that are not deleted, under posts that are not, whoever may see them: for what staff
/// reads of reports (R24). None for everybody else. FROM and WHERE.
pub(super) fn for_staff(viewer: Viewer) -> SelectStatement {
    let post = (comment::Entity, comment::Column::PostId);
    Query::select()
        .from(comment::Entity)
        .and_where(Expr::val(viewer.is_staff()))
        .and_where(column(comment::Column::DeletedAt).is_null())
        .and_where(posts::queries::is_living(post))
        .take()
}

/// Whether `viewer` sees the comment whole.
pub async fn shows_whole(txn: &Txn, viewer: Viewer, at: CommentRef) -> Result<bool> {
    let mut rows = visible_to(viewer)
        .and_where(column(comment::Column::Id).eq(at.id))
        .and_where(column(comment::Column::PostId).eq(at.post))
        .take();
    Sighted::select(viewer, &mut rows);
    let row = txn.query_one(&rows).await?;
    let seen = row
        .map(|row| Sighted::from_query_result(&row, ""))
        .transpose()?;
    Ok(seen.is_some_and(|seen| seen.standing.is_whole()))
}

/// Comments of which at least a tombstone is left. A literal, so that it matches the partial
/// indexes.
fn remaining() -> SelectStatement {
    Query::select()
        .from(comment::Entity)
        .and_where(Expr::cust("NOT comment.is_gone"))
        .take()
}

/// In which order comments and replies are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, async_graphql::Enum)]
#[graphql(name = "CommentOrder")]
pub enum Order {
    /// As they were written.
    #[default]
    Oldest,
    /// The last one first.
    Newest,
    /// The most reactions first; the newer one first where they are equal.
    Top,
}

impl Order {
    fn page_order(self) -> page::Order {
        match self {
            Self::Oldest | Self::Newest => CREATED,
            Self::Top => page::Order("comment:top"),
        }
    }

    fn is_descending(self) -> bool {
        self != Self::Oldest
    }

    fn key(self) -> Expr {
        match self {
            Self::Oldest | Self::Newest => column(comment::Column::CreatedAt),
            Self::Top => column(comment::Column::Score),
        }
    }
}

/// The order of a new comment's edge.
pub const CREATED: page::Order = page::Order("comment:created");

/// A post's comments of the top level. Whoever asks has proven that the post is visible.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommentsOfPost(pub Order);

impl List for CommentsOfPost {
    type Entity = comment::Entity;
    type Row = Sighted;

    fn order(&self) -> page::Order {
        self.0.page_order()
    }

    fn is_descending(&self) -> bool {
        self.0.is_descending()
    }

    fn key(&self) -> Expr {
        self.0.key()
    }

    fn id(&self) -> Expr {
        column(comment::Column::Id)
    }

    fn parent(&self) -> Option<Expr> {
        Some(column(comment::Column::PostId))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        vec![
            remaining()
                .and_where(column(comment::Column::ParentId).is_null())
                .take(),
        ]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        sees_under_post(reader.viewer())
    }

    fn door(&self, reader: &Reader) -> SelectStatement {
        Sighted::door(reader.viewer())
    }

    fn select(&self, reader: &Reader, rows: &mut SelectStatement) {
        Sighted::select_listed(reader, rows);
    }
}

/// The direct replies to a comment. Whoever asks has proven that it is visible.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepliesOf(pub Order);

impl List for RepliesOf {
    type Entity = comment::Entity;
    type Row = Sighted;

    fn order(&self) -> page::Order {
        self.0.page_order()
    }

    fn is_descending(&self) -> bool {
        self.0.is_descending()
    }

    fn key(&self) -> Expr {
        self.0.key()
    }

    fn id(&self) -> Expr {
        column(comment::Column::Id)
    }

    fn parent(&self) -> Option<Expr> {
        Some(column(comment::Column::ParentId))
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        vec![
            remaining()
                .and_where(column(comment::Column::ParentId).is_not_null())
                .take(),
        ]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        sees_under_post(reader.viewer())
    }

    fn door(&self, reader: &Reader) -> SelectStatement {
        Sighted::door(reader.viewer())
    }

    fn select(&self, reader: &Reader, rows: &mut SelectStatement) {
        Sighted::select_listed(reader, rows);
    }
}
