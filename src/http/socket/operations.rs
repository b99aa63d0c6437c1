//! The operations that are under way on one socket.

use std::collections::HashMap;

use axum::extract::ws::Utf8Bytes;
use futures_util::{
    FutureExt, StreamExt,
    future::{AbortHandle, Abortable},
    stream::{self, BoxStream, SelectAll},
};
use tokio::sync::oneshot;

use super::message;
use crate::{
    graphql::{
        executor::{GuardedExecutor, Operation, Outcome},
        subscription::Event,
    },
    http::{apart::apart, body::Body},
};

/// Something to be sent for an operation.
struct Answer {
    id: String,
    frame: Utf8Bytes,
    is_last: bool,
}

/// Operations by the ids that the client gave them.
#[derive(Default)]
pub(super) struct Operations {
    live: HashMap<String, AbortHandle>,
    answers: SelectAll<Abortable<BoxStream<'static, Answer>>>,
}

impl Operations {
    pub(super) fn len(&self) -> usize {
        self.live.len()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.live.contains_key(id)
    }

    /// Begins an operation under an id that is free.
    /// The receiver ends when it has begun.
    pub(super) fn begin(
        &mut self,
        id: String,
        executor: GuardedExecutor,
        mut operation: Operation,
    ) -> oneshot::Receiver<()> {
        let (begun, beginning) = oneshot::channel();
        operation.begun = Some(begun);
        let (handle, registration) = AbortHandle::new_pair();
        let answers = apart(answers(id.clone(), executor, operation)).boxed();
        self.answers.push(Abortable::new(answers, registration));
        self.live.insert(id, handle);
        beginning
    }

    /// Ends an operation, if it is under way.
    pub(super) fn end(&mut self, id: &str) {
        if let Some(handle) = self.live.remove(id) {
            handle.abort();
        }
    }

    /// The next frame to send; waits for ever where no operation is under way.
    pub(super) async fn next(&mut self) -> Utf8Bytes {
        match self.answers.next().await {
            Some(answer) => {
                if answer.is_last {
                    self.live.remove(&answer.id);
                }
                answer.frame
            }
            None => std::future::pending().await,
        }
    }
}

fn answers(
    id: String,
    executor: GuardedExecutor,
    operation: Operation,
) -> BoxStream<'static, Answer> {
    let outcome = async move { executor.execute(operation).await };
    let answers = outcome.map(|outcome| match outcome {
        Outcome::Executed(response) => {
            let next = message::next(&id, Body::executed(&response));
            stream::iter([more(&id, next), complete(&id)]).boxed()
        }
        Outcome::Subscribed(events) => {
            let end = id.clone();
            let events = events.map(move |event| match event {
                Event::Next(response) => more(&id, message::next(&id, Body::executed(&response))),
                Event::Failed(errors) => last(&id, message::error(&id, &errors)),
            });
            // Sent only where no error was the last: that ends the stream of answers.
            let completed = stream::once(async move { complete(&end) });
            until_last(events.chain(completed).boxed())
        }
        Outcome::Refused(refused) => {
            stream::iter([last(&id, message::error(&id, &refused.errors))]).boxed()
        }
        // This transport may do everything.
        Outcome::MutationNotAllowed => stream::iter([complete(&id)]).boxed(),
    });
    answers.flatten_stream().boxed()
}

/// The answers up to the first that is the last.
fn until_last(answers: BoxStream<'static, Answer>) -> BoxStream<'static, Answer> {
    let answers = stream::unfold(Some(answers), async |answers| {
        let mut answers = answers?;
        let answer = answers.next().await?;
        let rest = (!answer.is_last).then_some(answers);
        Some((answer, rest))
    });
    answers.boxed()
}

fn more(id: &str, frame: Utf8Bytes) -> Answer {
    Answer {
        id: id.to_owned(),
        frame,
        is_last: false,
    }
}

fn last(id: &str, frame: Utf8Bytes) -> Answer {
    Answer {
        is_last: true,
        ..more(id, frame)
    }
}

fn complete(id: &str) -> Answer {
    last(id, message::plain("complete", Some(id)))
}
