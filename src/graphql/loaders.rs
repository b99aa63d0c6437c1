//! The request's loaders: one for each relation, made when it is first asked.
//!
//! The `dataloader` crate keeps what a request has seen and never loads a key twice; [`Rounds`]
//! says when a batch is complete. One set serves one request (or one root mutation field), so
//! nothing is ever shared between viewers.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    marker::PhantomData,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use dataloader::{BatchFn, cached};
use futures_util::FutureExt;

use super::rounds::Rounds;
use crate::{
    error::{Error, Result},
    platform::db::{Batch, MAX_KEYS, Reader},
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
            // A panic in a batch fails its fields, never the process.
            let loading = AssertUnwindSafe(B::load(&self.reader, keys))
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
        let round = rounds.open();
        self.ask(round, &keys);
        rounds.closed(round).await;
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
