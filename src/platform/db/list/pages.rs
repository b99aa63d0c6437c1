//! Pages of many parents in one statement.

use std::{any::type_name, collections::HashMap, marker::PhantomData, sync::Arc};

use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Iterable, PrimaryKeyToColumn,
    QueryResult, Statement,
    sea_query::{
        Alias, Asterisk, Expr, ExprTrait, Func, FunctionCall, JoinType, Query, SelectStatement,
        SubQueryStatement,
    },
};
use uuid::Uuid;

use super::{
    List, Reader, keys, keys_alias, parent, parent_of_keys,
    scan::{ID, KEY, PLACE, SHOWN, Scan},
    together,
};
use crate::{
    error::Result,
    page::{Page, PageArgs, Position},
    platform::db::{
        Batch,
        texts::{self, Given},
    },
};

/// Pages of a list: (list, parent, arguments) to rows in the list's order.
pub struct Pages<L>(PhantomData<L>);

/// A page as loaders share it.
pub type Shared<L> = Arc<Page<Arc<<L as List>::Row>>>;

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
            let scan = Scan::page(&list, args);
            let statement = made(&list, reader, &parents, args);
            let mut found: HashMap<Uuid, Vec<Scanned<Arc<L::Row>>>> = HashMap::new();
            for row in reader.connection().query_all_raw(statement).await? {
                let model = Arc::new(L::Row::from_query_result(&row, "")?);
                let scanned = Scanned::read(&row, model, scan.budget)?;
                found
                    .entry(row.try_get("", "parent")?)
                    .or_default()
                    .push(scanned);
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

/// The statement, by a text that is composed once for each list and size of page.
fn made<L: List>(list: &L, reader: &Reader, parents: &[Uuid], args: PageArgs) -> Statement {
    let given = Given {
        ids: parents,
        after: args.after,
        before: args.before,
    };
    let PageArgs { size, from_end, .. } = args;
    let what = format!("{} {list:?} {size} {from_end}", type_name::<L>());
    texts::statement(reader, what, given, |reader, given| {
        let args = PageArgs {
            after: given.after,
            before: given.before,
            ..args
        };
        statement(list, reader, given.ids, args)
    })
}

/// The page's rows of the parent that `k` names, and one more.
fn rows_of_parent<L: List>(list: &L, reader: &Reader, args: PageArgs) -> SelectStatement {
    Scan::page(list, args)
        .seen(list, reader)
        .limit(u64::from(args.size) + 1)
        .take()
}

fn statement<L: List>(
    list: &L,
    reader: &Reader,
    parents: &[Uuid],
    args: PageArgs,
) -> SelectStatement {
    let mut rows = rows_of_parent(list, reader, args);
    if reader.backend() != DbBackend::Postgres {
        return sqlite_statement(list, reader, parents, rows);
    }
    list.select(reader, &mut rows);
    let page = Alias::new("page");
    for column in [KEY, ID, PLACE] {
        rows.column((L::Entity::default(), Alias::new(column)));
    }
    Query::select()
        .column(parent())
        .column((page.clone(), Asterisk))
        .from_subquery(keys(list, reader, parents), keys_alias())
        .join_lateral(JoinType::InnerJoin, rows, page, Expr::cust("TRUE"))
        .take()
}

/// SQLite has no LATERAL, but a table made of JSON may depend on the tables before it: the page
/// of each parent travels as keys, by which its rows are then fetched.
fn sqlite_statement<L: List>(
    list: &L,
    reader: &Reader,
    parents: &[Uuid],
    mut rows: SelectStatement,
) -> SelectStatement {
    let (page, listed) = (Alias::new("page"), Alias::new("listed"));
    let mut members = Vec::new();
    for column in [KEY, ID, PLACE] {
        rows.column((L::Entity::default(), Alias::new(column)));
        members.push((Alias::new(column), column != ID));
    }
    members.push((Alias::new(SHOWN), true));
    let mut same_row = Expr::val(true);
    for (n, key) in <L::Entity as EntityTrait>::PrimaryKey::iter().enumerate() {
        let column = key.into_column();
        let alias = Alias::new(format!("row_id_{n}"));
        rows.expr_as(Expr::col((L::Entity::default(), column)), alias.clone());
        let id = Func::cust("unhex").arg(member(&page, members.len()));
        same_row = same_row.and(Expr::col((L::Entity::default(), column)).eq(id));
        members.push((alias, false));
    }
    let members = members.into_iter().map(|(column, is_number)| {
        let column = Expr::col((listed.clone(), column));
        match is_number {
            true => column,
            false => Func::cust("hex").arg(column).into(),
        }
    });
    let array = Func::cust("json_group_array").arg(Func::cust("json_array").args(members));
    let array = Query::select()
        .expr(array)
        .from_subquery(rows, listed.clone())
        .take();
    let array = Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(array)));
    let mut statement = Query::select();
    list.select(reader, &mut statement);
    statement
        .expr_as(parent_of_keys(), Alias::new("parent"))
        .expr_as(member(&page, 0), Alias::new(KEY))
        .expr_as(Func::cust("unhex").arg(member(&page, 1)), Alias::new(ID))
        .expr_as(member(&page, 2), Alias::new(PLACE))
        .expr_as(member(&page, 3), Alias::new(SHOWN))
        .from_subquery(keys(list, reader, parents), keys_alias())
        .from_function(Func::cust("json_each").arg(array), page)
        .inner_join(L::Entity::default(), same_row)
        .take()
}

/// The `n`th value of a row of the JSON table.
fn member(page: &Alias, n: usize) -> FunctionCall {
    Func::cust("json_extract")
        .arg(Expr::col((page.clone(), Alias::new("value"))))
        .arg(format!("$[{n}]"))
}

/// A row that a scan gave back.
struct Scanned<T> {
    at: Position,
    /// Not so for the row at which the budget ended, unless the reader sees it.
    is_shown: bool,
    /// The budget ended here.
    is_last: bool,
    row: T,
}

impl<T> Scanned<T> {
    fn read(from: &QueryResult, row: T, budget: u64) -> Result<Self> {
        let place: i64 = from.try_get("", PLACE)?;
        Ok(Self {
            at: Position {
                key: from.try_get("", KEY)?,
                id: from.try_get("", ID)?,
            },
            is_shown: from.try_get("", SHOWN)?,
            is_last: u64::try_from(place) == Ok(budget),
            row,
        })
    }
}

/// Puts the rows of one parent into the list's order, takes the extra one off, and tells whether
/// there may be more.
fn finish<L: List, T>(list: &L, args: PageArgs, mut rows: Vec<Scanned<T>>) -> Page<T> {
    rows.sort_by_key(|row| row.at);
    if list.is_descending() != args.from_end {
        rows.reverse();
    }
    let size = usize::from(args.size);
    let is_cut = rows.iter().any(|row| row.is_last);
    let hidden_end = rows.iter().find(|row| !row.is_shown).map(|row| row.at);
    rows.retain(|row| row.is_shown);
    let overflow = is_cut || rows.len() > size;
    rows.truncate(size);
    if args.from_end {
        rows.reverse();
    }
    let rows = rows.into_iter().map(|row| (row.at, row.row)).collect();
    Page {
        rows,
        overflow,
        hidden_end,
    }
}
