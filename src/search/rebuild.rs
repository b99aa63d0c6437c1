//! All rows of search, made anew.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, FutureExt};
use uuid::Uuid;

use super::{
    align::align,
    consumers::SEARCH,
    entity::{search_prefix, search_word},
};
use crate::{
    activity::Rebuild,
    error::Result,
    people,
    platform::db::{Txn, next_ids},
    posts,
};

/// How many things one step looks at. A post has some 20 rows, as a person has.
const STEP: u64 = 25;

/// Walks through posts, people and hashtags at once, in the order of their ids, and with them
/// through what rows of search stand for that is not there any more.
pub struct Searched;

impl Rebuild for Searched {
    fn name(&self) -> &'static str {
        SEARCH
    }

    fn step<'a>(
        &'a self,
        txn: &'a Txn,
        after: Option<Uuid>,
    ) -> BoxFuture<'a, Result<Option<Uuid>>> {
        async move {
            let ids = next(txn, after.unwrap_or_default()).await?;
            if !ids.is_empty() {
                align(txn, &ids, usize::MAX).await?;
            }
            Ok(ids.last().copied())
        }
        .boxed()
    }
}

async fn next(txn: &Txn, after: Uuid) -> Result<Vec<Uuid>> {
    let words = search_word::Column::SubjectId;
    let prefixes = search_prefix::Column::SubjectId;
    let all = [
        people::index::next(&**txn, after, STEP).await?,
        posts::index::next(&**txn, after, STEP).await?,
        next_ids::<search_word::Entity>(&**txn, words, after, STEP).await?,
        next_ids::<search_prefix::Entity>(&**txn, prefixes, after, STEP).await?,
    ];
    let ids: BTreeSet<Uuid> = all.into_iter().flatten().collect();
    Ok(ids.into_iter().take(STEP as usize).collect())
}
