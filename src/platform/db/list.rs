//! Keyset pages in SQL, for many parents at once: the only place that knows "limit + 1".
//!
//! A domain describes a list once as a [`List`]; its page, the two opposite-direction flags and
//! its count follow from that. Each is one statement whose text does not depend on how many
//! parents there are. Top-N per parent is done by the database: LATERAL on PostgreSQL, a limited
//! subquery per parent on SQLite.

use std::{collections::HashMap, fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryResult,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, JoinType, Order as By, Query, SelectStatement},
};
use uuid::Uuid;

use super::{Batch, Reader, keys_table, select_all};
use crate::{
    error::Result,
    page::{MAX_COUNT, Order, Page, PageArgs, Position},
};

/// A list that can be paged. Its value holds what does not differ between parents.
pub trait List: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// Whose table is listed.
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

    /// Where rows are looked for: FROM and WHERE without columns, one statement for each class of
    /// rows that has an index in the list's order. Classes have no row in common. What no index
    /// can tell is left to [`List::sees`].
    fn scans(&self, reader: &Reader) -> Vec<SelectStatement>;

    /// The door of the listed table: which of the scanned rows `reader` may see.
    fn sees(&self, reader: &Reader) -> Expr;

    /// Adds the columns that [`List::Row`] is read from.
    fn select(&self, _: &Reader, rows: &mut SelectStatement) {
        select_all::<Self::Entity>(rows);
    }
}

fn keys_alias() -> Alias {
    Alias::new("k")
}

/// The parent whose rows are listed, as a column: for conditions of a scan that do not depend on
/// its rows, and so cost nothing where they do not hold.
pub fn parent() -> (Alias, Alias) {
    (keys_alias(), Alias::new("parent"))
}

fn parent_of_keys() -> Expr {
    Expr::col(parent())
}

fn keys(reader: &Reader, parents: &[Uuid]) -> SelectStatement {
    keys_table(reader.backend(), parents)
}

/// The list's rows of the parent that `k` names.
fn rows_of_parent<L: List>(list: &L, reader: &Reader) -> SelectStatement {
    let mut rows = list.scans(reader).remove(0);
    rows.and_where(list.sees(reader));
    if let Some(parent) = list.parent() {
        rows.and_where(parent.eq(parent_of_keys()));
    }
    rows
}

fn sort_key<L: List>(list: &L) -> Expr {
    Expr::tuple([list.key(), list.id()])
}

fn value(position: Position) -> Expr {
    Expr::tuple([Expr::val(position.key), Expr::val(position.id)])
}

/// Limits `rows` to what lies between the two cursors and cuts it, in the reading direction.
fn cut<L: List>(list: &L, rows: &mut SelectStatement, args: PageArgs) {
    let (mut above, mut below) = (args.after, args.before);
    if list.is_descending() {
        std::mem::swap(&mut above, &mut below);
    }
    rows.and_where_option(above.map(|position| sort_key(list).gt(value(position))))
        .and_where_option(below.map(|position| sort_key(list).lt(value(position))));
    let by = if list.is_descending() == args.from_end {
        By::Asc
    } else {
        By::Desc
    };
    rows.order_by_expr(list.key(), by.clone())
        .order_by_expr(list.id(), by);
    rows.limit(u64::from(args.size) + 1);
}

fn select_row<L: List>(list: &L, reader: &Reader, rows: &mut SelectStatement) {
    list.select(reader, rows);
    rows.expr_as(list.key(), Alias::new("sort_key"))
        .expr_as(list.id(), Alias::new("sort_id"));
}

fn page_statement<L: List>(
    list: &L,
    reader: &Reader,
    parents: &[Uuid],
    args: PageArgs,
) -> SelectStatement {
    let mut rows = rows_of_parent(list, reader);
    let parent = Alias::new("parent");
    if reader.backend() == DbBackend::Postgres {
        select_row(list, reader, &mut rows);
        cut(list, &mut rows, args);
        return Query::select()
            .column((keys_alias(), parent))
            .column((Alias::new("page"), Asterisk))
            .from_subquery(keys(reader, parents), keys_alias())
            .join_lateral(
                JoinType::InnerJoin,
                rows,
                Alias::new("page"),
                Expr::cust("TRUE"),
            )
            .take();
    }
    let mut ids = rows.clone();
    ids.expr(list.id());
    cut(list, &mut ids, args);
    select_row(list, reader, &mut rows);
    rows.expr_as(parent_of_keys(), parent)
        .from_subquery(keys(reader, parents), keys_alias())
        .and_where(list.id().in_subquery(ids))
        .take()
}

fn position(row: &QueryResult) -> Result<Position> {
    Ok(Position {
        key: row.try_get("", "sort_key")?,
        id: row.try_get("", "sort_id")?,
    })
}

/// Groups keys by what one statement can answer together.
fn together<K, G: Eq + Hash>(keys: &[K], split: impl Fn(&K) -> (G, Uuid)) -> HashMap<G, Vec<Uuid>> {
    let mut groups: HashMap<G, Vec<Uuid>> = HashMap::new();
    for (group, parent) in keys.iter().map(split) {
        groups.entry(group).or_default().push(parent);
    }
    groups
}

/// Pages of a list: (list, parent, arguments) to rows in the list's order.
pub struct Pages<L>(PhantomData<L>);

/// A page as loaders share it.
pub type Shared<L> = Arc<Page<Arc<<L as List>::Row>>>;

/// A row with its place in the order.
type Placed<L> = (Position, Arc<<L as List>::Row>);

impl<L: List> Batch for Pages<L> {
    type Key = (L, Uuid, PageArgs);
    type Value = Shared<L>;

    async fn load(
        reader: &Reader,
        wanted: &[Self::Key],
    ) -> Result<HashMap<Self::Key, Self::Value>> {
        let mut pages = HashMap::with_capacity(wanted.len());
        let groups = together(wanted, |(list, parent, args)| {
            ((list.clone(), *args), *parent)
        });
        for ((list, args), parents) in groups {
            let statement = page_statement(&list, reader, &parents, args);
            let mut found: HashMap<Uuid, Vec<Placed<L>>> = HashMap::new();
            for row in reader.connection().query_all(&statement).await? {
                let model = L::Row::from_query_result(&row, "")?;
                let parent = row.try_get("", "parent")?;
                found
                    .entry(parent)
                    .or_default()
                    .push((position(&row)?, Arc::new(model)));
            }
            for parent in parents {
                let rows = found.remove(&parent).unwrap_or_default();
                let page = Arc::new(finish(&list, args, rows));
                pages.insert((list.clone(), parent, args), page);
            }
        }
        Ok(pages)
    }
}

/// Puts the rows of one parent into the list's order and takes the extra one off.
fn finish<L: List, T>(list: &L, args: PageArgs, mut rows: Vec<(Position, T)>) -> Page<T> {
    rows.sort_by_key(|(position, _)| *position);
    if list.is_descending() {
        rows.reverse();
    }
    let size = usize::from(args.size);
    let overflow = rows.len() > size;
    if overflow && args.from_end {
        rows.drain(..rows.len() - size);
    }
    rows.truncate(size);
    Page { rows, overflow }
}

/// Whether a list has rows at or beyond a position, away from the page.
pub struct Beyond<L>(PhantomData<L>);

/// Which side of a cursor is asked about; the cursor's own row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The list's beginning.
    Before(Position),
    /// The list's end.
    After(Position),
}

impl<L: List> Batch for Beyond<L> {
    type Key = (L, Uuid, Side);
    type Value = bool;

    async fn load(reader: &Reader, wanted: &[Self::Key]) -> Result<HashMap<Self::Key, bool>> {
        let mut flags = HashMap::with_capacity(wanted.len());
        for ((list, side), parents) in together(wanted, |(l, p, side)| ((l.clone(), *side), *p)) {
            let mut rows = rows_of_parent(&list, reader);
            let bound = match (side, list.is_descending()) {
                (Side::Before(at), false) | (Side::After(at), true) => {
                    sort_key(&list).lte(value(at))
                }
                (Side::Before(at), true) | (Side::After(at), false) => {
                    sort_key(&list).gte(value(at))
                }
            };
            rows.expr(Expr::val(1)).and_where(bound);
            let statement = Query::select()
                .column((keys_alias(), Alias::new("parent")))
                .from_subquery(keys(reader, &parents), keys_alias())
                .and_where(Expr::exists(rows))
                .take();
            flags.extend(
                parents
                    .iter()
                    .map(|parent| ((list.clone(), *parent, side), false)),
            );
            for row in reader.connection().query_all(&statement).await? {
                flags.insert((list.clone(), row.try_get("", "parent")?, side), true);
            }
        }
        Ok(flags)
    }
}

/// How many rows a list has for this reader: exact to [`MAX_COUNT`], one more above.
pub struct Counts<L>(PhantomData<L>);

impl<L: List> Batch for Counts<L> {
    type Key = (L, Uuid);
    type Value = u64;

    async fn load(reader: &Reader, wanted: &[Self::Key]) -> Result<HashMap<Self::Key, u64>> {
        let mut counts = HashMap::with_capacity(wanted.len());
        for (list, parents) in together(wanted, |(list, parent)| (list.clone(), *parent)) {
            let mut rows = rows_of_parent(&list, reader);
            rows.expr(Expr::val(1)).limit(MAX_COUNT + 1);
            let count = Query::select()
                .expr(Expr::cust("COUNT(*)"))
                .from_subquery(rows, Alias::new("rows"))
                .take();
            let statement = Query::select()
                .column((keys_alias(), Alias::new("parent")))
                .expr_as(count, Alias::new("count"))
                .from_subquery(keys(reader, &parents), keys_alias())
                .take();
            for row in reader.connection().query_all(&statement).await? {
                let count: i64 = row.try_get("", "count")?;
                let count = u64::try_from(count).unwrap_or(0);
                counts.insert((list.clone(), row.try_get("", "parent")?), count);
            }
        }
        Ok(counts)
    }
}
