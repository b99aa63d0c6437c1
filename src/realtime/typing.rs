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
/// Something about the same person is told once in this time.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// What is due within this time is done in one pass.
const TOGETHER: Duration = Duration::from_millis(50);

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
    /// It is not what was told last.
    is_late: bool,
    /// It was told at this instance, which tells the others.
    is_own: bool,
    told: Instant,
    ends: Instant,
}

impl Hub {
    /// Tells the listeners of every instance whether `person` types. For six seconds, unless it is
    /// told again; at most once a second: what is told sooner waits, and the last word counts. May
    /// be lost.
    pub fn tell_typing(&self, conversation: ConversationId, person: PersonId, is_typing: bool) {
        let signal = TypingSignal {
            conversation,
            person,
            is_typing,
        };
        if self.take(signal, true) {
            self.pass_on(signal);
        }
    }

    /// Whether `person` types, as far as this process has heard.
    pub fn is_typing(&self, conversation: ConversationId, person: PersonId) -> bool {
        let heard = self.typing().heard();
        let state = heard.states.get(&(conversation, person));
        state.is_some_and(|state| state.is_typing && state.ends > Instant::now())
    }

    /// Takes in a signal of another instance.
    pub(super) fn hear_typing(&self, signal: TypingSignal) {
        self.take(signal, false);
    }

    /// Takes in a signal. `false` where something was told just now: if it is news, it is told when
    /// its time has come.
    fn take(&self, signal: TypingSignal, is_own: bool) -> bool {
        let now = Instant::now();
        let lasts = match signal.is_typing {
            true => EXPIRES_AFTER,
            // Remembered only to know what was told just now.
            false => AT_MOST_EVERY,
        };
        let key = (signal.conversation, signal.person);
        let mut heard = self.typing().heard();
        let before = heard.states.get_mut(&key);
        if let Some(state) = before.filter(|state| now < state.told + AT_MOST_EVERY) {
            state.is_late |= state.is_typing != signal.is_typing;
            (state.is_typing, state.ends) = (signal.is_typing, now + lasts);
            state.is_own = is_own;
            drop(heard);
            self.typing().changed.notify_one();
            return false;
        }
        let state = State {
            is_typing: signal.is_typing,
            is_late: false,
            is_own,
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

    /// Tells what is late, and ends what has expired, for ever.
    pub(super) async fn expire_typing(&self) {
        let mut passed = Instant::now();
        loop {
            let changed = self.typing().changed.notified();
            let first = {
                let heard = self.typing().heard();
                heard.states.values().map(State::due).min()
            };
            let Some(first) = first else {
                changed.await;
                continue;
            };
            // One pass for many.
            tokio::select! {
                () = tokio::time::sleep_until(first.max(passed + TOGETHER)) => {}
                () = changed => continue,
            }
            passed = Instant::now();
            for (signal, is_for_others) in self.typing().pass(passed) {
                self.tell(Topic::Typing(signal.conversation), signal.person.0);
                if is_for_others {
                    self.pass_on(signal);
                }
            }
        }
    }

    /// To the other instances. Lossy: what does not fit is not told.
    fn pass_on(&self, signal: TypingSignal) {
        let others = self.typing().heard().others.clone();
        let _ = others.map(|others| others.try_send(signal));
    }
}

impl State {
    /// When there is something to do.
    fn due(&self) -> Instant {
        match self.is_late {
            true => self.ends.min(self.told + AT_MOST_EVERY),
            false => self.ends,
        }
    }
}

impl Typing {
    /// What is to be told `now`, and whether to other instances too: each ends by itself what has
    /// expired.
    fn pass(&self, now: Instant) -> Vec<(TypingSignal, bool)> {
        let mut told = Vec::new();
        self.heard().states.retain(|(conversation, person), state| {
            let is_over = state.ends <= now;
            let is_word = state.is_late;
            let was_typing = state.is_typing != state.is_late;
            if is_over {
                // The end of what was told last, whoever said so.
                (state.is_typing, state.is_late) = (false, was_typing);
            }
            if state.is_late && (is_over || now >= state.told + AT_MOST_EVERY) {
                (state.is_late, state.told) = (false, now);
                let signal = TypingSignal {
                    conversation: *conversation,
                    person: *person,
                    is_typing: state.is_typing,
                };
                told.push((signal, state.is_own && is_word));
            }
            !is_over
        });
        told
    }

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

    #[tokio::test(start_paused = true)]
    async fn whoever_changes_their_mind_is_told_once_a_second_and_the_last_word_counts() {
        let hub = Hub::default();
        let expiring = hub.clone();
        let task = tokio::spawn(async move { expiring.expire_typing().await });
        let (room, person) = (
            ConversationId(Uuid::from_u128(1)),
            PersonId(Uuid::from_u128(2)),
        );
        let mut listener = hub.listen([Topic::Typing(room)]);
        let mut others = hub.typing_for_others(64);
        for n in 0..50 {
            hub.tell_typing(room, person, n % 2 == 0);
        }
        assert_eq!(listener.next().await, News::Look(person.0));
        assert!(listener.next().now_or_never().is_none(), "told just now");
        assert_eq!(listener.next().await, News::Look(person.0), "the last word");
        assert!(!hub.is_typing(room, person));
        let told = [others.try_recv(), others.try_recv(), others.try_recv()];
        let states = told.map(|signal| signal.ok().map(|signal| signal.is_typing));
        assert_eq!(states, [Some(true), Some(false), None]);
        task.abort();
    }
}
