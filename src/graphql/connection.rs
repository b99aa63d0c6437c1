//! Connections: the one shape of every list that can grow.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, Object, OutputType, ServerResult, TypeName};
use futures_util::future::{BoxFuture, FutureExt};
use uuid::Uuid;

use super::{
    context::Ask,
    errors::{Nullable, nullable},
    level::{Answers, Column, Level, Many, Selected, plain},
    loaders::Loaders,
};
use crate::{
    error::Result,
    page::{Order, PageArgs, Position, RawPageArgs},
    platform::db::list::{Beyond, Counts, List, Pages, Shared, Side},
};

/// A list in the schema: which GraphQL type its rows are.
pub trait Listed: List {
    /// The type of a row.
    type Node: Level + From<Arc<Self::Row>>;
}

/// Asks for the page of `list` below `parent` (nil for a list of its own).
///
/// # Errors
/// BAD_USER_INPUT, BAD_CURSOR; what the load fails with.
pub async fn connection<L: Listed>(
    ctx: &Context<'_>,
    list: L,
    parent: Uuid,
    args: RawPageArgs,
) -> Result<Option<Connection<L::Node>>> {
    let args = args.check(list.order(), &ctx.platform()?.seal)?;
    let key = (list.clone(), parent, args);
    let page = ctx.loaders()?.one::<Pages<L>>(key).await?;
    page.map(|page| connect(ctx, (list, parent, args), &page))
        .transpose()
}

/// The same for the types whose connections have a `totalCount`.
pub async fn counted_connection<L: Listed>(
    ctx: &Context<'_>,
    list: L,
    parent: Uuid,
    args: RawPageArgs,
) -> Result<Option<CountedConnection<L::Node>>> {
    Ok(connection(ctx, list, parent, args)
        .await?
        .map(CountedConnection))
}

/// Asks for the pages of a list below all objects of a level that have a `parent`. `asked`: the list,
/// with the arguments of the field. The connections are made to `C`.
pub fn connections<'a, T: Level, L: Listed, C: Level + From<Connection<L::Node>>>(
    selected: Selected<'a, T>,
    asked: ServerResult<(L, RawPageArgs)>,
    parent: fn(&T) -> Option<Uuid>,
) -> BoxFuture<'a, Answers> {
    async move {
        let parents: Vec<_> = selected.objects().iter().map(parent).collect();
        let (list, args) = match asked {
            Ok(asked) => asked,
            Err(error) => return selected.fails(&error),
        };
        let pages = async {
            let ctx = selected.ctx();
            let args = args.check(list.order(), &ctx.platform()?.seal)?;
            let keys = parents
                .iter()
                .map(|parent| Some((list.clone(), (*parent)?, args)));
            let keys: Vec<_> = keys.collect();
            let found = selected.load::<Pages<L>>(&keys).await?;
            let connected = keys.into_iter().map(|key| {
                let page = key.and_then(|key| Some((found.get(&key)?, key)));
                page.map(|(page, key)| connect(ctx, key, page)).transpose()
            });
            connected.collect::<Result<Vec<_>>>()
        };
        match pages.await {
            Err(error) => selected.lacks(&parents, &error),
            Ok(pages) => {
                let pages = pages.into_iter().map(|page| page.map(C::from));
                selected.held(pages.collect()).await
            }
        }
    }
    .boxed()
}

/// The four arguments of the field that is selected.
///
/// # Errors
/// One is of another type.
pub fn page_args<T: Level>(selected: &Selected<'_, T>) -> ServerResult<RawPageArgs> {
    Ok(RawPageArgs {
        first: selected.argument("first")?,
        after: selected.argument("after")?,
        last: selected.argument("last")?,
        before: selected.argument("before")?,
    })
}

/// A page with what is needed to ask for more of its list.
fn connect<L: Listed>(
    ctx: &Context<'_>,
    (list, parent, args): (L, Uuid, PageArgs),
    page: &Shared<L>,
) -> Result<Connection<L::Node>> {
    let order = list.order();
    let edge = |(position, row): &(Position, Arc<L::Row>)| Edge {
        at: *position,
        order,
        node: Some(row.clone().into()),
    };
    let seal = &ctx.platform()?.seal;
    let sealed = page.hidden_end.map(|end| end.sealed_cursor(order, seal));
    Ok(Connection {
        edges: page.rows.iter().map(edge).collect(),
        args,
        overflow: page.overflow,
        sealed: sealed.transpose()?,
        rest: Arc::new((list, parent)),
    })
}

/// One place in a list: a node and the cursor to page on from it.
#[derive(Clone)]
pub struct Edge<T> {
    at: Position,
    order: Order,
    node: Option<T>,
}

impl<T> Edge<T> {
    /// The place of `node` in lists of this order.
    pub fn new(at: Position, order: Order, node: T) -> Self {
        Self {
            at,
            order,
            node: Some(node),
        }
    }

    /// Marks this place.
    pub fn text(&self) -> String {
        self.at.cursor(self.order)
    }

    /// What stands here.
    pub fn held(&self) -> Option<&T> {
        self.node.as_ref()
    }
}

/// One place in a list: a node and the cursor to page on from it.
#[Object(name_type)]
impl<T: Level> Edge<T> {
    /// Marks this place; valid in every list of the same order.
    async fn cursor(&self) -> String {
        self.text()
    }

    /// What stands here; null only if it vanished while the answer was made.
    async fn node(&self) -> Option<&T> {
        self.node.as_ref()
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

impl<T: Level> Level for Edge<T> {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "cursor" => Column::Ready(|edge, _| plain(edge.text())),
            "node" => Column::Loaded(|nodes| {
                let held = nodes.objects().iter().map(|edge| edge.node.clone());
                let held = held.collect();
                nodes.held(held).boxed()
            }),
            _ => return None,
        })
    }
}

/// What a page can still ask about its list.
trait Rest: Send + Sync {
    fn beyond<'a>(
        &'a self,
        loaders: &'a Loaders,
        side: Side,
        size: u16,
    ) -> BoxFuture<'a, Result<bool>>;
    fn count<'a>(&'a self, loaders: &'a Loaders) -> BoxFuture<'a, Result<Option<u64>>>;
}

impl<L: Listed> Rest for (L, Uuid) {
    fn beyond<'a>(
        &'a self,
        loaders: &'a Loaders,
        side: Side,
        size: u16,
    ) -> BoxFuture<'a, Result<bool>> {
        let key = (self.0.clone(), self.1, side, size);
        Box::pin(async move { Ok(loaders.one::<Beyond<L>>(key).await?.unwrap_or(false)) })
    }

    fn count<'a>(&'a self, loaders: &'a Loaders) -> BoxFuture<'a, Result<Option<u64>>> {
        Box::pin(async move { Ok(loaders.one::<Counts<L>>(self.clone()).await?.flatten()) })
    }
}

/// A page of a list.
#[derive(Clone)]
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
    args: PageArgs,
    overflow: bool,
    /// Where the scan ended, if at a row that the viewer may not see.
    sealed: Option<String>,
    rest: Arc<dyn Rest>,
}

impl<T: Level> Connection<T> {
    /// The places of this page, for a connection that has another name.
    pub fn places(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// What stands there.
    pub fn list_nodes(&self) -> Vec<T> {
        self.edges
            .iter()
            .filter_map(|edge| edge.node.clone())
            .collect()
    }

    /// Where the page stands in its list.
    pub fn page(&self) -> PageInfo {
        let mut start_cursor = self.edges.first().map(Edge::text);
        let mut end_cursor = self.edges.last().map(Edge::text);
        match &self.sealed {
            Some(sealed) if self.args.from_end => start_cursor = Some(sealed.clone()),
            Some(sealed) => end_cursor = Some(sealed.clone()),
            None => {}
        }
        PageInfo {
            start_cursor,
            end_cursor,
            args: self.args,
            overflow: self.overflow,
            rest: self.rest.clone(),
        }
    }
}

fn connection_name<T: OutputType>() -> Cow<'static, str> {
    format!("{}Connection", T::type_name()).into()
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        connection_name::<T>()
    }
}

/// One page of a list, with what is needed to ask for the next.
#[Object(name_type)]
impl<T: Level> Connection<T> {
    /// The places of this page, in the list's order.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The nodes of this page, for whoever needs no cursors.
    async fn nodes(&self) -> Many<T> {
        Many(self.list_nodes())
    }

    /// Whether there is more on either side, and the cursors of this page's ends.
    async fn page_info(&self) -> PageInfo {
        self.page()
    }
}

/// A page of a list that can be counted.
#[derive(Clone)]
pub struct CountedConnection<T>(Connection<T>);

impl<T> From<Connection<T>> for CountedConnection<T> {
    fn from(connection: Connection<T>) -> Self {
        Self(connection)
    }
}

impl<T: Level> Level for Connection<T> {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "nodes" => Column::Loaded(|pages| all_nodes(pages, |page| page)),
            "edges" => Column::Loaded(|pages| all_edges(pages, |page| page)),
            _ => return None,
        })
    }
}

impl<T: Level> Level for CountedConnection<T> {
    fn column(field: &str) -> Option<Column<Self>> {
        Some(match field {
            "nodes" => Column::Loaded(|pages| all_nodes(pages, |page| &page.0)),
            "edges" => Column::Loaded(|pages| all_edges(pages, |page| &page.0)),
            _ => return None,
        })
    }
}

fn all_nodes<C: Level, T: Level>(
    pages: Selected<'_, C>,
    of: fn(&C) -> &Connection<T>,
) -> BoxFuture<'_, Answers> {
    let lists = pages.objects().iter().map(|page| of(page).list_nodes());
    let lists = lists.collect();
    pages.lists(lists).boxed()
}

fn all_edges<C: Level, T: Level>(
    pages: Selected<'_, C>,
    of: fn(&C) -> &Connection<T>,
) -> BoxFuture<'_, Answers> {
    let lists = pages.objects().iter().map(|page| of(page).edges.clone());
    let lists = lists.collect();
    pages.lists(lists).boxed()
}

impl<T: OutputType> TypeName for CountedConnection<T> {
    fn type_name() -> Cow<'static, str> {
        connection_name::<T>()
    }
}

/// One page of a list, with what is needed to ask for the next and how long the list is.
#[Object(name_type)]
impl<T: Level> CountedConnection<T> {
    /// The places of this page, in the list's order.
    async fn edges(&self) -> Many<Edge<T>> {
        Many(self.0.edges.clone())
    }

    /// The nodes of this page, for whoever needs no cursors.
    async fn nodes(&self) -> Many<T> {
        Many(self.0.list_nodes())
    }

    /// Whether there is more on either side, and the cursors of this page's ends.
    async fn page_info(&self) -> PageInfo {
        self.0.page()
    }

    /// How many rows the viewer could list here, counted when asked (cost 50): exact to 1,000,
    /// null above, and null where so much is hidden from the viewer that it was not counted.
    async fn total_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async move {
            let count = self.0.rest.count(&*ctx.loaders()?).await?;
            Ok(count.and_then(|count| i32::try_from(count).ok()))
        })
        .await
    }
}

/// Where a page stands in its list.
pub struct PageInfo {
    start_cursor: Option<String>,
    end_cursor: Option<String>,
    args: PageArgs,
    overflow: bool,
    rest: Arc<dyn Rest>,
}

/// Where a page stands in its list. The flag against the reading direction costs one statement
/// more and is looked up only when selected.
#[Object]
impl PageInfo {
    /// Whether there are rows after this page that the viewer may see. Where much is hidden, it
    /// can be true of a page that is short or empty: go on from its `endCursor`.
    async fn has_next_page(&self, ctx: &Context<'_>) -> Result<bool> {
        if self.overflow && !self.args.from_end {
            return Ok(true);
        }
        match self.args.before {
            Some(before) => {
                let side = Side::After(before);
                self.rest
                    .beyond(&*ctx.loaders()?, side, self.args.size)
                    .await
            }
            None => Ok(false),
        }
    }

    /// Whether there are rows before this page that the viewer may see. Where much is hidden, it
    /// can be true of a page that is short or empty: go on from its `startCursor`.
    async fn has_previous_page(&self, ctx: &Context<'_>) -> Result<bool> {
        if self.overflow && self.args.from_end {
            return Ok(true);
        }
        match self.args.after {
            Some(after) => {
                let side = Side::Before(after);
                self.rest
                    .beyond(&*ctx.loaders()?, side, self.args.size)
                    .await
            }
            None => Ok(false),
        }
    }

    /// Where to go on towards the list's start: the cursor of the first edge, or of a place beyond
    /// it up to which nothing else is for the viewer. Null on an empty page that ends the list.
    async fn start_cursor(&self) -> Option<&str> {
        self.start_cursor.as_deref()
    }

    /// Where to go on towards the list's end: the cursor of the last edge, or of a place beyond it
    /// up to which nothing else is for the viewer. Null on an empty page that ends the list.
    async fn end_cursor(&self) -> Option<&str> {
        self.end_cursor.as_deref()
    }
}
