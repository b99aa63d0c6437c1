//! How much runs at once: a lane for each sort of work, so that a flood of one leaves room for the
//! others. What finds its lane full waits a moment, and then is told to come back: answering some
//! in time is worth more than answering all too late.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::parser::types::OperationType;
use metrics::{counter, gauge};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{errors::ErrorCode, executor::PUBLIC_MUTATIONS, refused::Refused};
use crate::platform::config::OverloadConfig;

/// So many wait for each one that runs: about as many as are served while they may wait.
const WAITING: usize = 4;

/// A subscription that cannot begin is lost to its client, and after a restart all of them begin
/// at once: they wait, but no more than these.
const SUBSCRIBING: (usize, Duration) = (4_096, Duration::from_secs(10));

/// Sorts of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// What begins a session: mostly a password to be hashed, two at a time.
    SignIn,
    Read,
    Write,
    /// Subscriptions: their beginning, and each of their events.
    Realtime,
}

impl Sort {
    const ALL: [Self; 4] = [Self::SignIn, Self::Read, Self::Write, Self::Realtime];

    /// Of an operation with these fields at its root.
    pub(super) fn of(kind: OperationType, root_fields: &[String]) -> Self {
        // What renews a session hashes nothing, and must not queue behind what does.
        let begins_session = |field: &String| {
            let field = field.as_str();
            field != "refreshSession" && PUBLIC_MUTATIONS.contains(&field)
        };
        let is_quiet = |field: &String| field == "__typename" || begins_session(field);
        match kind {
            OperationType::Query => Self::Read,
            OperationType::Mutation
                if root_fields.iter().any(begins_session) && root_fields.iter().all(is_quiet) =>
            {
                Self::SignIn
            }
            OperationType::Mutation => Self::Write,
            OperationType::Subscription => Self::Realtime,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Read => "read",
            Self::Write => "write",
            Self::Realtime => "realtime",
        }
    }
}

/// The lanes of one process. Cheap to clone.
#[derive(Clone)]
pub struct Lanes(Arc<[Lane]>);

struct Lane {
    places: Arc<Semaphore>,
    limit: usize,
    waiting: AtomicUsize,
    most_waiting: usize,
    patience: Duration,
}

/// A place in a lane, given back when dropped.
pub type Place = OwnedSemaphorePermit;

impl Lanes {
    /// Nothing runs yet.
    pub fn new(config: &OverloadConfig) -> Self {
        let lanes = Sort::ALL.map(|sort| {
            let limit = match sort {
                Sort::SignIn => config.sign_ins_at_once,
                Sort::Read => config.reads_at_once,
                Sort::Write => config.writes_at_once,
                Sort::Realtime => config.events_at_once,
            };
            let (most_waiting, patience) = match sort {
                Sort::Realtime => SUBSCRIBING,
                _ => (limit * WAITING, Duration::from_millis(config.queue_ms)),
            };
            Lane {
                places: Arc::new(Semaphore::new(limit)),
                limit,
                waiting: AtomicUsize::new(0),
                most_waiting,
                patience,
            }
        });
        Self(lanes.into())
    }

    fn lane(&self, sort: Sort) -> Option<&Lane> {
        let index = Sort::ALL.iter().position(|other| *other == sort)?;
        self.0.get(index)
    }

    /// A place for one more, now or in a moment.
    ///
    /// # Errors
    /// UNAVAILABLE: there is none, or too many wait already.
    pub async fn enter(&self, sort: Sort) -> Result<Option<Place>, Refused> {
        let Some(lane) = self.lane(sort) else {
            return Ok(None);
        };
        if let Ok(place) = lane.places.clone().try_acquire_owned() {
            return Ok(Some(place));
        }
        let Some(_waiting) = Waiting::begin(lane) else {
            return Err(refusal(sort));
        };
        match timeout(lane.patience, lane.places.clone().acquire_owned()).await {
            Ok(Ok(place)) => Ok(Some(place)),
            _ => Err(refusal(sort)),
        }
    }

    /// A place, however long that takes: for events, which keep nobody waiting and become fewer
    /// when they are read late.
    pub(super) async fn wait(&self, sort: Sort) -> Option<Place> {
        let lane = self.lane(sort)?;
        lane.places.clone().acquire_owned().await.ok()
    }

    /// Whether so many queries wait that one more would be refused.
    pub fn are_queries_refused(&self) -> bool {
        self.lane(Sort::Read).is_some_and(Lane::is_full)
    }

    /// What a query is refused with before it is read. It counts as any other that is answered.
    pub fn refuse_query(&self) -> Refused {
        let code = ErrorCode::Unavailable.text();
        counter!("rookery_graphql_operations_total", "type" => "unknown", "code" => code)
            .increment(1);
        refusal(Sort::Read)
    }

    /// Shows them in the figures.
    pub fn show(&self) {
        for (sort, lane) in Sort::ALL.into_iter().zip(self.0.iter()) {
            let show = |name: &'static str, value: usize| {
                gauge!(name, "lane" => sort.name()).set(value as f64);
            };
            let free = lane.places.available_permits();
            show("rookery_lane_limit", lane.limit);
            show("rookery_lane_running", lane.limit.saturating_sub(free));
            show("rookery_lane_waiting", lane.waiting.load(Ordering::Relaxed));
        }
    }
}

impl Lane {
    fn is_full(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= self.most_waiting
    }
}

/// One that waits.
struct Waiting<'a>(&'a Lane);

impl<'a> Waiting<'a> {
    fn begin(lane: &'a Lane) -> Option<Self> {
        let before = lane.waiting.fetch_add(1, Ordering::Relaxed);
        // Made first, so that it is taken back where there are too many.
        let waiting = Self(lane);
        (before < lane.most_waiting).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn refusal(sort: Sort) -> Refused {
    counter!("rookery_overload_refused_total", "lane" => sort.name()).increment(1);
    let say = "The server has more to do than it can. Try again in a moment.";
    Refused::new(ErrorCode::Unavailable, say).after(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(reads: usize) -> Lanes {
        Lanes::new(&OverloadConfig {
            sign_ins_at_once: 1,
            reads_at_once: reads,
            writes_at_once: 1,
            events_at_once: 1,
            queue_ms: 100,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_place_in_a_moment_is_told_to_come_back() {
        let lanes = lanes(1);
        let held = lanes.enter(Sort::Read).await.ok().unwrap();
        let refused = lanes.enter(Sort::Read).await.err().unwrap();
        assert_eq!(refused.code, ErrorCode::Unavailable);
        assert_eq!(refused.retry_after_seconds, Some(1));
        drop(held);
        assert!(lanes.enter(Sort::Read).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_lane_leaves_the_others_free() {
        let lanes = lanes(1);
        let _held = lanes.enter(Sort::Read).await.ok().unwrap();
        for sort in [Sort::SignIn, Sort::Write, Sort::Realtime] {
            assert!(lanes.enter(sort).await.is_ok(), "{sort:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_may_wait_are_refused_at_once() {
        let lanes = lanes(1);
        let _held = lanes.enter(Sort::Read).await.ok().unwrap();
        let waiting: Vec<_> = (0..WAITING)
            .map(|_| {
                let lanes = lanes.clone();
                tokio::spawn(async move { lanes.enter(Sort::Read).await.is_ok() })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(lanes.are_queries_refused());
        let begun = tokio::time::Instant::now();
        assert!(lanes.enter(Sort::Read).await.is_err());
        assert_eq!(begun.elapsed(), Duration::ZERO);
        for waiting in waiting {
            assert!(!waiting.await.unwrap());
        }
        assert!(!lanes.are_queries_refused(), "nobody waits any more");
    }

    #[test]
    fn what_begins_a_session_has_a_lane_of_its_own() {
        let sort = |fields: &[&str]| {
            let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
            Sort::of(OperationType::Mutation, &fields)
        };
        assert_eq!(sort(&["signIn"]), Sort::SignIn);
        assert_eq!(sort(&["__typename", "signUp"]), Sort::SignIn);
        assert_eq!(sort(&["refreshSession"]), Sort::Write, "nothing to hash");
        assert_eq!(sort(&["verifyEmail", "createPost"]), Sort::Write);
        assert_eq!(sort(&["createPost"]), Sort::Write);
    }
}
