//! Judges a history when everything is well again.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::{
    house::Room,
    readers::{Got, Reader, Whole},
    writers::History,
};

/// How long pushes may take to catch up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Says how many messages were acknowledged.
pub async fn judge(rooms: &[Room], histories: &[History], readers: &[Reader]) -> usize {
    for (n, room) in rooms.iter().enumerate() {
        let all = readers[0].all(room).await.messages;
        sequences_are_dense(&all);
        nothing_is_lost_or_doubled(&all, n, histories);
        caught_up(&all, n, readers).await;
        for reader in readers {
            let pushed = reader.seen(n, |seen| seen.pushed.clone());
            is_the_rest(&pushed, &all);
        }
    }
    for reader in readers {
        reader.stop().await;
    }
    for (n, room) in rooms.iter().enumerate() {
        for reader in readers {
            let whole = reader.all(room).await;
            unread_is_by_definition(&whole, reader, n);
            let first = readers[0].all(room).await.messages;
            assert_eq!(whole.messages, first, "two readers, two orders");
        }
    }
    histories.iter().map(|history| history.told.len()).sum()
}

fn sequences_are_dense(all: &[Got]) {
    let sequences: Vec<_> = all.iter().map(|got| got.sequence).collect();
    let dense: Vec<_> = (1..).take(all.len()).collect();
    assert_eq!(sequences, dense);
}

fn nothing_is_lost_or_doubled(all: &[Got], room: usize, histories: &[History]) {
    let by_body: HashMap<_, _> = all.iter().map(|got| (got.body.as_str(), got)).collect();
    assert_eq!(by_body.len(), all.len(), "a message is there twice");
    let mut sent = HashSet::from(["begin"]);
    for history in histories {
        let told = history.told.iter().filter(|told| told.room == room);
        let mut before = 0;
        for told in told {
            let got = by_body.get(told.body.as_str());
            let got = got.unwrap_or_else(|| panic!("lost: {told:?}"));
            assert_eq!(
                (&got.id, got.sequence),
                (&told.id, told.sequence),
                "{told:?}"
            );
            assert!(
                told.sequence > before,
                "out of its sender's order: {told:?}"
            );
            before = told.sequence;
            sent.insert(&told.body);
        }
        sent.extend(history.unknown.iter().map(String::as_str));
    }
    for body in by_body.keys() {
        assert!(sent.contains(body), "nobody sent {body:?}");
    }
}

async fn caught_up(all: &[Got], room: usize, readers: &[Reader]) {
    let begun = Instant::now();
    let last = all.last().map_or(0, |got| got.sequence);
    for (n, reader) in readers.iter().enumerate() {
        let come = || {
            reader.seen(room, |seen| {
                seen.pushed.last().map_or(1, |got| got.sequence)
            })
        };
        while come() < last {
            let say = format!("reader {n} was pushed up to {} of {last}", come());
            assert!(begun.elapsed() < PATIENCE, "{say}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Each message behind the first exactly once, in order.
fn is_the_rest(pushed: &[Got], all: &[Got]) {
    let bare = |got: &Got| (got.id.clone(), got.sequence, got.body.clone());
    let pushed: Vec<_> = pushed.iter().map(bare).collect();
    let rest: Vec<_> = all.iter().skip(1).map(bare).collect();
    assert_eq!(pushed, rest);
}

fn unread_is_by_definition(whole: &Whole, reader: &Reader, room: usize) {
    let marked = reader.seen(room, |seen| seen.marked);
    assert!(
        whole.read_up_to >= marked,
        "a marker went back to {}",
        whole.read_up_to
    );
    let me = Some(reader.me.id.as_str());
    let is_news = |got: &&Got| got.sequence > whole.read_up_to && got.sender.as_deref() != me;
    let news = whole.messages.iter().filter(is_news).count().min(1_000);
    assert_eq!(whole.unread, i64::try_from(news).expect("a number"));
}
