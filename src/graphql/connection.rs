//! Connections: the one shape of every list that can grow.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{
    context::Ask,
    errors::{Nullable, nullable},
    loaders::Loaders,
};
use crate::{
    error::Result,
    page::{PageArgs, Position, RawPageArgs},
    platform::db::list::{Beyond, Counts, List, Pages, Side},
};

/// A list in the schema: which GraphQL type its rows are.
pub trait Listed: List {
    /// The type of a row.
    type Node: OutputType + Clone + From<Arc<Self::Row>>;
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
    let seal = &ctx.platform()?.seal;
    let args = args.check(list.order(), seal)?;
    let key = (list.clone(), parent, args);
    let Some(page) = ctx.loaders()?.one::<Pages<L>>(key).await? else {
        return Ok(None);
    };
    let edges = page
        .rows
        .iter()
        .map(|(position, row)| edge(&list, *position, row.clone()));
    let edges: Vec<Edge<_>> = edges.collect();
    let sealed = page
        .hidden_end
        .map(|end| end.sealed_cursor(list.order(), seal))
        .transpose()?;
    Ok(Some(Connection {
        edges,
        args,
        overflow: page.overflow,
        sealed,
        rest: Arc::new((list, parent)),
    }))
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

/// A row of a list as its edge.
fn edge<L: Listed>(list: &L, position: Position, row: Arc<L::Row>) -> Edge<L::Node> {
    Edge {
        cursor: position.cursor(list.order()),
        node: Some(row.into()),
    }
}

/// One place in a list: a node and the cursor to page on from it.
#[derive(Clone, SimpleObject)]
#[graphql(name_type)]
pub struct Edge<T: OutputType> {
    /// Marks this place; valid in every list of the same order.
    pub cursor: String,
    /// What stands here; null only if it vanished while the answer was made.
    pub node: Option<T>,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
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
pub struct Connection<T: OutputType> {
    edges: Vec<Edge<T>>,
    args: PageArgs,
    overflow: bool,
    /// Where the scan ended, if at a row that the viewer may not see.
    sealed: Option<String>,
    rest: Arc<dyn Rest>,
}

impl<T: OutputType + Clone> Connection<T> {
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
        let mut start_cursor = self.edges.first().map(|edge| edge.cursor.clone());
        let mut end_cursor = self.edges.last().map(|edge| edge.cursor.clone());
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
impl<T: OutputType + Clone> Connection<T> {
    /// The places of this page, in the list's order.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The nodes of this page, for whoever needs no cursors.
    async fn nodes(&self) -> Vec<T> {
        self.list_nodes()
    }

    /// Whether there is more on either side, and the cursors of this page's ends.
    async fn page_info(&self) -> PageInfo {
        self.page()
    }
}

/// A page of a list that can be counted.
pub struct CountedConnection<T: OutputType>(Connection<T>);

impl<T: OutputType> TypeName for CountedConnection<T> {
    fn type_name() -> Cow<'static, str> {
        connection_name::<T>()
    }
}

/// One page of a list, with what is needed to ask for the next and how long the list is.
#[Object(name_type)]
impl<T: OutputType + Clone> CountedConnection<T> {
    /// The places of this page, in the list's order.
    async fn edges(&self) -> &[Edge<T>] {
        &self.0.edges
    }

    /// The nodes of this page, for whoever needs no cursors.
    async fn nodes(&self) -> Vec<T> {
        self.0.list_nodes()
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
