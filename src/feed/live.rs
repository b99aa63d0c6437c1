//! Tells whoever listens to their home feed of new posts in it.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::BoxFuture;

use crate::{
    activity::{Entry, Event},
    error::Result,
    ids::PersonId,
    platform::db::Db,
    posts::events::{Published, Reposted},
    realtime::{Hint, Listening, Source, Topic},
    social,
};

/// New posts and reposts, by the people in whose home feed they may stand.
pub struct FeedPosts;

impl Source for FeedPosts {
    fn kinds(&self) -> &[&'static str] {
        &[Published::KIND.name, Reposted::KIND.name]
    }

    /// Only those who listen are asked whether they follow the authors, all in one statement.
    fn hints<'a>(
        &'a self,
        db: &'a Db,
        entries: &'a [Entry],
        listening: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        Box::pin(async move {
            let listeners = listening.ids(Topic::Feed, PersonId);
            let authors = entries.iter().filter_map(|entry| entry.actor.map(PersonId));
            let authors: Vec<PersonId> = BTreeSet::from_iter(authors).into_iter().collect();
            let mut readers = HashMap::<PersonId, Vec<PersonId>>::new();
            for author in &authors {
                readers.insert(*author, vec![*author]);
            }
            let follows = social::loaders::follows_among(db, &listeners, &authors).await?;
            for (follower, author) in follows {
                readers.entry(author).or_default().push(follower);
            }
            let mut hints = Vec::new();
            for entry in entries {
                let author = entry.actor.map(PersonId);
                let readers = author.and_then(|author| readers.get(&author));
                for reader in readers.into_iter().flatten() {
                    hints.push(Hint::now(Topic::Feed(*reader), entry.aggregate));
                }
            }
            Ok(hints)
        })
    }
}
