//! The flag against the reading direction: is there anything behind the cursor?

use std::{collections::HashMap, marker::PhantomData};

use sea_orm::{
    ConnectionTrait,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{List, Reader, keys, keys_alias, parent, scan::Scan, together};
use crate::{error::Result, page::Position, platform::db::Batch};

/// Whether a list has rows at or beyond a position, away from the page. Where the budget of a
/// page ends before one is found that the reader may see, it is taken to be so.
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
    /// The list, the parent, the side, and the size of the page that asks.
    type Key = (L, Uuid, Side, u16);
    type Value = bool;

    async fn load(reader: &Reader, wanted: &[Self::Key]) -> Result<HashMap<Self::Key, bool>> {
        let mut flags = HashMap::with_capacity(wanted.len());
        let groups = together(wanted, |(list, parent, side, size)| {
            ((list.clone(), *side, *size), *parent)
        });
        for ((list, side, size), parents) in groups {
            let scan = match side {
                Side::Before(at) => Scan::until(&list, at, size),
                Side::After(at) => Scan::since(&list, at, size),
            };
            let rows = scan.seen(&list, reader).limit(1).take();
            let statement = Query::select()
                .column(parent())
                .from_subquery(keys(&list, reader, &parents), keys_alias())
                .and_where(Expr::exists(rows))
                .take();
            flags.extend(
                parents
                    .iter()
                    .map(|parent| ((list.clone(), *parent, side, size), false)),
            );
            for row in reader.connection().query_all(&statement).await? {
                let parent = row.try_get("", "parent")?;
                flags.insert((list.clone(), parent, side, size), true);
            }
        }
        Ok(flags)
    }
}
