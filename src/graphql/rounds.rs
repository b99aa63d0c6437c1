//! Closes batches exactly when everything that can run has run.
//!
//! A timer or a number of yields closes a batch by luck under load. Here the request drives its
//! own loaders: while polling the execution wakes anything of its own, it is polled again; when
//! nothing moves any more, and no statement of the round before is still under way, all siblings
//! have asked, and every open batch is closed at once. Without the second condition the same
//! relation below two siblings was loaded together or twice, as their statements happened to end.
//!
//! What hangs at many levels waits for its turn until nothing else is asked for: the authors of posts
//! and of their comments are loaded together.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// The open rounds of a request, one for each turn.
#[derive(Default)]
pub struct Rounds {
    state: Mutex<State>,
}

/// When batches are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// As soon as everybody has asked.
    First,
    /// When nothing of the first turn is asked for any more.
    Last,
}

#[derive(Default)]
struct State {
    first: Round,
    last: Round,
    /// Batches of the last round that have no answer yet.
    loading: usize,
}

#[derive(Default)]
struct Round {
    closed: u64,
    waiting: Vec<Waker>,
}

impl State {
    fn round(&mut self, turn: Turn) -> &mut Round {
        match turn {
            Turn::First => &mut self.first,
            Turn::Last => &mut self.last,
        }
    }
}

impl Rounds {
    /// The number of the round that is open now.
    pub fn open(&self, turn: Turn) -> u64 {
        self.state().round(turn).closed
    }

    /// Ends when this round has closed.
    pub async fn closed(&self, turn: Turn, number: u64) {
        poll_fn(|cx| {
            let mut state = self.state();
            let round = state.round(turn);
            if round.closed > number {
                return Poll::Ready(());
            }
            round.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Keeps the open rounds open until it is dropped: a batch is being loaded, and what it brings
    /// may ask for more.
    pub fn loading(&self) -> Loading<'_> {
        self.state().loading += 1;
        Loading(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the round whose turn it is. `false` where nobody waits for it, or where a batch is still under way.
    fn close(&self) -> bool {
        let waiting = {
            let mut state = self.state();
            if state.loading > 0 {
                return false;
            }
            let turn = match state.first.waiting.is_empty() {
                false => Turn::First,
                true => Turn::Last,
            };
            let round = state.round(turn);
            round.closed += 1;
            std::mem::take(&mut round.waiting)
        };
        let any = !waiting.is_empty();
        waiting.into_iter().for_each(Waker::wake);
        any
    }

    /// Runs `execution` and closes a round whenever it cannot get any further by itself.
    pub async fn drive<T>(&self, execution: impl Future<Output = T>) -> T {
        // The budget of cooperative scheduling would make a lock that is free look pending, and
        // then nothing in here would ever see it move.
        let mut execution = pin!(tokio::task::coop::unconstrained(execution));
        poll_fn(|cx| {
            let moved = Arc::new(Moved {
                moved: AtomicBool::new(false),
                task: cx.waker().clone(),
            });
            let waker = Waker::from(moved.clone());
            loop {
                moved.moved.store(false, Ordering::Release);
                if let Poll::Ready(done) = execution.as_mut().poll(&mut Context::from_waker(&waker))
                {
                    return Poll::Ready(done);
                }
                if !moved.moved.load(Ordering::Acquire) && !self.close() {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}

/// A batch under way.
pub struct Loading<'a>(&'a Rounds);

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        self.0.state().loading -= 1;
    }
}

/// Notes that something moved, and wakes the task too: the wake may come from outside.
struct Moved {
    moved: AtomicBool,
    task: Waker,
}

impl Wake for Moved {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.moved.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}
