//! Tells whoever listens to a post of new comments under it.

use futures_util::future::BoxFuture;

use super::events::Created;
use crate::{
    activity::{Entry, Event},
    error::Result,
    ids::PostId,
    platform::db::Db,
    realtime::{Hint, Listening, Source, Topic},
};

/// New comments, by their post.
pub struct CommentsAdded;

impl Source for CommentsAdded {
    fn kinds(&self) -> &[&'static str] {
        &[Created::KIND.name]
    }

    /// A comment lives with its post, and is the aggregate itself.
    fn hints<'a>(
        &'a self,
        _: &'a Db,
        entries: &'a [Entry],
        _: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        let hint = |entry: &Entry| Hint::now(Topic::Comments(PostId(entry.home)), entry.aggregate);
        let hints = entries.iter().map(hint).collect();
        Box::pin(async { Ok(hints) })
    }
}
