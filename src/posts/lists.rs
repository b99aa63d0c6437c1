//! The lists that posts stand in, newest first.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::{
    entity::{
        post::{self, Visibility},
        post_edit, post_hashtag,
    },
    queries::{column, level, visible_to},
};
use crate::{
    page::Order,
    platform::db::{Reader, list::List},
    social,
};

/// The order of every list of posts.
pub const CREATED: Order = Order("post:created");

macro_rules! list_of_posts {
    ($(#[$doc:meta])* $name:ident, parent: $parent:expr, rows: $rows:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name;

        impl List for $name {
            type Entity = post::Entity;
            type Row = post::Model;

            fn order(&self) -> Order {
                CREATED
            }

            fn key(&self) -> Expr {
                column(post::Column::CreatedAt)
            }

            fn id(&self) -> Expr {
                column(post::Column::Id)
            }

            fn parent(&self) -> Option<Expr> {
                $parent
            }

            fn rows(&self, reader: &Reader) -> SelectStatement {
                let rows: fn(&Reader) -> SelectStatement = $rows;
                rows(reader)
            }
        }
    };
}

list_of_posts! {
    /// All PUBLIC posts (R12: no other level is listed here).
    Explore,
    parent: None,
    rows: |reader| {
        visible_to(reader.viewer())
            .and_where(column(post::Column::Visibility).eq(level(Visibility::Public)))
            .take()
    }
}

list_of_posts! {
    /// A person's own posts.
    PostsByAuthor,
    parent: Some(column(post::Column::AuthorId)),
    rows: |reader| visible_to(reader.viewer())
}

list_of_posts! {
    /// Posts by the people whom the reader follows and by the reader, MENTIONED ones by others
    /// left out. Read by fan-out over the follows.
    HomeFeed,
    parent: None,
    rows: |reader| {
        let mut rows = visible_to(reader.viewer());
        let Some(viewer) = reader.viewer().id() else { return rows.and_where(Expr::val(false)).take() };
        // One semi-join: as an OR of two conditions no index could serve it.
        let authors = social::sql::followed_by_and(viewer);
        let own = column(post::Column::AuthorId).eq(viewer);
        let for_many = column(post::Column::Visibility).ne(level(Visibility::Mentioned));
        rows.and_where(column(post::Column::AuthorId).in_subquery(authors))
            .and_where(for_many.or(own))
            .take()
    }
}

/// PUBLIC posts under a hashtag (R12).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PostsByHashtag;

impl List for PostsByHashtag {
    type Entity = post::Entity;
    type Row = post::Model;

    fn order(&self) -> Order {
        CREATED
    }

    fn key(&self) -> Expr {
        Expr::col((post_hashtag::Entity, post_hashtag::Column::CreatedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((post_hashtag::Entity, post_hashtag::Column::PostId))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((
            post_hashtag::Entity,
            post_hashtag::Column::HashtagId,
        )))
    }

    fn rows(&self, reader: &Reader) -> SelectStatement {
        let used = Expr::col((post_hashtag::Entity, post_hashtag::Column::PostId));
        visible_to(reader.viewer())
            .inner_join(
                post_hashtag::Entity,
                used.equals((post::Entity, post::Column::Id)),
            )
            .and_where(column(post::Column::Visibility).eq(level(Visibility::Public)))
            .take()
    }
}

/// A post's earlier texts, newest first. Whoever asks has proven that the post is visible.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EditsOfPost;

impl List for EditsOfPost {
    type Entity = post_edit::Entity;
    type Row = post_edit::Model;

    fn order(&self) -> Order {
        Order("postEdit:edited")
    }

    fn key(&self) -> Expr {
        Expr::col((post_edit::Entity, post_edit::Column::EditedAt))
    }

    fn id(&self) -> Expr {
        Expr::col((post_edit::Entity, post_edit::Column::Id))
    }

    fn parent(&self) -> Option<Expr> {
        Some(Expr::col((post_edit::Entity, post_edit::Column::PostId)))
    }

    fn rows(&self, _: &Reader) -> SelectStatement {
        Query::select().from(post_edit::Entity).take()
    }
}
