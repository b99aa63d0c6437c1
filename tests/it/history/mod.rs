//! A history of what clients were told while everything around them failed, and its judgement.
//!
//! Eight people write, eight others read by query and by subscription, through two servers on one
//! PostgreSQL; meanwhile servers are killed and stopped, the database is restarted, and sockets
//! are cut. HISTORY_SECONDS makes it longer.

mod check;
mod house;
mod nemesis;
mod readers;
mod wire;
mod writers;

use std::{sync::Arc, time::Duration};

use house::House;
use readers::Reader;
use tokio::{sync::watch, time::Instant};
use writers::Writer;

const WRITERS: usize = 8;
const READERS: usize = 8;

fn length() -> Duration {
    let wanted = std::env::var("HISTORY_SECONDS");
    Duration::from_secs(wanted.map_or(20, |n| n.parse().expect("a number of seconds")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL"]
async fn no_acknowledged_message_is_lost_doubled_or_reordered_whatever_fails() {
    let house = Arc::new(House::build(WRITERS + READERS).await);
    let rooms = house.rooms().await;
    let (stop, stopped) = watch::channel(false);
    let writers: Vec<_> = (0..WRITERS)
        .map(|n| tokio::spawn(Writer::new(n, &house, &rooms).run(stopped.clone())))
        .collect();
    let readers: Vec<_> = (WRITERS..WRITERS + READERS)
        .map(|n| Reader::start(n, &house, &rooms))
        .collect();
    let seed = std::env::var("HISTORY_SEED").map_or_else(
        |_| fastrand::u64(..),
        |seed| seed.parse().expect("a number"),
    );
    println!("HISTORY_SEED={seed}");
    let done = nemesis::rage(&house, &readers, seed, Instant::now() + length()).await;
    stop.send(true).expect("writers");
    let mut histories = Vec::new();
    for writer in writers {
        histories.push(writer.await.expect("a writer"));
    }
    let told = check::judge(&rooms, &histories, &readers).await;
    println!("{told} messages were acknowledged; {done}");
    // Whoever never got a word in has proven nothing.
    assert!(told >= WRITERS * 5, "{told}");
}
