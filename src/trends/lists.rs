//! Lists of what was best at a moment, the best first.

use sea_orm::{
    ActiveEnum,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::entity::{Kind, trend_place};
use crate::{
    clock::Timestamp,
    page::{Order, Position},
    people,
    platform::db::{Reader, list::List},
    posts::{
        self,
        entity::{hashtag, post},
    },
};

/// The lowest place of a list.
pub(super) fn lowest(as_of: Timestamp) -> i64 {
    as_of.seconds() * 1_000
}

/// The list in which a position is: its cursor carries the moment.
pub(super) fn list_of(position: Position) -> Timestamp {
    Timestamp(position.key.div_euclid(1_000).saturating_mul(1_000_000))
}

fn place(column: trend_place::Column) -> Expr {
    Expr::col((trend_place::Entity, column))
}

/// The places of one list.
fn places(kind: Kind, as_of: Timestamp) -> SelectStatement {
    let lowest = lowest(as_of);
    Query::select()
        .from(trend_place::Entity)
        .and_where(place(trend_place::Column::Kind).eq(kind.to_value()))
        .and_where(place(trend_place::Column::Place).between(lowest, lowest + 999))
        .take()
}

/// Posts that people took up, as of a moment: PUBLIC ones by accounts that are public now. What
/// staff has hidden and whom the viewer mutes are left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrendingPosts(pub Timestamp);

impl List for TrendingPosts {
    type Entity = post::Entity;
    type Row = post::Model;

    fn order(&self) -> Order {
        Order("post:trending")
    }

    fn key(&self) -> Expr {
        place(trend_place::Column::Place)
    }

    fn id(&self) -> Expr {
        place(trend_place::Column::SubjectId)
    }

    fn parent(&self) -> Option<Expr> {
        None
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        let id = (post::Entity, post::Column::Id);
        let hidden = Expr::col((post::Entity, post::Column::HiddenAt));
        vec![
            places(Kind::Post, self.0)
                .inner_join(post::Entity, self.id().equals(id))
                .and_where(hidden.is_null())
                .take(),
        ]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        let (viewer, author) = (reader.viewer(), (post::Entity, post::Column::AuthorId));
        posts::queries::sees(viewer, post::Entity)
            .and(posts::lists::is_unmuted(viewer))
            .and(people::queries::is_open(author))
    }
}

/// Hashtags in use, as of a moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrendingHashtags(pub Timestamp);

impl List for TrendingHashtags {
    type Entity = hashtag::Entity;
    type Row = hashtag::Model;

    fn order(&self) -> Order {
        Order("hashtag:trending")
    }

    fn key(&self) -> Expr {
        place(trend_place::Column::Place)
    }

    fn id(&self) -> Expr {
        place(trend_place::Column::SubjectId)
    }

    fn parent(&self) -> Option<Expr> {
        None
    }

    fn scans(&self, _: &Reader) -> Vec<SelectStatement> {
        let id = (hashtag::Entity, hashtag::Column::Id);
        vec![
            places(Kind::Hashtag, self.0)
                .inner_join(hashtag::Entity, self.id().equals(id))
                .take(),
        ]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        posts::queries::sees_hashtag(reader.viewer())
    }
}
