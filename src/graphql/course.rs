//! How the events of a subscription go: when the present one began, and why there are no more.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

use super::lanes::{Lanes, Place, Sort};
use crate::error::Error;

/// The course of one subscription.
pub(super) struct Course {
    lanes: Option<Lanes>,
    state: Mutex<State>,
}

struct State {
    /// When the present event began; `None` while the next one is waited for.
    began: Option<Instant>,
    /// Its place among the events that are read at once.
    place: Option<Place>,
    ended: Option<Error>,
}

impl Default for Course {
    /// A course that nobody bounds.
    fn default() -> Self {
        Self::of(None, None)
    }
}

impl Course {
    /// A course that begins in `place`, and takes one of `lanes` for every event.
    pub(super) fn new(lanes: Lanes, place: Option<Place>) -> Self {
        Self::of(Some(lanes), place)
    }

    /// A subscription begins with making its stream.
    fn of(lanes: Option<Lanes>, place: Option<Place>) -> Self {
        Self {
            lanes,
            state: Mutex::new(State {
                began: Some(Instant::now()),
                place,
                ended: None,
            }),
        }
    }

    /// Waits until one more event may be read.
    pub(super) async fn turn(&self) {
        let has_place = self.state().place.is_some();
        if let Some(lanes) = self.lanes.as_ref().filter(|_| !has_place) {
            let place = lanes.wait(Sort::Realtime).await;
            self.state().place = place;
        }
    }

    /// An event begins.
    pub(super) fn begin(&self) {
        self.state().began = Some(Instant::now());
    }

    /// Nothing is resolved until the next event.
    pub(super) fn rest(&self) {
        let mut state = self.state();
        state.began = None;
        state.place = None;
    }

    /// The present event has been read: how long that took. What sending it takes is not counted.
    pub(super) fn read(&self) -> Option<Duration> {
        let mut state = self.state();
        state.place = None;
        state.began.map(|began| began.elapsed())
    }

    /// Ends when nothing is resolved. Has to be polled by the task that resolves events, and after
    /// it did.
    pub(super) async fn resting(&self) {
        poll_fn(|_| match self.state().began {
            None => Poll::Ready(()),
            Some(_) => Poll::Pending,
        })
        .await;
    }

    /// There are no more events, because of `error`.
    pub(super) fn end(&self, error: Error) {
        self.state().ended = Some(error);
    }

    /// Why there are no more events.
    pub(super) fn ended(&self) -> Option<Error> {
        self.state().ended.take()
    }

    /// Ends when an event takes longer than `deadline`. Has to be polled by the task that resolves
    /// events, and after it did.
    pub(super) async fn overdue(&self, deadline: Duration) {
        let mut timer: Option<(Instant, Pin<Box<Sleep>>)> = None;
        poll_fn(|cx| {
            let Some(began) = self.state().began else {
                timer = None;
                return Poll::Pending;
            };
            let running = timer.take().filter(|(of, _)| *of == began);
            let (of, mut sleep) =
                running.unwrap_or_else(|| (began, Box::pin(sleep_until(began + deadline))));
            let polled = sleep.as_mut().poll(cx);
            timer = Some((of, sleep));
            polled
        })
        .await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_the_time_in_which_an_event_is_resolved_counts() {
        let course = Course::default();
        let is_overdue = async |seconds| {
            let overdue = course.overdue(Duration::from_secs(10));
            timeout(Duration::from_secs(seconds), overdue).await.is_ok()
        };
        assert!(!is_overdue(9).await, "making the stream counts");
        assert!(is_overdue(2).await);
        course.rest();
        assert!(!is_overdue(60).await, "waiting does not");
        course.begin();
        assert!(!is_overdue(9).await);
        assert!(is_overdue(2).await);
    }
}
