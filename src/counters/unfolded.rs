//! What a request has added to public numbers and nobody has folded yet: its answer shows it.
//!
//! Numbers and positions are read by one statement, so that a change is never shown twice, nor
//! missed, however fast the consumer is.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;

use super::Counters;
use crate::platform::db::{Count, Reader, Written};

/// Marks a row that holds a position in place of a number.
const MARK: &str = "@";

/// What the request of a reader has written.
pub struct Unfolded<'a>(&'a [Written]);

/// How far the consumer was in the shards that matter, in the snapshot of one statement.
#[derive(Clone, Debug, Default)]
pub struct Folded(HashMap<i32, i64>);

impl Folded {
    /// Takes note of a row of [`Unfolded::positions`]; `false` for any other row.
    pub fn note(&mut self, kind: &str, value: i64) -> bool {
        let shard = kind.strip_prefix(MARK).and_then(|shard| shard.parse().ok());
        shard.is_some_and(|shard: i32| {
            self.0.insert(shard, value);
            true
        })
    }
}

impl<'a> Unfolded<'a> {
    /// What `reader`'s request has written.
    pub fn of(reader: &'a Reader) -> Self {
        Self(reader.written())
    }

    /// Rows for a UNION: nobody's id, a marked kind and the consumer's position, for each shard
    /// that was written to. `None` where nothing was.
    pub fn positions(&self) -> Option<SelectStatement> {
        let mut shards: Vec<i32> = self.0.iter().map(|written| written.place.shard).collect();
        shards.sort_unstable();
        shards.dedup();
        if shards.is_empty() {
            return None;
        }
        let column = |name: &'static str| Expr::col(Alias::new(name));
        let rows = Query::select()
            .expr(Expr::val(Uuid::nil()))
            .expr(Expr::cust(format!("'{MARK}' || shard")))
            .expr(column("position"))
            .from(Alias::new("activity_consumer"))
            .and_where(column("name").eq(Counters::NAME))
            .and_where(column("shard").is_in(shards))
            .take();
        Some(rows)
    }

    /// The changes that are not in the numbers yet.
    pub fn since(&self, folded: &Folded) -> impl Iterator<Item = &'a Count> {
        let pending = self.0.iter().filter(|written| {
            let position = folded.0.get(&written.place.shard);
            position.is_none_or(|position| *position < written.place.position)
        });
        pending.flat_map(|written| &written.counts)
    }
}
