//! Fails fast while a server elsewhere is down, so that requests do not pile up before it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::health::Flag;

/// Failures in a row that open the circuit.
const FAILURES: u32 = 5;

/// How long nothing is tried once it is open.
const PAUSE: Duration = Duration::from_secs(3);

/// What a breaker asks of an error.
pub(super) trait Outage {
    /// Whether it is the other side that does not work, not this call.
    fn is_outage(&self) -> bool;

    /// What is said without trying, while the other side is known to be down.
    fn known() -> Self;
}

/// One for all calls to a server elsewhere. Cheap to clone.
#[derive(Clone)]
pub(super) struct Breaker {
    state: Arc<Mutex<State>>,
    flag: Flag,
}

impl Breaker {
    /// A closed one, which says by `flag` when it opens and when a call succeeds again.
    pub(super) fn new(flag: Flag) -> Self {
        Self {
            state: Arc::default(),
            flag,
        }
    }

    /// Runs `call` unless the other side is known to be down.
    ///
    /// # Errors
    /// Those of `call`; [`Outage::known`] at once while the circuit is open.
    pub(super) fn call<'a, T, E>(
        &'a self,
        call: impl Future<Output = Result<T, E>> + Send + 'a,
    ) -> impl Future<Output = Result<T, E>> + Send + 'a
    where
        T: Send + 'a,
        E: Outage + Send + 'a,
    {
        // Boxed: the client's futures are large, and would be a part of all that wait for them.
        let call = Box::pin(call);
        async move {
            let entered = self.lock().enter(Instant::now());
            let is_probe = entered.ok_or_else(E::known)?;
            let mut pass = Pass {
                breaker: self,
                is_probe,
                outcome: None,
            };
            let result = call.await;
            pass.outcome = Some(!result.as_ref().is_err_and(Outage::is_outage));
            result
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call under way. Dropped without an outcome, it was given up and says nothing.
struct Pass<'a> {
    breaker: &'a Breaker,
    is_probe: bool,
    outcome: Option<bool>,
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.breaker.lock();
        state.leave(self.is_probe, self.outcome, Instant::now());
        self.breaker.flag.set(state.open_until.is_some());
    }
}

#[derive(Default)]
struct State {
    failures: u32,
    /// Until when nothing is tried; then one call goes ahead of the others.
    open_until: Option<Instant>,
    is_probing: bool,
}

impl State {
    /// Lets a call pass, unless the circuit is open, and says whether it goes ahead of the others.
    fn enter(&mut self, now: Instant) -> Option<bool> {
        let Some(until) = self.open_until else {
            return Some(false);
        };
        if self.is_probing || now < until {
            return None;
        }
        self.is_probing = true;
        Some(true)
    }

    fn leave(&mut self, is_probe: bool, outcome: Option<bool>, now: Instant) {
        if is_probe {
            self.is_probing = false;
        }
        match outcome {
            None => {}
            Some(true) => *self = Self::default(),
            Some(false) => {
                self.failures = self.failures.saturating_add(1);
                if self.failures >= FAILURES {
                    self.open_until = Some(now + PAUSE);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::health::Part;

    #[derive(Debug, PartialEq)]
    struct Refusal;

    impl Outage for Refusal {
        fn is_outage(&self) -> bool {
            false
        }

        fn known() -> Self {
            unreachable!("the circuit stays closed")
        }
    }

    fn fail(state: &mut State, times: u32, now: Instant) {
        for _ in 0..times {
            let is_probe = state.enter(now).unwrap();
            state.leave(is_probe, Some(false), now);
        }
    }

    #[test]
    fn five_failures_in_a_row_stop_calls_until_one_succeeds() {
        let (mut state, now) = (State::default(), Instant::now());
        fail(&mut state, FAILURES - 1, now);
        state.leave(false, Some(true), now);
        fail(&mut state, FAILURES, now);
        assert_eq!(state.enter(now), None);
        let later = now + PAUSE;
        fail(&mut state, 1, later);
        assert_eq!(state.enter(later), None, "open again");
        let later = later + PAUSE;
        assert_eq!(state.enter(later), Some(true));
        state.leave(true, Some(true), later);
        assert_eq!(state.enter(later), Some(false), "closed");
    }

    #[test]
    fn one_call_at_a_time_tries_what_was_down() {
        let (mut state, now) = (State::default(), Instant::now());
        fail(&mut state, FAILURES, now);
        let later = now + PAUSE;
        assert_eq!(state.enter(later), Some(true));
        assert_eq!(state.enter(later), None, "the probe is under way");
        state.leave(true, None, later);
        assert_eq!(state.enter(later), Some(true), "the probe was given up");
    }

    #[tokio::test]
    async fn refusals_do_not_count_as_failures() {
        let breaker = Breaker::new(Flag::unseen(Part::Mail));
        for _ in 0..FAILURES * 2 {
            let refused = breaker.call(async { Err::<(), _>(Refusal) }).await;
            assert_eq!(refused, Err(Refusal));
        }
    }
}
