//! The home feed as a list.
//!
//! Its rows are of classes that have no post in common:
//! 1. entries above the reader's floor;
//! 2. above the floor and not among the entries: posts not fanned out yet, and those of followed
//!    people whose posts are pulled;
//! 3. up to the floor: every post of the followed, found from the newest or person by person;
//! 4. the reader's own posts.

use sea_orm::{
    DbBackend,
    sea_query::{
        Alias, Expr, ExprTrait, IntoColumnRef, JoinType, Order as By, Query, SelectStatement,
        SubQueryStatement,
    },
};

use super::{
    entity::{feed_entry, feed_reader},
    sql::NOTHING,
};
use crate::{
    ids::PersonId,
    page::Order,
    platform::db::{
        Reader,
        list::{ByCopies, List, Scan},
    },
    posts::{
        entity::post,
        lists::{CREATED, is_unmuted},
        queries::{is_for_many, is_on_its_way, sees},
    },
    social::{self, entity::following},
};

/// Of so many followed people at most, old posts are found person by person: of more, one finds
/// them sooner among everybody's, from the newest.
const FEW: u64 = 256;

/// Posts and reposts by the people whom the reader follows and by the reader, MENTIONED ones by
/// others and whom the reader mutes left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HomeFeed;

impl List for HomeFeed {
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
        None
    }

    /// The same rows, without regard to what lies ready.
    fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
        let Some(me) = reader.viewer().id() else {
            return vec![posts(Expr::val(false))];
        };
        let is_own = column(post::Column::AuthorId).eq(me);
        let is_followed = social::sql::follows(me, author());
        let is_living = column(post::Column::DeletedAt).is_null();
        let is_in = is_own.or(is_for_many().and(is_followed));
        vec![posts(is_living.and(is_in))]
    }

    fn classes(&self, reader: &Reader, scan: &Scan) -> Vec<ByCopies> {
        let Some(me) = reader.viewer().id() else {
            return vec![plain(posts(Expr::val(false)))];
        };
        let created = || column(post::Column::CreatedAt);
        let above = |posts: Expr| {
            let is_above = created().gt(floor(me));
            posts.and(is_above).and(is_entered(me).not())
        };
        let below = || is_for_many().and(created().lte(floor(me)));
        let is_followed = || probe(social::sql::follow(me, author()));
        let on_the_way = above(is_on_its_way()).and(is_followed());
        let fanned_out = is_for_many().and(column(post::Column::IsFannedOut));
        let is_pulled = Expr::col((following::Entity, following::Column::IsPulled));
        let pulled = (is_pulled.and(is_ready(me)), above(fanned_out));
        let few = follows_many(me).not().and(reaches_below(me, scan));
        let many = follows_many(me).and(reaches_below(me, scan));
        vec![
            entered(me),
            plain(posts(on_the_way)),
            by_person(reader.backend(), me, pulled, scan),
            by_person(reader.backend(), me, (few, below()), scan),
            plain(posts(many.and(below()).and(is_followed()))),
            plain(own(me)),
        ]
    }

    fn sees(&self, reader: &Reader) -> Expr {
        let viewer = reader.viewer();
        let Some(me) = viewer.id() else {
            return Expr::val(false);
        };
        let own = column(post::Column::AuthorId).eq(me);
        own.or(social::sql::follows(me, author()))
            .and(sees(viewer, post::Entity))
            .and(is_unmuted(viewer))
    }
}

fn column(column: post::Column) -> Expr {
    Expr::col((post::Entity, column))
}

fn author() -> (post::Entity, post::Column) {
    (post::Entity, post::Column::AuthorId)
}

fn posts(condition: Expr) -> SelectStatement {
    Query::select()
        .from(post::Entity)
        .and_where(condition)
        .take()
}

fn own(me: PersonId) -> SelectStatement {
    let is_own = column(post::Column::AuthorId).eq(me);
    posts(column(post::Column::DeletedAt).is_null().and(is_own))
}

fn plain(rows: SelectStatement) -> ByCopies {
    ByCopies {
        rows,
        key: HomeFeed.key(),
        id: HomeFeed.id(),
    }
}

/// The posts of the entries of `me` above the floor.
fn entered(me: PersonId) -> ByCopies {
    let entry = |column| Expr::col((feed_entry::Entity, column));
    let id = (post::Entity, post::Column::Id);
    ByCopies {
        rows: entries(me)
            .inner_join(post::Entity, entry(feed_entry::Column::PostId).equals(id))
            .take(),
        key: entry(feed_entry::Column::CreatedAt),
        id: entry(feed_entry::Column::PostId),
    }
}

/// The floor of `me`, a value that does not depend on the row.
fn floor(me: PersonId) -> Expr {
    let floor = Query::select()
        .column(feed_reader::Column::FloorAt)
        .from(feed_reader::Entity)
        .and_where(Expr::col(feed_reader::Column::PersonId).eq(me))
        .take();
    let floor = Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(floor)));
    Expr::cust_with_exprs(format!("COALESCE($1, {NOTHING})"), [floor])
}

/// Something lies ready for `me`.
fn is_ready(me: PersonId) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(feed_reader::Entity)
        .and_where(Expr::col(feed_reader::Column::PersonId).eq(me))
        .take();
    Expr::exists(rows)
}

/// The entries of `me` above the floor.
fn entries(me: PersonId) -> SelectStatement {
    let entry = |column| Expr::col((feed_entry::Entity, column));
    Query::select()
        .from(feed_entry::Entity)
        .and_where(entry(feed_entry::Column::ReaderId).eq(me))
        .and_where(entry(feed_entry::Column::CreatedAt).gt(floor(me)))
        .take()
}

/// The post is among the entries of `me`.
fn is_entered(me: PersonId) -> Expr {
    let entry = |column| Expr::col((feed_entry::Entity, column));
    let created = (post::Entity, post::Column::CreatedAt).into_column_ref();
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(feed_entry::Entity)
        .and_where(entry(feed_entry::Column::ReaderId).eq(me))
        .and_where(entry(feed_entry::Column::CreatedAt).eq(Expr::col(created)))
        .and_where(entry(feed_entry::Column::PostId).eq(column(post::Column::Id)))
        .take();
    probe(rows)
}

/// There is one of `rows`, asked for one row at a time: a fence for PostgreSQL's planner, which
/// would otherwise join, and read all of both sides before the first row.
fn probe(mut rows: SelectStatement) -> Expr {
    Expr::exists(rows.limit(1).offset(0).take())
}

/// `me` follows more than a [`FEW`].
fn follows_many(me: PersonId) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(following::Entity)
        .and_where(Expr::col((following::Entity, following::Column::PersonId)).eq(me))
        .limit(1)
        .offset(FEW)
        .take();
    Expr::exists(rows)
}

/// What stands up to the floor can be among the rows that are asked for: not where the entries
/// before it are so many that no further row is looked at.
fn reaches_below(me: PersonId, scan: &Scan) -> Expr {
    if !scan.is_descending() {
        return Expr::val(true);
    }
    let place = || {
        let entry = |column| Expr::col((feed_entry::Entity, column));
        [
            entry(feed_entry::Column::CreatedAt),
            entry(feed_entry::Column::PostId),
        ]
    };
    let mut rows = entries(me);
    if let Some(below) = scan.below() {
        let below = Expr::tuple([Expr::val(below.key), Expr::val(below.id)]);
        rows.and_where(Expr::tuple(place()).lt(below));
    }
    let [created, id] = place();
    rows.expr(Expr::val(1))
        .order_by_expr(created, By::Desc)
        .order_by_expr(id, By::Desc)
        .limit(1)
        .offset(scan.budget().saturating_sub(1));
    Expr::exists(rows).not()
}

/// Posts that fit a condition by the people whom `me` follows, as far as the follow fits another
/// one, found person by person. Where the database can be told so, places are found first, no more
/// of one person than are looked at of all, and then the posts that are wanted.
fn by_person(
    backend: DbBackend,
    me: PersonId,
    (follow, condition): (Expr, Expr),
    scan: &Scan,
) -> ByCopies {
    let of = |column| Expr::col((following::Entity, column));
    let is_by = column(post::Column::AuthorId).eq(of(following::Column::FollowedId));
    let mut follows = Query::select()
        .from(following::Entity)
        .and_where(of(following::Column::PersonId).eq(me))
        .and_where(follow)
        .take();
    if backend != DbBackend::Postgres {
        // A plain join might begin with the posts; this one is read in the order of its tables.
        let fits = is_by.and(condition);
        return plain(follows.cross_join(post::Entity).and_where(fits).take());
    }
    let (found, place) = (
        Alias::new("found"),
        [post::Column::CreatedAt, post::Column::Id],
    );
    let mut places = posts(is_by.and(condition));
    places.columns(place.map(|column| (post::Entity, column)));
    scan.narrow(&mut places, HomeFeed.key(), HomeFeed.id());
    follows
        .columns(place.map(|column| (post::Entity, column)))
        .join_lateral(
            JoinType::InnerJoin,
            places,
            post::Entity,
            Expr::cust("TRUE"),
        );
    scan.narrow(&mut follows, HomeFeed.key(), HomeFeed.id());
    let [key, id] = place.map(|column| Expr::col((found.clone(), column)));
    ByCopies {
        rows: Query::select()
            .from_subquery(follows, found)
            .inner_join(post::Entity, HomeFeed.id().eq(id.clone()))
            .take(),
        key,
        id,
    }
}
