//! The consumers of a test's app: they run when the test asks, so that nothing depends on time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rookery::{
    activity::{Desk, Handler, Heads, Runner},
    platform::Platform,
};
use tokio::sync::Mutex;

pub struct Followers {
    runners: Mutex<Vec<(Runner, Desk)>>,
    /// The heads when they last came to rest.
    rested: Mutex<Vec<i64>>,
    is_held: AtomicBool,
}

impl Followers {
    pub fn new(platform: &Platform, heads: &Heads, consumers: Vec<Arc<dyn Handler>>) -> Self {
        let runner = |consumer| {
            let runner = Runner::new(platform.db.clone(), heads.clone(), consumer, "test");
            (runner, Desk::default())
        };
        Self {
            runners: Mutex::new(consumers.into_iter().map(runner).collect()),
            rested: Mutex::default(),
            is_held: AtomicBool::new(false),
        }
    }

    pub fn hold(&self) {
        self.is_held.store(true, Ordering::Relaxed);
    }

    /// Comes to rest where this app has written since it last did.
    pub async fn come_along(&self, heads: &Heads) {
        if self.is_held.load(Ordering::Relaxed) {
            return;
        }
        let now = heads.watch().borrow().clone();
        if *self.rested.lock().await != now {
            self.settle(heads).await;
        }
    }

    pub async fn settle(&self, heads: &Heads) {
        let mut runners = self.runners.lock().await;
        // What one records may be for another.
        loop {
            let before = heads.watch().borrow().clone();
            for (runner, desk) in runners.iter_mut() {
                runner.settle(desk).await.expect("consumers come to rest");
            }
            if *heads.watch().borrow() == before {
                *self.rested.lock().await = before;
                return;
            }
        }
    }
}
