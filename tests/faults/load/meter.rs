//! What clients were told, second by second.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::answer::Told;

/// What was told within one second.
#[derive(Default)]
pub struct Second {
    pub told: BTreeMap<Told, usize>,
    /// How long what was done took, from when it was due.
    pub took: Vec<Duration>,
    /// What was due and never asked: the clients were all waiting.
    pub unasked: usize,
}

impl Second {
    /// How many were done.
    pub fn done(&self) -> usize {
        self.told.get(&Told::Done).copied().unwrap_or(0)
    }

    /// How many were told anything else, by what.
    pub fn others(&self) -> impl Iterator<Item = (&Told, &usize)> {
        self.told.iter().filter(|(told, _)| **told != Told::Done)
    }

    /// The time within which that share was done.
    pub fn within(&self, share: f64) -> Duration {
        let mut took = self.took.clone();
        took.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index below the length"
        )]
        let at = (took.len().saturating_sub(1) as f64 * share) as usize;
        took.get(at).copied().unwrap_or_default()
    }
}

/// Counts from the moment that it is made.
pub struct Meter {
    begun: Instant,
    seconds: Mutex<Vec<Second>>,
}

impl Meter {
    pub fn begin() -> Self {
        Self {
            begun: Instant::now(),
            seconds: Mutex::default(),
        }
    }

    fn held(&self) -> MutexGuard<'_, Vec<Second>> {
        let mut seconds = self.seconds.lock().unwrap_or_else(PoisonError::into_inner);
        let now = usize::try_from(self.begun.elapsed().as_secs()).unwrap_or(usize::MAX);
        if seconds.len() <= now {
            seconds.resize_with(now + 1, Second::default);
        }
        seconds
    }

    /// An answer to what was due at `due`.
    pub fn note(&self, told: Told, due: Instant) {
        let mut seconds = self.held();
        let Some(second) = seconds.last_mut() else {
            return;
        };
        if told == Told::Done {
            second.took.push(due.elapsed());
        }
        *second.told.entry(told).or_default() += 1;
    }

    /// Some that nobody was free to ask.
    pub fn skip(&self, unasked: usize) {
        if let Some(second) = self.held().last_mut() {
            second.unasked += unasked;
        }
    }

    /// Looks at one second.
    pub fn second<T>(&self, n: usize, look: impl FnOnce(&Second) -> T) -> T {
        match self.held().get(n) {
            Some(second) => look(second),
            None => look(&Second::default()),
        }
    }

    /// Everything so far as one.
    pub fn whole(&self) -> Second {
        let mut whole = Second::default();
        for second in self.held().iter() {
            for (told, count) in &second.told {
                *whole.told.entry(told.clone()).or_default() += count;
            }
            whole.took.extend(&second.took);
            whole.unasked += second.unasked;
        }
        whole
    }
}
