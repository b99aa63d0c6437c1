//! A stream that is driven by a task of its own.

use futures_util::{Stream, StreamExt, stream::unfold};
use tokio::{sync::mpsc, task::AbortHandle};

/// `stream`, at most one item ahead of whoever reads it. A client that reads slowly must not hold
/// what an operation needs while it runs: its place among those that run at once, a connection to
/// the database. Dropping it ends the task.
pub(super) fn apart<T: Send + 'static>(
    stream: impl Stream<Item = T> + Send + 'static,
) -> impl Stream<Item = T> + Send + 'static {
    let (send, items) = mpsc::channel(1);
    let task = tokio::spawn(async move {
        let mut stream = std::pin::pin!(stream);
        while let Some(item) = stream.next().await {
            if send.send(item).await.is_err() {
                return;
            }
        }
    });
    let reading = Reading {
        items,
        task: task.abort_handle(),
    };
    unfold(reading, async |mut reading| {
        let item = reading.items.recv().await?;
        Some((item, reading))
    })
}

struct Reading<T> {
    items: mpsc::Receiver<T>,
    task: AbortHandle,
}

impl<T> Drop for Reading<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use futures_util::stream;

    use super::*;

    /// How many items were made for a reader who took `taken` of them and then paused.
    async fn made(taken: usize) -> u32 {
        let made = Arc::new(AtomicU32::new(0));
        let counted = made.clone();
        let items = stream::repeat_with(move || counted.fetch_add(1, Ordering::Relaxed));
        let items = apart(items);
        let _first: Vec<u32> = std::pin::pin!(items).take(taken).collect().await;
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        made.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn what_nobody_reads_is_made_no_further_than_a_little_ahead() {
        assert!(made(5).await <= 7);
    }
}
