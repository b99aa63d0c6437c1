//! What a batched load is: many keys, one statement.

use std::{collections::HashMap, fmt::Debug, future::Future, hash::Hash};

use super::Reader;
use crate::error::Result;

/// The most keys that one statement is given; more are cut into several.
pub const MAX_KEYS: usize = 1_000;

/// A relation that is loaded for many parents at once. The only way to load one.
///
/// A key without a value means: not there, or not for this reader. Missing keys are never an
/// error, because a row may vanish between the statements of two levels.
pub trait Batch: 'static {
    type Key: Clone + Debug + Eq + Hash + Send + Sync + 'static;
    type Value: Clone + Send + Sync + 'static;

    /// Whether it waits until nothing else is to be loaded. For what hangs at many levels of a
    /// query, with little below it: then one statement serves them all.
    const WAITS: bool = false;

    /// Loads the values of at most [`MAX_KEYS`] distinct keys, as `reader` may see them.
    fn load(
        reader: &Reader,
        keys: &[Self::Key],
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>>> + Send;
}

/// Rows as a map by `key`.
pub fn by_key<K: Eq + Hash, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> HashMap<K, T> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}
