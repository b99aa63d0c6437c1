//! A map that does not grow beyond a bound, whoever fills it.

use std::{collections::HashMap, hash::Hash};

/// Below this nothing is ever looked through.
const FEW: usize = 1_000;

/// At most so many entries. Where there is no room old ones go and, if that does not help, an
/// eighth of all, whichever: whoever is forgotten begins anew.
pub struct Bounded<K, V> {
    most: usize,
    entries: HashMap<K, V>,
    /// With how many it is looked through next.
    crowded: usize,
}

impl<K: Eq + Hash, V> Bounded<K, V> {
    /// An empty one for at most `most` entries.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            entries: HashMap::new(),
            crowded: FEW.min(most),
        }
    }

    /// What is kept for a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    /// Keeps a value. `is_old` says which entries may go first.
    pub fn insert(&mut self, key: K, value: V, is_old: impl Fn(&V) -> bool) {
        if self.entries.len() >= self.crowded && !self.entries.contains_key(&key) {
            self.make_room(is_old);
        }
        self.entries.insert(key, value);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    fn make_room(&mut self, is_old: impl Fn(&V) -> bool) {
        self.entries.retain(|_, value| !is_old(value));
        let room = self.most.div_ceil(8);
        let mut extra = (self.entries.len() + room).saturating_sub(self.most);
        self.entries.retain(|_, _| {
            let goes = extra > 0;
            extra -= usize::from(goes);
            !goes
        });
        // As many again before the next look: each entry is looked at a few times at most.
        self.crowded = (self.entries.len() * 2).max(FEW).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_holds_more_than_its_bound_and_keeps_what_came_last() {
        let mut map = Bounded::new(5_000);
        for n in 0..100_000_u32 {
            map.insert(n, n, |_| false);
            assert!(map.entries.len() <= 5_000);
            assert_eq!(map.get(&n), Some(&n));
        }
        assert!(map.entries.len() > 4_000, "{}", map.entries.len());
    }

    #[test]
    fn what_is_old_goes_first() {
        let mut map = Bounded::new(5_000);
        for n in 0..4_000_u32 {
            map.insert(n, false, |is_old| *is_old);
        }
        for n in 4_000..100_000_u32 {
            map.insert(n, true, |is_old| *is_old);
        }
        assert!((0..4_000).all(|n| map.get(&n).is_some()));
    }

    #[test]
    fn a_small_bound_holds_too() {
        let mut map = Bounded::new(1);
        for n in 0..10 {
            map.insert(n, n, |_| false);
            assert_eq!((map.entries.len(), map.get(&n)), (1, Some(&n)));
        }
    }
}
