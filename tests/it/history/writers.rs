//! Those who write: one message after the other, each repeated with its key until it is answered.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    house::{House, Resident, Room},
    wire,
};

/// A message that was acknowledged.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub room: usize,
    pub body: String,
    pub id: String,
    pub sequence: i64,
}

/// What one person did and heard.
#[derive(Debug, Default)]
pub struct History {
    /// In the order of sending.
    pub told: Vec<Told>,
    /// Sent, and never answered: there or not.
    pub unknown: Vec<String>,
}

pub struct Writer {
    n: usize,
    house: Arc<House>,
    rooms: Vec<Room>,
    me: Resident,
}

impl Writer {
    pub fn new(n: usize, house: &Arc<House>, rooms: &[Room]) -> Self {
        Self {
            n,
            house: house.clone(),
            rooms: rooms.to_vec(),
            me: house.person(n),
        }
    }

    /// Writes until it is told to stop; the last message is repeated until it is answered.
    pub async fn run(self, stopped: watch::Receiver<bool>) -> History {
        let mut history = History::default();
        for i in 0.. {
            if *stopped.borrow() {
                break;
            }
            let (room, body) = (
                fastrand::usize(0..self.rooms.len()),
                format!("{} {i}", self.n),
            );
            match self.say(room, &body).await {
                Some(told) => history.told.push(told),
                None => history.unknown.push(body),
            }
        }
        history
    }

    async fn say(&self, room: usize, body: &str) -> Option<Told> {
        let input = json!({
            "conversationId": self.rooms[room].id,
            "body": body,
            "idempotencyKey": body,
        });
        let variables = json!({ "input": input });
        for attempt in 0..60 {
            let send = |server| {
                wire::post(
                    self.house.address(server),
                    &self.me.token,
                    wire::SEND,
                    &variables,
                )
            };
            let answers = match fastrand::u32(0..5) {
                // At both servers at once.
                0 => tokio::join!(send(0), send(1)).into(),
                _ => [send(self.n + attempt).await, None],
            };
            let told: Vec<_> = answers
                .iter()
                .flatten()
                .filter_map(|answer| read(room, body, answer))
                .collect();
            assert!(told.windows(2).all(|two| two[0] == two[1]), "{told:?}");
            if let Some(told) = told.into_iter().next() {
                return Some(told);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        None
    }
}

/// What an answer says; `None` where it is an error that may pass.
fn read(room: usize, body: &str, answer: &Value) -> Option<Told> {
    let payload = &answer["data"]["sendMessage"];
    if let Some(error) = payload["userErrors"].get(0) {
        let code = error["code"].as_str().unwrap_or_default();
        assert!(["RATE_LIMITED", "UNAVAILABLE"].contains(&code), "{answer}");
    }
    let message = &payload["messageEdge"]["node"];
    let id = message["id"].as_str()?.to_owned();
    assert_eq!(message["body"], body);
    Some(Told {
        room,
        body: body.to_owned(),
        id,
        sequence: message["sequence"].as_i64()?,
    })
}
