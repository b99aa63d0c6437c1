//! The lists that people stand in, the latest first.

use sea_orm::{
    EntityTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use super::{
    entity::person,
    loaders::Named,
    queries::{is_living, is_open, sees},
};
use crate::{
    page::Order,
    platform::db::{
        Reader, Viewer,
        list::{List, parent},
    },
    social::{
        self,
        entity::{blocking, follow_request, follower, following, mute},
    },
};

/// The person whose follows are listed shows them to `viewer`: everybody's of public accounts, to
/// accepted followers those of private ones (R11).
fn shows_follows(viewer: Viewer) -> Expr {
    let open = is_open(parent());
    match viewer.id() {
        None => open,
        Some(me) => Expr::col(parent())
            .eq(me)
            .or(open)
            .or(social::sql::follows(me, parent())),
    }
}

/// The list is the viewer's own: nobody else's is ever read (R7).
fn is_own(viewer: Viewer) -> Expr {
    match viewer.id() {
        None => Expr::val(false),
        Some(me) => Expr::col(parent()).eq(me),
    }
}

/// The rows of a relation with the person at its other end.
fn with_person<E: EntityTrait>(relation: E, other: E::Column) -> SelectStatement {
    let other = Expr::col((relation, other));
    Query::select()
        .from(relation)
        .inner_join(
            person::Entity,
            other.equals((person::Entity, person::Column::Id)),
        )
        .take()
}

macro_rules! list_of_people {
    (
        $(#[$doc:meta])*
        $name:ident of $table:ident, other: $other:ident, order: $order:literal,
        row: $row:ty, scan: $scan:expr, sees: $sees:expr $(, select: $select:expr)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name;

        impl List for $name {
            type Entity = person::Entity;
            type Row = $row;

            fn order(&self) -> Order {
                Order($order)
            }

            fn key(&self) -> Expr {
                Expr::col(($table::Entity, $table::Column::CreatedAt))
            }

            fn id(&self) -> Expr {
                Expr::col(($table::Entity, $table::Column::Id))
            }

            fn parent(&self) -> Option<Expr> {
                Some(Expr::col(($table::Entity, $table::Column::PersonId)))
            }

            fn scans(&self, reader: &Reader) -> Vec<SelectStatement> {
                let narrow: fn(Viewer) -> Expr = $scan;
                let rows = with_person($table::Entity, $table::Column::$other)
                    .and_where(narrow(reader.viewer()))
                    .take();
                vec![rows]
            }

            fn sees(&self, reader: &Reader) -> Expr {
                let sees: fn(Viewer) -> Expr = $sees;
                sees(reader.viewer())
            }
            $(
                fn select(&self, reader: &Reader, rows: &mut SelectStatement) {
                    let select: fn(Viewer, &mut SelectStatement) = $select;
                    select(reader.viewer(), rows);
                }
            )?
        }
    };
}

list_of_people! {
    /// The people who follow a person.
    Followers of follower, other: FollowerId, order: "user:followed",
    row: person::Model, scan: shows_follows, sees: sees
}

list_of_people! {
    /// The people whom a person follows.
    Following of following, other: FollowedId, order: "user:followed",
    row: person::Model, scan: shows_follows, sees: sees
}

list_of_people! {
    /// The people who ask to follow the viewer.
    FollowRequests of follow_request, other: RequesterId, order: "user:requested",
    row: person::Model, scan: is_own, sees: sees
}

list_of_people! {
    /// The people whom the viewer blocks, in reduced form (R23): the only list that they stand in.
    BlockedUsers of blocking, other: BlockedId, order: "user:blocked",
    row: Named, scan: is_own, sees: |_| is_living(), select: Named::select
}

list_of_people! {
    /// The people whom the viewer mutes now (R25), without those beyond a block.
    MutedUsers of mute, other: MutedId, order: "user:muted",
    row: person::Model,
    scan: |viewer| is_own(viewer).and(social::sql::is_unexpired(viewer.now())),
    sees: sees
}
