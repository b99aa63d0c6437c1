//! Who listens to what in this process.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use super::{
    pace::Pacer,
    topic::{Subject, Topic},
    typing::Typing,
};

/// How many ids wait for a listener. One that is slower than that is told to fetch again.
const WAITING: usize = 64;

/// What a listener hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Look at this: it is new, or not what it was.
    Look(Uuid),
    /// More has happened than can be told: whatever was heard before may be out of date.
    Resync,
}

/// The listeners of this process. Cheap to clone.
#[derive(Clone, Default)]
pub struct Hub(Arc<Inner>);

type Listeners = HashMap<Subject, HashMap<Uuid, Vec<Arc<Inbox>>>>;

#[derive(Default)]
struct Inner {
    listeners: Mutex<Listeners>,
    pub(super) typing: Typing,
}

impl Hub {
    /// Listens to `topics` from here on. Whoever subscribes listens first and reads afterwards,
    /// so that nothing falls between the two.
    pub fn listen(&self, topics: impl IntoIterator<Item = Topic>) -> Listener {
        let listener = Listener {
            hub: self.clone(),
            topics: topics.into_iter().collect(),
            inbox: Arc::default(),
            pace: Duration::ZERO,
            heard: None,
            pacer: None,
        };
        let mut listeners = self.listeners();
        for topic in &listener.topics {
            let of_subject = listeners.entry(topic.subject()).or_default();
            let inboxes = of_subject.entry(topic.id()).or_default();
            inboxes.push(listener.inbox.clone());
        }
        drop(listeners);
        listener
    }

    /// Tells every listener of `topic` to look at `id`. Waits for nobody.
    pub fn tell(&self, topic: Topic, id: Uuid) {
        let listeners = self.listeners();
        let of_subject = listeners.get(&topic.subject());
        let inboxes = of_subject.and_then(|of_subject| of_subject.get(&topic.id()));
        for inbox in inboxes.into_iter().flatten() {
            inbox.put(id);
        }
    }

    /// Tells every listener of this process that it has missed something.
    pub fn resync_all(&self) {
        let listeners = self.listeners();
        let inboxes = listeners.values().flat_map(HashMap::values).flatten();
        inboxes.for_each(|inbox| inbox.overflow());
    }

    /// Who listens now.
    pub fn listening(&self) -> Listening<'_> {
        Listening(self)
    }

    pub(super) fn typing(&self) -> &Typing {
        &self.0.typing
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        let listeners = self.0.listeners.lock();
        listeners.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which topics have a listener in this process, so that nothing is looked up for nobody.
pub struct Listening<'a>(&'a Hub);

impl Listening<'_> {
    /// Nobody listens to anything.
    pub fn is_empty(&self) -> bool {
        self.0.listeners().is_empty()
    }

    /// Whether anybody listens to `topic`.
    pub fn has(&self, topic: Topic) -> bool {
        self.count(topic) > 0
    }

    /// How many listen to `topic`.
    pub fn count(&self, topic: Topic) -> usize {
        self.sum(topic, |_| 1)
    }

    /// How many ids wait for those who listen to `topic`.
    pub fn waiting(&self, topic: Topic) -> usize {
        self.sum(topic, |inbox| inbox.waiting().ids.len())
    }

    fn sum(&self, topic: Topic, of: impl Fn(&Inbox) -> usize) -> usize {
        let listeners = self.0.listeners();
        let of_subject = listeners.get(&topic.subject());
        let inboxes = of_subject.and_then(|of_subject| of_subject.get(&topic.id()));
        inboxes.into_iter().flatten().map(|inbox| of(inbox)).sum()
    }

    /// Every id that has a listener on topics of one kind: `ids(Topic::Feed, PersonId)`.
    pub fn ids<T>(&self, topic: fn(T) -> Topic, id: fn(Uuid) -> T) -> Vec<T> {
        let subject = topic(id(Uuid::nil())).subject();
        let listeners = self.0.listeners();
        let of_subject = listeners.get(&subject);
        of_subject.map_or_else(Vec::new, |of_subject| {
            of_subject.keys().copied().map(id).collect()
        })
    }
}

/// One who listens. Dropping it ends that.
pub struct Listener {
    hub: Hub,
    topics: Vec<Topic>,
    inbox: Arc<Inbox>,
    pace: Duration,
    heard: Option<Instant>,
    pacer: Option<Pacer>,
}

impl Listener {
    /// The next news. Ids come in the order in which they were told first; one that is told again
    /// while it waits comes once.
    pub async fn next(&mut self) -> News {
        if let Some(heard) = self.heard.filter(|_| !self.pace.is_zero()) {
            tokio::time::sleep_until(heard + self.pace).await;
        }
        loop {
            // Made before the look, so that nothing told in between is slept over.
            let told = self.inbox.told.notified();
            let now = Instant::now();
            if let Some(news) = take(&self.inbox, self.pacer.as_mut(), now) {
                self.heard = Some(now);
                return news;
            }
            match self.pacer.as_ref().and_then(Pacer::next) {
                None => told.await,
                Some(due) => tokio::select! {
                    () = told => {}
                    () = tokio::time::sleep_until(due) => {}
                },
            }
        }
    }

    /// From here on there are news at most once in `pace`; what is told meanwhile waits.
    #[must_use]
    pub fn paced(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// From here on each id comes at most once in `pace`; others do not wait for it.
    #[must_use]
    pub fn paced_each(mut self, pace: Duration) -> Self {
        self.pacer = Some(Pacer::new(pace));
        self
    }

    /// Makes the next news a resync: for whoever begins by catching up.
    #[must_use]
    pub fn resync_first(self) -> Self {
        self.inbox.overflow();
        self
    }
}

/// The next news that may be told now.
fn take(inbox: &Inbox, pacer: Option<&mut Pacer>, now: Instant) -> Option<News> {
    let Some(pacer) = pacer else {
        return inbox.take();
    };
    if let Some(id) = pacer.due(now) {
        return Some(News::Look(id));
    }
    loop {
        match inbox.take()? {
            News::Resync => {
                pacer.clear();
                return Some(News::Resync);
            }
            News::Look(id) if pacer.admits(id, now) => return Some(News::Look(id)),
            News::Look(_) => {}
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listeners = self.hub.listeners();
        for topic in &self.topics {
            let Some(of_subject) = listeners.get_mut(&topic.subject()) else {
                continue;
            };
            if let Some(inboxes) = of_subject.get_mut(&topic.id()) {
                inboxes.retain(|inbox| !Arc::ptr_eq(inbox, &self.inbox));
                if inboxes.is_empty() {
                    of_subject.remove(&topic.id());
                }
            }
            if of_subject.is_empty() {
                listeners.remove(&topic.subject());
            }
        }
    }
}

/// What waits for one listener: bounded, whatever it does.
#[derive(Default)]
struct Inbox {
    waiting: Mutex<Waiting>,
    told: Notify,
}

#[derive(Default)]
struct Waiting {
    ids: VecDeque<Uuid>,
    has_overflown: bool,
}

impl Inbox {
    fn put(&self, id: Uuid) {
        let mut waiting = self.waiting();
        if waiting.has_overflown || waiting.ids.contains(&id) {
            return;
        }
        if waiting.ids.len() >= WAITING {
            drop(waiting);
            return self.overflow();
        }
        waiting.ids.push_back(id);
        drop(waiting);
        self.told.notify_one();
    }

    fn overflow(&self) {
        *self.waiting() = Waiting {
            ids: VecDeque::new(),
            has_overflown: true,
        };
        self.told.notify_one();
    }

    fn take(&self) -> Option<News> {
        let mut waiting = self.waiting();
        if waiting.has_overflown {
            waiting.has_overflown = false;
            return Some(News::Resync);
        }
        waiting.ids.pop_front().map(News::Look)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::ids::{PersonId, PostId};

    fn feed(n: u128) -> Topic {
        Topic::Feed(PersonId(Uuid::from_u128(n)))
    }

    #[test]
    fn a_listener_hears_its_own_topics_in_order_and_each_id_once_while_it_waits() {
        let hub = Hub::default();
        let mut listener = hub.listen([feed(1), feed(2)]);
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        hub.tell(feed(1), a);
        hub.tell(feed(2), b);
        hub.tell(feed(1), a);
        hub.tell(feed(3), c);
        hub.tell(Topic::Comments(PostId(Uuid::from_u128(1))), c);
        assert_eq!(listener.next().now_or_never(), Some(News::Look(a)));
        assert_eq!(listener.next().now_or_never(), Some(News::Look(b)));
        assert_eq!(listener.next().now_or_never(), None);
    }

    #[test]
    fn a_queue_that_overflows_becomes_one_resync_and_goes_on_afterwards() {
        let hub = Hub::default();
        let (mut slow, mut other) = (hub.listen([feed(1)]), hub.listen([feed(1)]));
        for n in 0..65 {
            hub.tell(feed(1), Uuid::from_u128(n));
            assert!(other.next().now_or_never().is_some(), "the other keeps up");
        }
        assert_eq!(slow.next().now_or_never(), Some(News::Resync));
        assert_eq!(slow.next().now_or_never(), None);
        hub.tell(feed(1), Uuid::from_u128(9));
        let look = News::Look(Uuid::from_u128(9));
        assert_eq!(slow.next().now_or_never(), Some(look));
    }

    #[test]
    fn whoever_is_dropped_is_forgotten_and_only_they() {
        let hub = Hub::default();
        let (gone, stays) = (hub.listen([feed(1)]), hub.listen([feed(1)]));
        drop(gone);
        assert!(hub.listening().has(feed(1)));
        let ids = hub.listening().ids(Topic::Feed, PersonId);
        assert_eq!(ids, [PersonId(Uuid::from_u128(1))]);
        drop(stays);
        assert!(hub.listening().is_empty());
    }
}
