//! How many rows a list has for this reader.

use std::{collections::HashMap, marker::PhantomData};

use sea_orm::{
    ConnectionTrait,
    sea_query::{Alias, Expr, Query},
};
use uuid::Uuid;

use super::{
    List, Reader, keys, keys_alias, parent,
    scan::{PLACE, Scan},
    together,
};
use crate::{error::Result, page::MAX_COUNT, platform::db::Batch};

/// How many rows a list has for this reader: exact to [`MAX_COUNT`]; `None` above, and where the
/// scan budget for that many ends before the list does.
pub struct Counts<L>(PhantomData<L>);

impl<L: List> Batch for Counts<L> {
    type Key = (L, Uuid);
    type Value = Option<u64>;

    async fn load(
        reader: &Reader,
        wanted: &[Self::Key],
    ) -> Result<HashMap<Self::Key, Option<u64>>> {
        let mut counts = HashMap::with_capacity(wanted.len());
        for (list, parents) in together(wanted, |(list, parent)| (list.clone(), *parent)) {
            let scan = Scan::count(&list);
            let rows = scan
                .seen(&list, reader)
                .column((<L::Entity>::default(), Alias::new(PLACE)))
                .limit(MAX_COUNT + 1)
                .take();
            // One number, so that it can stand among the columns: none if the budget has ended.
            let count = Query::select()
                .expr(Expr::cust_with_values(
                    "CASE WHEN MAX(place) = $1 THEN NULL ELSE COUNT(*) END",
                    [scan.budget],
                ))
                .from_subquery(rows, Alias::new("rows"))
                .take();
            let statement = Query::select()
                .column(parent())
                .expr_as(count, Alias::new("count"))
                .from_subquery(keys(&list, reader, &parents), keys_alias())
                .take();
            for row in reader.connection().query_all(&statement).await? {
                let count: Option<i64> = row.try_get("", "count")?;
                let count = count.and_then(|count| u64::try_from(count).ok());
                let count = count.filter(|count| *count <= MAX_COUNT);
                counts.insert((list.clone(), row.try_get("", "parent")?), count);
            }
        }
        Ok(counts)
    }
}
