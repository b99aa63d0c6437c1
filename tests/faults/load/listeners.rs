//! Those who hear the messages of their conversations, and go on behind the last one when cut.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{held, ledger, socket::Subscription, town::Town};

const ADDED: &str = "subscription($id: ID!, $after: String) { \
    messageAdded(conversationId: $id, after: $after) { cursor node { sequence } } }";

/// A server says something more often than this.
const SILENCE: Duration = Duration::from_secs(60);

/// What one listener has heard.
#[derive(Clone, Default)]
struct Heard {
    /// The sequence of the last message.
    last: u64,
    /// How often one was missing, doubled or out of order.
    faults: usize,
}

/// What all of them share.
#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<Heard>>,
    /// How many sockets are open.
    open: AtomicUsize,
    /// How many sockets were opened in place of another.
    resumed: AtomicUsize,
    /// How many sockets ended, by their code.
    ended: Mutex<BTreeMap<u16, usize>>,
}

/// Listeners under way, ended when dropped.
pub struct Listeners {
    shared: Arc<Shared>,
    town: Arc<Town>,
    tasks: Vec<JoinHandle<()>>,
}

impl Listeners {
    /// Opens `sockets` of them, one after the other at each server.
    pub fn start(town: &Arc<Town>, targets: &[SocketAddr], sockets: usize) -> Self {
        let shared = Arc::<Shared>::default();
        // Behind the first message, which begins each conversation.
        let heard = Heard { last: 1, faults: 0 };
        held(&shared.heard).resize(sockets, heard);
        let listen = |n| {
            let (shared, town) = (shared.clone(), town.clone());
            let target = targets[n % targets.len()];
            tokio::spawn(async move {
                // Not all at once.
                sleep(Duration::from_millis(2) * u32::try_from(n).unwrap_or(u32::MAX)).await;
                listen(n, &shared, &town, target).await;
            })
        };
        Self {
            tasks: (0..sockets).map(listen).collect(),
            shared: shared.clone(),
            town: town.clone(),
        }
    }

    pub fn open(&self) -> usize {
        self.shared.open.load(Relaxed)
    }

    pub fn resumed(&self) -> usize {
        self.shared.resumed.load(Relaxed)
    }

    /// How many sockets ended, by their code.
    pub fn ended(&self) -> BTreeMap<u16, usize> {
        held(&self.shared.ended).clone()
    }

    /// Waits until all sockets are open; says whether they are.
    pub async fn are_open(&self, patience: Duration) -> bool {
        let begun = Instant::now();
        while self.open() < self.tasks.len() {
            if begun.elapsed() > patience {
                return false;
            }
            sleep(Duration::from_millis(50)).await;
        }
        true
    }

    /// Waits until everybody has heard everything that is in their conversation now, and says who
    /// has not, or not in order and each message once.
    pub async fn faults(&self, address: SocketAddr, patience: Duration) -> Vec<String> {
        let mut ends = Vec::new();
        for room in 0..self.town.rooms.len() {
            let all = ledger::messages(address, &self.town, room).await;
            ends.push(all.last().map_or(0, |(sequence, _)| *sequence));
        }
        let begun = Instant::now();
        loop {
            let heard = held(&self.shared.heard).clone();
            let mut faults = Vec::new();
            for (n, heard) in heard.iter().enumerate() {
                let end = ends[self.town.room_of(n % self.town.people.len())];
                if heard.last < end {
                    faults.push(format!("listener {n} heard {} of {end}", heard.last));
                }
                if heard.faults > 0 {
                    faults.push(format!("listener {n} misheard {} times", heard.faults));
                }
            }
            if faults.is_empty() || begun.elapsed() > patience {
                return faults;
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Listens until it is aborted.
async fn listen(n: usize, shared: &Shared, town: &Town, target: SocketAddr) {
    let person = n % town.people.len();
    let (token, room) = (
        &town.people[person].token,
        &town.rooms[town.room_of(person)],
    );
    let mut after = room.begin.clone();
    for turn in 0_u64.. {
        let variables = json!({ "id": room.id, "after": after });
        let opened = Subscription::open(target, token, ADDED, &variables).await;
        let Some(mut subscription) = opened else {
            sleep(Duration::from_millis(fastrand::u64(50..250))).await;
            continue;
        };
        shared.open.fetch_add(1, Relaxed);
        if turn > 0 {
            shared.resumed.fetch_add(1, Relaxed);
        }
        let code = loop {
            let frame = match timeout(SILENCE, subscription.next()).await {
                Ok(Ok(frame)) => frame,
                Ok(Err(code)) => break code,
                Err(_) => break 1006,
            };
            let edge = &frame["payload"]["data"]["messageAdded"];
            let (Some(cursor), Some(sequence)) =
                (edge["cursor"].as_str(), edge["node"]["sequence"].as_u64())
            else {
                // An error that passes: it goes on behind what it has.
                break 1000;
            };
            after = cursor.to_owned();
            let heard = &mut held(&shared.heard)[n];
            if sequence != heard.last + 1 {
                heard.faults += 1;
            }
            heard.last = sequence;
        };
        shared.open.fetch_sub(1, Relaxed);
        *held(&shared.ended).entry(code).or_default() += 1;
        // Not all at once.
        sleep(Duration::from_millis(fastrand::u64(10..200))).await;
    }
}
