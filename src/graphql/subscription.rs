//! A subscription under way: its events under a deadline each, their errors masked.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use async_graphql::{Response, ServerError, Value};
use futures_util::{
    FutureExt, Stream, StreamExt,
    stream::{self, BoxStream, unfold},
};

use super::{
    course::Course,
    errors::ErrorCode,
    measure::{self, Active},
    refused::{Refused, mask_all, panicked, refused},
    rounds::Rounds,
};
use crate::{accounts::Me, platform::db::Tally};

/// What a subscription tells.
pub enum Event {
    /// Something happened: data, perhaps with errors in some fields.
    Next(Response),
    /// It cannot go on; nothing follows.
    Failed(Vec<ServerError>),
}

/// The events of one operation, made as they are asked for. Dropping it ends the operation.
pub struct Subscription {
    me: Option<Me>,
    is_valid: bool,
    events: BoxStream<'static, Event>,
    _active: Active,
}

impl Subscription {
    /// A subscription that listens already: what happens from here on is told.
    pub(super) async fn begin(me: Option<Me>, mut running: Running) -> Self {
        let first = running.begin().await;
        let is_valid = !matches!(first, Some(Event::Failed(_)));
        let events = unfold(running, async |mut running| {
            let event = running.next().await?;
            Some((event, running))
        });
        let events = stream::iter(first).chain(events).boxed();
        Self {
            me,
            is_valid,
            events,
            _active: Active::begin(),
        }
    }

    /// Whether its document has passed validation for sure.
    pub(super) fn is_valid(&self) -> bool {
        self.is_valid
    }

    /// Who subscribed; `None` for a guest.
    pub fn me(&self) -> Option<Me> {
        self.me
    }
}

impl Stream for Subscription {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.events.poll_next_unpin(cx)
    }
}

/// The answers of the engine, driven.
pub(super) struct Running {
    /// `None` once nothing follows.
    answers: Option<BoxStream<'static, Response>>,
    rounds: Arc<Rounds>,
    course: Arc<Course>,
    tally: Tally,
    deadline: Duration,
    request_id: String,
}

impl Running {
    pub(super) fn new(
        answers: BoxStream<'static, Response>,
        rounds: Arc<Rounds>,
        course: Arc<Course>,
        deadline: Duration,
        request_id: String,
    ) -> Self {
        Self {
            answers: Some(answers),
            rounds,
            course,
            tally: Tally::default(),
            deadline,
            request_id,
        }
    }

    /// Runs until it waits for something to happen; the event that came before that.
    async fn begin(&mut self) -> Option<Event> {
        let course = self.course.clone();
        tokio::select! {
            // In this order: whether it rests is known once the answer was asked for.
            biased;
            event = self.next() => event,
            () = course.resting() => None,
        }
    }

    async fn next(&mut self) -> Option<Event> {
        let answers = self.answers.as_mut()?;
        let answer = self.tally.over(self.rounds.drive(answers.next()));
        let answer = AssertUnwindSafe(answer).catch_unwind();
        let answer = tokio::select! {
            // In this order: whether an event is under way is known once the answer was asked for.
            biased;
            answer = answer => answer,
            () = self.course.overdue(self.deadline) => {
                let say = "An event took too long. Ask for less at a time, and subscribe again.";
                return self.fail(Refused::new(ErrorCode::Timeout, say));
            }
        };
        match answer {
            Ok(Some(mut answer)) => {
                measure::event(self.course.read(), self.tally.take());
                mask_all(&mut answer, &self.request_id);
                // Only what made no stream of events, or a fault around it, has no data at all.
                if answer.data == Value::Null && !answer.errors.is_empty() {
                    self.answers = None;
                    return Some(Event::Failed(answer.errors));
                }
                Some(Event::Next(answer))
            }
            Ok(None) => {
                self.course.rest();
                let error = self.course.ended();
                self.answers = None;
                Some(Event::Failed(refused(error?, &self.request_id).errors))
            }
            Err(_) => {
                let refused = panicked(&self.request_id);
                self.fail(refused)
            }
        }
    }

    fn fail(&mut self, refused: Refused) -> Option<Event> {
        self.course.rest();
        self.answers = None;
        Some(Event::Failed(refused.errors))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_event_that_takes_too_long_ends_the_subscription() {
        let never = stream::pending().boxed();
        let (rounds, course) = (Arc::default(), Arc::default());
        let deadline = Duration::from_secs(10);
        let running = Running::new(never, rounds, course, deadline, "one".to_owned());
        let mut events = Subscription::begin(None, running).await;
        let Some(Event::Failed(errors)) = events.next().await else {
            panic!("it goes on");
        };
        let extensions = errors[0].extensions.as_ref().unwrap();
        let code = async_graphql::Value::from(ErrorCode::Timeout.text());
        assert_eq!(extensions.get("code"), Some(&code));
        assert!(events.next().await.is_none());
    }
}
