//! Who types in a conversation: a signal that is gone after some seconds and stands in no log.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};

use super::{Hub, topic::Topic};
use crate::ids::{ConversationId, PersonId};

/// How long somebody types after they were last said to.
const EXPIRES_AFTER: Duration = Duration::from_secs(6);
/// The same thing about the same person is told once in this time.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// That somebody began to type, or stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypingSignal {
    pub conversation: ConversationId,
    pub person: PersonId,
    pub is_typing: bool,
}

/// Who types, as far as this process has heard.
#[derive(Default)]
pub(super) struct Typing {
    heard: Mutex<Heard>,
    changed: Notify,
}

#[derive(Default)]
struct Heard {
    states: HashMap<(ConversationId, PersonId), State>,
    /// To the other instances; a signal that finds it full is lost.
    others: Option<mpsc::Sender<TypingSignal>>,
}

struct State {
    is_typing: bool,
    told: Instant,
    ends: Instant,
}

impl Hub {
    /// Tells the listeners of every instance whether `person` types. For six seconds, unless it is
    /// told again; the same is told at most once a second. May be lost.
    pub fn tell_typing(&self, conversation: ConversationId, person: PersonId, is_typing: bool) {
        let signal = TypingSignal {
            conversation,
            person,
            is_typing,
        };
        if self.hear_typing(signal) {
            let others = self.typing().heard().others.clone();
            // Lossy: what does not fit is not told.
            let _ = others.map(|others| others.try_send(signal));
        }
    }

    /// Whether `person` types, as far as this process has heard.
    pub fn is_typing(&self, conversation: ConversationId, person: PersonId) -> bool {
        let heard = self.typing().heard();
        let state = heard.states.get(&(conversation, person));
        state.is_some_and(|state| state.is_typing && state.ends > Instant::now())
    }

    /// Takes in a signal, of this instance or another. `false` where it was told just now.
    pub(super) fn hear_typing(&self, signal: TypingSignal) -> bool {
        let now = Instant::now();
        let lasts = match signal.is_typing {
            true => EXPIRES_AFTER,
            // Remembered only to know what was told just now.
            false => AT_MOST_EVERY,
        };
        let key = (signal.conversation, signal.person);
        let mut heard = self.typing().heard();
        let before = heard.states.get_mut(&key);
        if let Some(state) = before
            && state.is_typing == signal.is_typing
            && now.duration_since(state.told) < AT_MOST_EVERY
        {
            state.ends = now + lasts;
            return false;
        }
        let state = State {
            is_typing: signal.is_typing,
            told: now,
            ends: now + lasts,
        };
        heard.states.insert(key, state);
        drop(heard);
        self.typing().changed.notify_one();
        self.tell(Topic::Typing(signal.conversation), signal.person.0);
        true
    }

    /// Signals of this process for other instances. One at a time can take them.
    pub(super) fn typing_for_others(&self, room: usize) -> mpsc::Receiver<TypingSignal> {
        let (sender, receiver) = mpsc::channel(room);
        self.typing().heard().others = Some(sender);
        receiver
    }

    /// Ends what has expired, for ever.
    pub(super) async fn expire_typing(&self) {
        loop {
            let changed = self.typing().changed.notified();
            let first = {
                let heard = self.typing().heard();
                heard.states.values().map(|state| state.ends).min()
            };
            match first {
                None => changed.await,
                Some(first) => tokio::time::sleep_until(first).await,
            }
            let now = Instant::now();
            let mut stopped = Vec::new();
            self.typing().heard().states.retain(|key, state| {
                let is_over = state.ends <= now;
                if is_over && state.is_typing {
                    stopped.push(*key);
                }
                !is_over
            });
            for (conversation, person) in stopped {
                self.tell(Topic::Typing(conversation), person.0);
            }
        }
    }
}

impl Typing {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use uuid::Uuid;

    use super::*;
    use crate::realtime::News;

    #[tokio::test(start_paused = true)]
    async fn typing_is_told_once_a_second_and_ends_six_seconds_after_the_last_time() {
        let hub = Hub::default();
        let expiring = hub.clone();
        let task = tokio::spawn(async move { expiring.expire_typing().await });
        let (room, person) = (
            ConversationId(Uuid::from_u128(1)),
            PersonId(Uuid::from_u128(2)),
        );
        let mut listener = hub.listen([Topic::Typing(room)]);
        let mut others = hub.typing_for_others(4);
        hub.tell_typing(room, person, true);
        hub.tell_typing(room, person, true);
        assert_eq!(listener.next().await, News::Look(person.0));
        assert!(hub.is_typing(room, person));
        assert!(others.recv().now_or_never().flatten().is_some());
        assert!(others.recv().now_or_never().is_none(), "coalesced");
        tokio::time::sleep(Duration::from_secs(5)).await;
        hub.tell_typing(room, person, true);
        assert_eq!(listener.next().await, News::Look(person.0), "again");
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert!(hub.is_typing(room, person), "five seconds after the last");
        assert!(listener.next().now_or_never().is_none());
        let began = Instant::now();
        assert_eq!(listener.next().await, News::Look(person.0), "it ends");
        assert!(began.elapsed() <= Duration::from_millis(1_100));
        assert!(!hub.is_typing(room, person));
        task.abort();
    }
}
