//! Those who read: each has a subscription to every room, which goes on behind the last cursor
//! whenever it is cut, pages by query beside it, and marks what they have read.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    task::JoinHandle,
    time::{Duration, sleep, timeout},
};

use super::{
    house::{House, Resident, Room},
    wire::{self, Subscription},
};

const ADDED: &str = "subscription($id: ID!, $after: String) { \
    messageAdded(conversationId: $id, after: $after) { cursor node { id sequence body } } }";
const PAGE: &str = "query($id: ID!, $after: String) { node(id: $id) { ... on Conversation { \
    unreadCount members(first: 20) { nodes { user { id } lastReadMessage { sequence } } } \
    messages(first: 100, after: $after) { nodes { id sequence body sender { id } } \
    pageInfo { hasNextPage endCursor } } } } }";
const MARK: &str = "mutation($input: MarkConversationReadInput!) { markConversationRead(input: $input) { \
    conversation { id } userErrors { code message } } }";

/// A message as a reader got it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    pub id: String,
    pub sequence: i64,
    pub body: String,
    pub sender: Option<String>,
}

impl Got {
    fn read(node: &Value) -> Self {
        let word = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            id: word(&node["id"]).unwrap_or_else(|| panic!("{node}")),
            sequence: node["sequence"].as_i64().expect("a sequence"),
            body: word(&node["body"]).expect("a body"),
            sender: word(&node["sender"]["id"]),
        }
    }
}

/// A room as its reader finds it.
pub struct Whole {
    pub messages: Vec<Got>,
    pub unread: i64,
    pub read_up_to: i64,
}

/// What one reader has got of one room.
#[derive(Default)]
pub struct Seen {
    /// By subscription, in the order of arrival.
    pub pushed: Vec<Got>,
    /// The sequence up to which they have marked.
    pub marked: i64,
}

pub struct Reader {
    pub me: Resident,
    n: usize,
    house: Arc<House>,
    seen: Vec<Arc<Mutex<Seen>>>,
    cut: Arc<Notify>,
    tasks: Vec<JoinHandle<()>>,
}

fn held(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reader {
    /// Reads until it is dropped.
    pub fn start(n: usize, house: &Arc<House>, rooms: &[Room]) -> Self {
        let mut reader = Self {
            me: house.person(n),
            n,
            house: house.clone(),
            seen: rooms.iter().map(|_| Arc::default()).collect(),
            cut: Arc::default(),
            tasks: Vec::new(),
        };
        for (room, seen) in rooms.iter().zip(reader.seen.clone()) {
            let (house, me, cut) = (house.clone(), reader.me.clone(), reader.cut.clone());
            let listening = listen(
                n,
                house.clone(),
                me.clone(),
                room.clone(),
                seen.clone(),
                cut,
            );
            let reading = read_on(n, house, me, room.clone(), seen);
            reader
                .tasks
                .extend([tokio::spawn(listening), tokio::spawn(reading)]);
        }
        reader
    }

    /// Cuts the reader's sockets.
    pub fn cut(&self) {
        self.cut.notify_waiters();
    }

    /// A look at what has come so far.
    pub fn seen<T>(&self, room: usize, look: impl FnOnce(&Seen) -> T) -> T {
        look(&held(&self.seen[room]))
    }

    /// Stops marking and listening.
    pub async fn stop(&self) {
        for task in &self.tasks {
            task.abort();
        }
        while !self.tasks.iter().all(JoinHandle::is_finished) {
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Everything in a room by query.
    pub async fn all(&self, room: &Room) -> Whole {
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = page(&self.house, self.n, &self.me, &room.id, after.as_deref()).await;
            let Some(page) = page else {
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            let messages = &page["messages"];
            let nodes = messages["nodes"].as_array().expect("a list");
            all.extend(nodes.iter().map(Got::read));
            if messages["pageInfo"]["hasNextPage"] == false {
                let members = page["members"]["nodes"].as_array().expect("a list");
                let own = members
                    .iter()
                    .find(|member| member["user"]["id"] == self.me.id.as_str());
                let read = &own.expect("oneself")["lastReadMessage"]["sequence"];
                return Whole {
                    messages: all,
                    unread: page["unreadCount"].as_i64().expect("a number"),
                    read_up_to: read.as_i64().unwrap_or(0),
                };
            }
            after = messages["pageInfo"]["endCursor"]
                .as_str()
                .map(str::to_owned);
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn page(
    house: &House,
    server: usize,
    me: &Resident,
    room: &str,
    after: Option<&str>,
) -> Option<Value> {
    let variables = json!({ "id": room, "after": after });
    let answer = wire::post(house.address(server), &me.token, PAGE, &variables).await?;
    let found = &answer["data"]["node"];
    (!found["messages"].is_null()).then(|| found.clone())
}

async fn listen(
    n: usize,
    house: Arc<House>,
    me: Resident,
    room: Room,
    seen: Arc<Mutex<Seen>>,
    cut: Arc<Notify>,
) {
    let mut after = room.begin.clone();
    for turn in n.. {
        let variables = json!({ "id": room.id, "after": after });
        let opened = Subscription::open(house.address(turn), &me.token, ADDED, &variables).await;
        let Some(mut subscription) = opened else {
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        loop {
            let frame = tokio::select! {
                frame = subscription.next() => frame,
                () = cut.notified() => None,
                // A server that does not move: its pings would have come.
                () = sleep(Duration::from_secs(30)) => None,
            };
            let Some(frame) = frame else { break };
            let edge = &frame["payload"]["data"]["messageAdded"];
            let Some(cursor) = edge["cursor"].as_str() else {
                // An error that passes: it goes on behind what it has.
                break;
            };
            after = cursor.to_owned();
            held(&seen).pushed.push(Got::read(&edge["node"]));
        }
        drop(subscription);
        sleep(Duration::from_millis(50)).await;
    }
}

/// Reads page after page, and marks the last message now and then.
async fn read_on(n: usize, house: Arc<House>, me: Resident, room: Room, seen: Arc<Mutex<Seen>>) {
    let mut after = None::<String>;
    let mut last = 0;
    for turn in n.. {
        sleep(Duration::from_millis(fastrand::u64(50..300))).await;
        let got = page(&house, turn, &me, &room.id, after.as_deref()).await;
        let Some(got) = got else { continue };
        let nodes = got["messages"]["nodes"].as_array().expect("a list");
        for node in nodes.iter().map(Got::read) {
            assert_eq!(node.sequence, last + 1, "read behind {last}");
            last = node.sequence;
        }
        if let Some(end) = got["messages"]["pageInfo"]["endCursor"].as_str() {
            after = Some(end.to_owned());
        }
        if let Some(node) = nodes.last().filter(|_| fastrand::u32(0..4) == 0) {
            let input = json!({ "conversationId": room.id, "upToMessageId": node["id"] });
            let variables = json!({ "input": input });
            let marking = wire::post(house.address(turn), &me.token, MARK, &variables);
            let marked = timeout(Duration::from_secs(10), marking)
                .await
                .ok()
                .flatten();
            let done = marked.is_some_and(|answer| {
                answer["data"]["markConversationRead"]["conversation"]["id"].is_string()
            });
            if done {
                held(&seen).marked = last;
            }
        }
    }
}
