//! Keeps the scores.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{BoxFuture, FutureExt};
use uuid::Uuid;

use super::{
    commands::write_scores,
    entity::{Kind as Of, trend_score},
    queries::{due, hashtags_by, standing},
};
use crate::{
    activity::{Applied, Consumer, Entry, Event, Interest, Known, Rebuild, positions::alone},
    comments,
    error::Result,
    people::{self, events::ProfileUpdated},
    platform::db::{Txn, next_ids},
    posts, reactions,
};

/// The consumer's name.
pub const TRENDS: &str = "trends";

/// The most scores that one transaction writes.
const CHUNK: usize = 500;

/// How many things one step of a rebuild looks at.
const STEP: u64 = 500;

/// What may change a score.
const KINDS: [&str; 12] = [
    posts::events::Published::KIND.name,
    posts::events::Edited::KIND.name,
    posts::events::Deleted::KIND.name,
    posts::events::Reposted::KIND.name,
    posts::events::RepostUndone::KIND.name,
    comments::events::Created::KIND.name,
    comments::events::Deleted::KIND.name,
    comments::events::Hidden::KIND.name,
    comments::events::Unhidden::KIND.name,
    reactions::events::Added::KIND.name,
    reactions::events::Removed::KIND.name,
    ProfileUpdated::KIND.name,
];

/// Scores what people take up.
pub struct Trending {
    known: Known,
}

impl Trending {
    /// `known` are all the kinds that this program records.
    pub fn new(known: Known) -> Self {
        Self { known }
    }
}

impl Consumer for Trending {
    fn name(&self) -> &'static str {
        TRENDS
    }

    fn interest(&self) -> Interest {
        self.known.only(&KINDS)
    }

    fn knows(&self, kind: &str) -> bool {
        self.known.has(kind)
    }

    fn apply<'a>(&'a self, txn: &'a Txn, events: &'a [Entry]) -> BoxFuture<'a, Result<Applied>> {
        async move {
            alone(txn, TRENDS).await?;
            let mut subjects = BTreeSet::new();
            for event in events {
                subjects.insert(event.aggregate);
                // Whose numbers change is whom it is about: what was taken up, the hashtags used.
                subjects.extend(event.counted()?.iter().map(|count| count.subject));
            }
            let moved = people::consumers::turned(events)?;
            if !moved.is_empty() {
                let moved = Vec::from_iter(moved);
                subjects.extend(hashtags_by(txn, &moved).await?);
            }
            align(txn, &Vec::from_iter(subjects)).await
        }
        .boxed()
    }
}

/// Makes the scores of `ids` what the tables say, a chunk of those that differ.
async fn align(txn: &Txn, ids: &[Uuid]) -> Result<Applied> {
    let (due, standing) = (due(txn, ids).await?, standing(txn, ids).await?);
    let mut wrong: BTreeMap<Uuid, Option<(Of, i64)>> = standing
        .keys()
        .filter(|id| !due.contains_key(id))
        .map(|id| (*id, None))
        .collect();
    for (id, (kind, score)) in due {
        if standing.get(&id) != Some(&score) {
            wrong.insert(id, Some((kind, score)));
        }
    }
    let is_all = wrong.len() <= CHUNK;
    write_scores(txn, wrong.into_iter().take(CHUNK)).await?;
    Ok(match is_all {
        true => Applied::Done,
        false => Applied::More,
    })
}

/// Scores everything anew: all posts and hashtags, and what has a score, in the order of their ids.
pub struct Rescoring;

impl Rebuild for Rescoring {
    fn name(&self) -> &'static str {
        TRENDS
    }

    fn step<'a>(
        &'a self,
        txn: &'a Txn,
        after: Option<Uuid>,
    ) -> BoxFuture<'a, Result<Option<Uuid>>> {
        async move {
            let after = after.unwrap_or_default();
            let of = trend_score::Column::SubjectId;
            let all = [
                posts::index::next(&**txn, after, STEP).await?,
                next_ids::<trend_score::Entity>(&**txn, of, after, STEP).await?,
            ];
            let ids: BTreeSet<Uuid> = all.into_iter().flatten().collect();
            let ids: Vec<Uuid> = ids.into_iter().take(STEP as usize).collect();
            align(txn, &ids).await?;
            Ok(ids.last().copied())
        }
        .boxed()
    }
}
