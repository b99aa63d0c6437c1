//! Fails fast while something outside is down, so that requests do not pile up before it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Failures in a row that open the circuit.
const FAILURES: u32 = 5;

/// How long nothing is tried once it is open.
const PAUSE: Duration = Duration::from_secs(3);

/// The failure of a call, which may be that of what was called.
pub(super) trait Outage {
    /// The failure of a call that was not made, because what it calls is known to be down.
    fn known() -> Self;

    /// Whether it is what was called that does not work, not this call.
    fn is_outage(&self) -> bool;
}

/// What is called is known to be down.
#[derive(Debug, PartialEq, Eq)]
struct Open;

/// One for all calls to one thing outside. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Breaker {
    state: Arc<Mutex<State>>,
}

impl Breaker {
    /// Runs `call` unless what it calls is known to be down.
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
            let is_probe = entered.map_err(|Open| E::known())?;
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
    /// Lets a call pass, and says whether it goes ahead of the others.
    fn enter(&mut self, now: Instant) -> Result<bool, Open> {
        let Some(until) = self.open_until else {
            return Ok(false);
        };
        if self.is_probing || now < until {
            return Err(Open);
        }
        self.is_probing = true;
        Ok(true)
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
    use crate::platform::store::Error;

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
        assert_eq!(state.enter(now), Err(Open));
        let later = now + PAUSE;
        fail(&mut state, 1, later);
        assert!(state.enter(later).is_err(), "open again");
        let later = later + PAUSE;
        assert_eq!(state.enter(later), Ok(true));
        state.leave(true, Some(true), later);
        assert_eq!(state.enter(later), Ok(false), "closed");
    }

    #[test]
    fn one_call_at_a_time_tries_a_store_that_was_down() {
        let (mut state, now) = (State::default(), Instant::now());
        fail(&mut state, FAILURES, now);
        let later = now + PAUSE;
        assert_eq!(state.enter(later), Ok(true));
        assert!(state.enter(later).is_err(), "the probe is under way");
        state.leave(true, None, later);
        assert_eq!(state.enter(later), Ok(true), "the probe was given up");
    }

    #[tokio::test]
    async fn refusals_do_not_count_as_failures() {
        let breaker = Breaker::default();
        for _ in 0..FAILURES * 2 {
            let missing = breaker.call(async { Err::<(), _>(Error::Missing) }).await;
            assert_eq!(missing, Err(Error::Missing));
        }
    }
}
