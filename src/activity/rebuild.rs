//! Rows that a consumer derives, made anew from the tables.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::{error::Result, platform::db::Txn};

/// Makes all rows of a consumer agree with the tables, without the log: for a consumer that is new
/// to a database, and for whoever doubts its rows.
///
/// It runs beside the consumer. Both look at the tables, never at what an event says, so in
/// whatever order they work, the same rows stand in the end.
pub trait Rebuild: Send + Sync + 'static {
    /// The consumer whose rows these are.
    fn name(&self) -> &'static str;

    /// Makes the rows of the next things behind `after` agree, at most some 500 rows of them;
    /// `None` begins. Says behind which thing to go on; `None` is the end.
    ///
    /// # Errors
    /// Whatever fails is tried again from the same place.
    fn step<'a>(&'a self, txn: &'a Txn, after: Option<Uuid>)
    -> BoxFuture<'a, Result<Option<Uuid>>>;
}
