//! How often one thing is told that changes all the time.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;
use uuid::Uuid;

/// Lets each id through at once, and then once in a while. What comes again meanwhile is not lost:
/// it comes when its time is up.
#[derive(Debug)]
pub(super) struct Pacer {
    pace: Duration,
    /// When each id was let through, as long as that matters.
    told: HashMap<Uuid, Instant>,
    /// Ids that came again too soon, in that order.
    resting: Vec<Uuid>,
}

impl Pacer {
    pub(super) fn new(pace: Duration) -> Self {
        Self {
            pace,
            told: HashMap::new(),
            resting: Vec::new(),
        }
    }

    /// Whether `id`, which has come at `now`, is told at once.
    pub(super) fn admits(&mut self, id: Uuid, now: Instant) -> bool {
        self.told.retain(|_, at| *at + self.pace > now);
        if self.told.contains_key(&id) {
            if !self.resting.contains(&id) {
                self.resting.push(id);
            }
            return false;
        }
        self.told.insert(id, now);
        true
    }

    /// An id whose time is up.
    pub(super) fn due(&mut self, now: Instant) -> Option<Uuid> {
        let pace = self.pace;
        let is_due = |id: &Uuid| self.told.get(id).is_none_or(|at| *at + pace <= now);
        let at = self.resting.iter().position(is_due)?;
        let id = self.resting.remove(at);
        self.told.insert(id, now);
        Some(id)
    }

    /// When the next one is due.
    pub(super) fn next(&self) -> Option<Instant> {
        let times = self.resting.iter().filter_map(|id| self.told.get(id));
        times.min().map(|at| *at + self.pace)
    }

    /// Forgets what rests: everything is to be fetched again.
    pub(super) fn clear(&mut self) {
        self.resting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_often_an_id_comes_it_is_told_once_a_second_and_the_last_time_is_not_lost() {
        let (begin, [a, b]) = (Instant::now(), [1, 2].map(Uuid::from_u128));
        let mut pacer = Pacer::new(Duration::from_secs(1));
        let mut told = Vec::new();
        // 10,000 times within ten seconds, and another one once.
        for n in 0..10_000_u64 {
            let now = begin + Duration::from_millis(n);
            told.extend(pacer.due(now).map(|id| (id, n)));
            if pacer.admits(a, now) {
                told.push((a, n));
            }
            if n == 500 {
                assert!(pacer.admits(b, now), "it waits for nobody else");
            }
        }
        let last = begin + Duration::from_millis(10_000);
        assert_eq!(pacer.next(), Some(last));
        told.extend(pacer.due(last).map(|id| (id, 10_000)));
        let seconds: Vec<_> = (0..=10).map(|second| (a, second * 1_000)).collect();
        assert_eq!(told, seconds);
        assert_eq!((pacer.next(), pacer.due(last)), (None, None));
    }
}
