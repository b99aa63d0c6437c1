//! Keyset pages in SQL, for many parents at once: the only place that knows "limit + 1".
//!
//! A domain describes a list once as a [`List`]; its page, the two opposite-direction flags and
//! its count follow from that. Each is one statement whose text does not depend on how many
//! parents there are. Top-N per parent is done by the database: LATERAL on PostgreSQL, a limited
//! subquery per parent on SQLite.
//!
//! # The scan budget
//! What no index can tell is filtered row by row, so a statement looks at no more rows than
//! [`scan_budget`] says. Where that ends before the page is full, the page is short and says that
//! there is more: it never says that a list ends before it does (R4).

mod beyond;
mod counts;
mod pages;
mod scan;

use std::{collections::HashMap, fmt::Debug, hash::Hash};

use sea_orm::{
    DbBackend, EntityTrait, FromQueryResult,
    sea_query::{Alias, Expr, Query, SelectStatement},
};
use uuid::Uuid;

pub use self::{
    beyond::{Beyond, Side},
    counts::Counts,
    pages::{Pages, Shared},
    scan::{SHOWN, Scan, door},
};
use super::{Reader, keys_table, select_all};
use crate::page::Order;

/// How many rows of a parent are looked at for `rows` rows that the reader may see.
pub const fn scan_budget(rows: u64) -> u64 {
    10 * rows + 200
}

/// A list that can be paged. Its value holds what does not differ between parents.
pub trait List: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// Whose table is listed. Its primary key is made of UUIDs.
    type Entity: EntityTrait;
    /// What a row is read as: the model, or the model with what depends on the reader.
    type Row: FromQueryResult + Send + Sync;

    /// The order that its cursors are bound to.
    fn order(&self) -> Order;

    /// Whether the list begins at the highest key.
    fn is_descending(&self) -> bool {
        true
    }

    /// The sort key: a BIGINT, NOT NULL.
    fn key(&self) -> Expr;

    /// What tells rows of equal keys apart: a UUID, unique within one parent.
    fn id(&self) -> Expr;

    /// The column that names the parent; `None` for a list of its own, whose parent is nil.
    fn parent(&self) -> Option<Expr>;

    /// What is found once for each parent, as columns beside it ([`of_parent`]), for the conditions
    /// of scans and of the door to name.
    fn about_parent(&self, _: &Reader) -> Vec<(&'static str, Expr)> {
        Vec::new()
    }

    /// Where rows are looked for: FROM and WHERE without columns, one statement for each class of
    /// rows that has an index in the list's order. Classes have no row in common. What no index
    /// can tell is left to [`List::sees`].
    fn scans(&self, reader: &Reader) -> Vec<SelectStatement>;

    /// More classes, which are read by an index that holds copies of the list's key and id in
    /// another table.
    fn scans_by_copies(&self, _: &Reader) -> Vec<ByCopies> {
        Vec::new()
    }

    /// All classes, for the rows of one scan: for a list whose classes depend on which these are.
    fn classes(&self, reader: &Reader, _: &Scan) -> Vec<ByCopies> {
        let scans = self.scans(reader).into_iter();
        let plain = scans.map(|rows| ByCopies {
            rows,
            key: self.key(),
            id: self.id(),
        });
        plain.chain(self.scans_by_copies(reader)).collect()
    }

    /// The door of the listed table: which of the scanned rows `reader` may see. It names columns
    /// of [`List::Entity`], and of [`List::about_parent`].
    fn sees(&self, reader: &Reader) -> Expr;

    /// The door as PostgreSQL asks it for one row at a time: [`List::sees`] as [`SHOWN`], with what
    /// else is found on the way and [`List::select`] takes from there, as a column of [`door`].
    fn door(&self, reader: &Reader) -> SelectStatement {
        Query::select()
            .expr_as(self.sees(reader), Alias::new(SHOWN))
            .take()
    }

    /// Adds the columns that [`List::Row`] is read from, out of those of [`List::Entity`].
    fn select(&self, _: &Reader, rows: &mut SelectStatement) {
        select_all::<Self::Entity>(rows);
    }
}

/// A class of rows whose index is another table's.
pub struct ByCopies {
    /// FROM and WHERE, as [`List::scans`] gives them.
    pub rows: SelectStatement,
    /// The copy of [`List::key`].
    pub key: Expr,
    /// The copy of [`List::id`].
    pub id: Expr,
}

/// The parent whose rows are listed, as a column: for conditions of a scan that do not depend on
/// its rows, and so cost nothing where they do not hold.
pub fn parent() -> (Alias, Alias) {
    (keys_alias(), Alias::new("parent"))
}

/// What was found of the parent by the name that [`List::about_parent`] gave it.
pub fn of_parent(name: &'static str) -> Expr {
    Expr::col((keys_alias(), Alias::new(name)))
}

fn keys_alias() -> Alias {
    Alias::new("k")
}

fn parent_of_keys() -> Expr {
    Expr::col(parent())
}

/// The parents, with what is found about each.
fn keys<L: List>(list: &L, reader: &Reader, parents: &[Uuid]) -> SelectStatement {
    let backend = reader.backend();
    let ids = keys_table(backend, parents);
    let found = list.about_parent(reader);
    if found.is_empty() {
        return ids;
    }
    let mut keys = Query::select();
    keys.column(parent()).from_subquery(ids, keys_alias());
    for (name, what) in found {
        keys.expr_as(what, Alias::new(name));
    }
    if backend == DbBackend::Postgres {
        // A fence: otherwise each place that names it would find it anew.
        keys.offset(0);
    }
    keys
}

/// Groups keys by what one statement can answer together.
fn together<K, G: Eq + Hash>(keys: &[K], split: impl Fn(&K) -> (G, Uuid)) -> HashMap<G, Vec<Uuid>> {
    let mut groups: HashMap<G, Vec<Uuid>> = HashMap::new();
    for (group, parent) in keys.iter().map(split) {
        groups.entry(group).or_default().push(parent);
    }
    groups
}
