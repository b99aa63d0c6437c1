//! The people that clients speak for, their conversations and their first posts.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::{
    asks::{POST, SEND},
    held,
    http::Client,
};

/// Most that talk in one conversation.
const TALKERS: usize = 8;
/// How many sign up at a time: each costs a hash of their password.
const AT_ONCE: usize = 2;

const SIGN_UP: &str = "mutation($input: SignUpInput!) { signUp(input: $input) { \
    session { accessToken } viewer { user { id } } userErrors { code message } } }";
const FOLLOW: &str = "mutation($input: FollowUserInput!) { followUser(input: $input) { \
    user { id } userErrors { code message } } }";
const START: &str = "mutation($input: StartConversationInput!) { startConversation(input: $input) { \
    conversation { id } userErrors { code message } } }";

/// Somebody with a session.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub handle: String,
    pub token: String,
}

/// A conversation of some of them, and the cursor behind its first message.
#[derive(Clone, Debug)]
pub struct Room {
    pub id: String,
    pub begin: String,
    /// One of its members.
    pub owner: usize,
}

/// Everybody.
pub struct Town {
    /// Unique, so that many towns may stand on one database.
    pub name: String,
    pub people: Vec<Person>,
    pub rooms: Vec<Room>,
    posts: Vec<String>,
}

impl Town {
    /// Founds one at a server whose limits are off.
    ///
    /// # Panics
    /// Where the server refuses anything.
    pub async fn found(address: SocketAddr, people: usize) -> Self {
        let mut town = Self {
            name: format!("{:08x}", fastrand::u32(..)),
            people: sign_up(address, people).await,
            rooms: Vec::new(),
            posts: Vec::new(),
        };
        let mut client = Client::new(address);
        for (n, person) in town.people.iter().enumerate() {
            let next = &town.people[(n + 1) % people].id;
            if people > 1 {
                must(
                    &mut client,
                    &person.token,
                    FOLLOW,
                    json!({ "userId": next }),
                )
                .await;
            }
            let input = json!({ "body": format!("Hello from {}", person.handle) });
            let made = must(&mut client, &person.token, POST, input).await;
            let id = &made["createPost"]["postEdge"]["node"]["id"];
            town.posts.push(word(id));
        }
        for owner in (0..people).step_by(TALKERS) {
            let members = &town.people[owner..people.min(owner + TALKERS)];
            let room = start(&mut client, owner, members).await;
            town.rooms.push(room);
        }
        town
    }

    /// The conversation of a person.
    pub fn room_of(&self, person: usize) -> usize {
        person / TALKERS
    }

    /// One of the first posts.
    pub fn some_post(&self) -> &str {
        &self.posts[fastrand::usize(..self.posts.len())]
    }
}

async fn sign_up(address: SocketAddr, people: usize) -> Vec<Person> {
    let (next, made) = (
        Arc::new(Mutex::new(0..people)),
        Arc::new(Mutex::new(Vec::new())),
    );
    let mut tasks = Vec::new();
    for _ in 0..AT_ONCE {
        let (next, made) = (next.clone(), made.clone());
        tasks.push(tokio::spawn(async move {
            let mut client = Client::new(address);
            loop {
                let n = held(&next).next();
                let Some(n) = n else { return };
                let handle = format!("p{n}_{:08x}", fastrand::u32(..));
                let email = format!("{handle}@example.org");
                let input = json!({ "handle": handle, "email": email, "password": "correct horse battery" });
                let done = must(&mut client, "", SIGN_UP, input).await["signUp"].clone();
                let id = word(&done["viewer"]["user"]["id"]);
                let token = word(&done["session"]["accessToken"]);
                held(&made).push(Person { id, handle, token });
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    std::mem::take(&mut *held(&made))
}

async fn start(client: &mut Client, owner: usize, members: &[Person]) -> Room {
    let (first, others) = members.split_first().expect("people");
    let others: Vec<_> = others.iter().map(|person| &person.id).collect();
    let input = json!({ "kind": "GROUP", "memberIds": others, "title": "The harbour" });
    let made = must(client, &first.token, START, input).await;
    let id = word(&made["startConversation"]["conversation"]["id"]);
    let input = json!({ "conversationId": id, "body": "begin", "idempotencyKey": "begin" });
    let sent = must(client, &first.token, SEND, input).await;
    let begin = word(&sent["sendMessage"]["messageEdge"]["cursor"]);
    Room { id, begin, owner }
}

fn word(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn must(client: &mut Client, token: &str, document: &str, input: Value) -> Value {
    let variables = json!({ "input": input });
    let answer = client.ask(token, document, &variables).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.code(), "", "{answer:?}");
    answer.body["data"].clone()
}
