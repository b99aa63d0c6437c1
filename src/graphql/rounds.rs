//! Closes batches exactly when everything that can run has run.
//!
//! A timer or a number of yields closes a batch by luck under load. Here the request drives its
//! own loaders: while polling the execution wakes anything of its own, it is polled again; when
//! nothing moves any more, and no statement of the round before is still under way, all siblings
//! have asked, and every open batch is closed at once. Without the second condition the same
//! relation below two siblings was loaded together or twice, as their statements happened to end.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

/// The open round of a request.
#[derive(Default)]
pub struct Rounds {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    closed: u64,
    /// Batches of the last round that have no answer yet.
    loading: usize,
    waiting: Vec<Waker>,
}

impl Rounds {
    /// The number of the round that is open now.
    pub fn open(&self) -> u64 {
        self.state().closed
    }

    /// Ends when this round has closed.
    pub async fn closed(&self, round: u64) {
        poll_fn(|cx| {
            let mut state = self.state();
            if state.closed > round {
                return Poll::Ready(());
            }
            state.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Keeps the open round open until it is dropped: a batch is being loaded, and what it brings
    /// may ask for more.
    pub fn loading(&self) -> Loading<'_> {
        self.state().loading += 1;
        Loading(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the round. `false` where nobody waits for it, or where a batch is still under way.
    fn close(&self) -> bool {
        let waiting = {
            let mut state = self.state();
            if state.loading > 0 {
                return false;
            }
            state.closed += 1;
            std::mem::take(&mut state.waiting)
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
