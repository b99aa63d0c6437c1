//! Places that are taken and given back: so many there are for each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::platform::limiter::Payer;

/// Those that are taken. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<Payer, usize>>>);

impl Places {
    /// One more of `whose`; `None` where they have `limit` of them.
    pub(super) fn take(&self, whose: Payer, limit: usize) -> Option<Place> {
        let mut taken = self.taken();
        if taken.get(&whose).copied().unwrap_or_default() >= limit {
            return None;
        }
        *taken.entry(whose).or_default() += 1;
        Some(Place {
            places: self.clone(),
            whose,
        })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Payer, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that is taken. Dropping it makes room.
pub(super) struct Place {
    places: Places,
    whose: Payer,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(count) = taken.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.whose);
            }
        }
    }
}
