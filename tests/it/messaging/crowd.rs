//! A few people who do random things in a few conversations at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    concurrency::{invariants, order::patient_app},
    support::{Caller, TestApp, on_postgres, outcome},
};

#[derive(Clone)]
struct Crowd {
    people: Arc<Vec<Caller>>,
    groups: Arc<Vec<String>>,
    /// What was sent: who, where, and the message.
    sent: Arc<Mutex<Vec<(usize, String, String)>>>,
    /// How often each command ended how.
    told: Arc<Mutex<BTreeMap<(&'static str, String), u32>>>,
}

impl Crowd {
    async fn gather(app: &TestApp) -> Self {
        let people = app.users(["p_0", "p_1", "p_2", "p_3", "p_4", "p_5"]).await;
        let mut groups = Vec::new();
        for owner in &people[..2] {
            let others: Vec<_> = people.iter().filter(|other| other.id != owner.id).collect();
            groups.push(owner.gather(&others).await);
        }
        groups.push(people[0].talk_to(&people[1]).await);
        Self {
            people: Arc::new(people.to_vec()),
            groups: Arc::new(groups),
            sent: Arc::default(),
            told: Arc::default(),
        }
    }

    /// One random command by a random person.
    async fn act(&self, dice: &mut fastrand::Rng) {
        let mut me = dice.usize(0..self.people.len());
        let group = &self.groups[dice.usize(0..self.groups.len())];
        let other = &self.people[dice.usize(0..self.people.len())].id;
        let said = {
            let sent = self.sent.lock().unwrap();
            let from = sent.len().saturating_sub(10);
            dice.choice(sent[from..].to_vec())
        };
        let (field, input): (&'static str, Value) = match (dice.u32(0..60), said) {
            (0..16, _) | (24..36, None) => (
                "sendMessage",
                json!({ "conversationId": group, "body": "hello" }),
            ),
            (16..20, said) => {
                let to = said.map(|(_, _, message)| message);
                let input = json!({ "conversationId": group, "body": "so?", "replyToId": to });
                ("sendMessage", input)
            }
            (20..24, _) => {
                let ids = json!([other]);
                (
                    "startConversation",
                    json!({ "kind": "DIRECT", "memberIds": ids }),
                )
            }
            (24..28, Some((author, _, message))) => {
                me = author;
                (
                    "editMessage",
                    json!({ "messageId": message, "body": format!("{}", dice.u8(..)) }),
                )
            }
            (28..30, Some((author, _, message))) => {
                me = author;
                ("deleteMessage", json!({ "messageId": message }))
            }
            (30..33, Some((_, conversation, message))) => {
                let input = json!({ "conversationId": conversation, "upToMessageId": message });
                ("markConversationRead", input)
            }
            (33..36, Some((_, _, message))) => (
                "addReaction",
                json!({ "subjectId": message, "emoji": "👍" }),
            ),
            (36..39, _) => {
                let input = json!({ "conversationId": group, "title": "us" });
                ("updateConversation", input)
            }
            (39..44, _) => {
                let input = json!({ "conversationId": group, "userIds": [other] });
                ("addConversationMembers", input)
            }
            (44..46, _) => {
                let input = json!({ "conversationId": group, "userId": other });
                ("removeConversationMember", input)
            }
            (46..50, _) => {
                let role = ["MEMBER", "ADMIN", "OWNER"][dice.usize(0..3)];
                let input = json!({ "conversationId": group, "userId": other, "role": role });
                ("changeMemberRole", input)
            }
            (50..51, _) => ("leaveConversation", json!({ "conversationId": group })),
            (51..53, _) => {
                let input = json!({ "conversationId": group, "isMuted": dice.bool() });
                ("muteConversation", input)
            }
            (53..55, _) => ("blockUser", json!({ "userId": other })),
            _ => ("unblockUser", json!({ "userId": other })),
        };
        let payload = match field {
            "sendMessage" => "messageEdge { node { id conversation { id } } }",
            _ => "",
        };
        let done = self.people[me].mutate(field, input, payload).await;
        let node = &done["messageEdge"]["node"];
        if let (Some(id), Some(at)) = (node["id"].as_str(), node["conversation"]["id"].as_str()) {
            let sent = (me, at.to_owned(), id.to_owned());
            self.sent.lock().unwrap().push(sent);
        }
        *self
            .told
            .lock()
            .unwrap()
            .entry((field, outcome(&done)))
            .or_default() += 1;
    }

    /// Most things were done at times, and every refusal is one that people can do something about.
    fn is_believable(&self) {
        let told = self.told.lock().unwrap();
        for field in [
            "sendMessage",
            "startConversation",
            "addConversationMembers",
            "blockUser",
        ] {
            assert!(
                told.contains_key(&(field, "done".to_owned())),
                "{field}: {told:#?}"
            );
        }
        for (field, outcome) in told.keys() {
            let code = outcome.split(' ').next().unwrap_or_default();
            let expected = [
                "done",
                "NOT_FOUND",
                "FORBIDDEN",
                "CONFLICT",
                "BAD_USER_INPUT",
                "RATE_LIMITED",
            ];
            assert!(expected.contains(&code), "{field} was told {outcome}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_people_do_in_conversations_at_once_nothing_breaks_and_no_locks_cross() {
    let app = patient_app().await;
    let crowd = Crowd::gather(&app).await;
    let each = if on_postgres() { 120 } else { 25 };
    let mut acting: JoinSet<_> = (0..8)
        .map(|seed| {
            let crowd = crowd.clone();
            async move {
                let mut dice = fastrand::Rng::with_seed(seed);
                for _ in 0..each {
                    crowd.act(&mut dice).await;
                }
            }
        })
        .collect();
    while let Some(done) = acting.join_next().await {
        done.expect("no command fails");
    }
    crowd.is_believable();
    invariants::hold(&app).await;
}
