//! The request's loaders: one for each relation, made when it is first asked.
//!
//! The `dataloader` crate keeps what a request has seen and never loads a key twice; [`Rounds`]
//! says when a batch is complete. One set serves one request (or one root mutation field), so
//! nothing is ever shared between viewers.

use std::{
    any::{Any, TypeId, type_name},
    collections::{HashMap, HashSet},
    marker::PhantomData,
    panic::AssertUnwindSafe,
    sync::{Arc, LazyLock, Mutex, PoisonError, RwLock},
};

use dataloader::{BatchFn, cached};
use futures_util::FutureExt;
use metrics::histogram;
use tracing::Instrument;

use super::rounds::{Rounds, Turn};
use crate::{
    error::{Error, Result},
    platform::{
        db::{Batch, MAX_KEYS, Reader},
        telemetry::traces::TARGET,
    },
};

/// What the crate keeps for each key: it has no error channel of its own, so every key is
/// answered.
type Answer<V> = Result<Option<V>>;

struct Load<B> {
    reader: Reader,
    batch: PhantomData<fn() -> B>,
}

impl<B: Batch> BatchFn<B::Key, Answer<B::Value>> for Load<B> {
    async fn load(&mut self, keys: &[B::Key]) -> HashMap<B::Key, Answer<B::Value>> {
        let mut answers = HashMap::with_capacity(keys.len());
        for keys in keys.chunks(MAX_KEYS) {
            let name = name_of::<B>();
            histogram!("rookery_loader_batch_size", "loader" => name).record(keys.len() as f64);
            let span = tracing::info_span!(
                target: TARGET, "batch", otel.name = name, rookery.keys = keys.len()
            );
            // A panic in a batch fails its fields, never the process.
            let loading = AssertUnwindSafe(B::load(&self.reader, keys).instrument(span))
                .catch_unwind()
                .await;
            match loading.unwrap_or_else(|_| Err(Error::internal("a loader panicked"))) {
                Ok(mut found) => answers.extend(keys.iter().map(|key| {
                    let value = found.remove(key);
                    (key.clone(), Ok(value))
                })),
                Err(error) => {
                    answers.extend(keys.iter().map(|key| (key.clone(), Err(error.clone()))));
                }
            }
        }
        answers
    }
}

/// What figures and traces call a relation: `posts::PostsById`, `Pages<comments::Replies>`.
fn name_of<B: 'static>() -> &'static str {
    static NAMES: LazyLock<RwLock<HashMap<TypeId, &'static str>>> = LazyLock::new(RwLock::default);
    let id = TypeId::of::<B>();
    let known = NAMES
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&id)
        .copied();
    known.unwrap_or_else(|| {
        let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
        // Made once for each relation there is.
        names
            .entry(id)
            .or_insert_with(|| short(type_name::<B>()).leak())
    })
}

/// Each path of a type by its domain and its last word.
fn short(name: &str) -> String {
    let is_end = |c: char| matches!(c, '<' | '>' | ',' | ' ');
    let path = |path: &str| {
        let words: Vec<&str> = path.trim_end_matches(is_end).split("::").collect();
        let end = path.trim_start_matches(|c| !is_end(c));
        match words.as_slice() {
            ["rookery", "platform", .., last] => format!("{last}{end}"),
            ["rookery", domain, .., last] => format!("{domain}::{last}{end}"),
            _ => path.to_owned(),
        }
    };
    name.split_inclusive(is_end).map(path).collect()
}

type Cached<B> = cached::Loader<<B as Batch>::Key, Answer<<B as Batch>::Value>, Load<B>>;

struct Loader<B: Batch> {
    cached: Cached<B>,
    /// What was asked in each round, until somebody of that round loads it. Whoever is late to
    /// wake up must not take keys of the next round along: its other keys are still to come.
    asked: Mutex<HashMap<u64, HashSet<B::Key>>>,
}

impl<B: Batch> Loader<B> {
    fn new(reader: Reader) -> Self {
        let load = Load {
            reader,
            batch: PhantomData,
        };
        // No yields and no early batch: rounds decide when a batch is complete.
        let cached = cached::Loader::new(load)
            .with_yield_count(0)
            .with_max_batch_size(usize::MAX);
        Self {
            cached,
            asked: Mutex::default(),
        }
    }

    async fn load(&self, keys: Vec<B::Key>, rounds: &Rounds) -> Result<HashMap<B::Key, B::Value>> {
        let turn = match B::WAITS {
            false => Turn::First,
            true => Turn::Last,
        };
        let round = rounds.open(turn);
        self.ask(round, &keys);
        rounds.closed(turn, round).await;
        // The first of the round loads for all of them; the others find their answers kept.
        let together = self.asked().remove(&round);
        if let Some(together) = together {
            let _loading = rounds.loading();
            self.cached
                .try_load_many(together.into_iter().collect())
                .await
                .map_err(Error::internal)?;
        }
        let answers = self
            .cached
            .try_load_many(keys)
            .await
            .map_err(Error::internal)?;
        answers
            .into_iter()
            .filter_map(|(key, answer)| answer.transpose().map(|value| Ok((key, value?))))
            .collect()
    }

    fn ask(&self, round: u64, keys: &[B::Key]) {
        let mut asked = self.asked();
        asked.entry(round).or_default().extend(keys.iter().cloned());
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<u64, HashSet<B::Key>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The loaders of one request.
pub struct Loaders {
    reader: Reader,
    rounds: Arc<Rounds>,
    loaders: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Loaders {
    /// An empty set that reads by `reader` and is driven by `rounds`.
    pub fn new(reader: Reader, rounds: Arc<Rounds>) -> Self {
        Self {
            reader,
            rounds,
            loaders: Mutex::default(),
        }
    }

    /// Who reads, and when it is for them.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Loads one value of relation `B`.
    ///
    /// # Errors
    /// The batch's, for every key of it.
    pub async fn one<B: Batch>(&self, key: B::Key) -> Result<Option<B::Value>> {
        Ok(self.many::<B>(vec![key.clone()]).await?.remove(&key))
    }

    /// Loads many values of relation `B`.
    pub async fn many<B: Batch>(&self, keys: Vec<B::Key>) -> Result<HashMap<B::Key, B::Value>> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let loader = self.loader::<B>();
        // Boxed: every field of an object is as large as its largest resolver's future.
        Box::pin(async move { loader.load(keys, &self.rounds).await }).await
    }

    fn loader<B: Batch>(&self) -> Arc<Loader<B>> {
        let mut loaders = self.loaders.lock().unwrap_or_else(PoisonError::into_inner);
        let loader = loaders
            .entry(TypeId::of::<B>())
            .or_insert_with(|| Arc::new(Loader::<B>::new(self.reader.clone())))
            .clone();
        drop(loaders);
        // The type is the key, so the other arm cannot be reached; a loader of its own is right too.
        loader
            .downcast()
            .unwrap_or_else(|_| Arc::new(Loader::new(self.reader.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_is_called_by_its_domain_and_its_name() {
        assert_eq!(
            short("rookery::posts::loaders::PostsById"),
            "posts::PostsById"
        );
        let pages = "rookery::platform::db::list::pages::Pages<rookery::comments::lists::Replies>";
        assert_eq!(short(pages), "Pages<comments::Replies>");
    }
}
