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

/// Who sent what: the person, the conversation and the message.
type Sent = (usize, String, String);

/// Who calls what, with which input.
type Call = (usize, &'static str, Value);

#[derive(Clone)]
struct Crowd {
    people: Arc<Vec<Caller>>,
    groups: Arc<Vec<String>>,
    sent: Arc<Mutex<Vec<Sent>>>,
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
        let sent = dice.choice(self.sent.lock().unwrap().iter().rev().take(10).cloned());
        let (me, field, input) = match sent {
            Some(sent) if dice.u32(0..60) < 20 => self.about(dice, sent),
            sent => self.amid(dice, sent),
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
        let told = (field, outcome(&done));
        *self.told.lock().unwrap().entry(told).or_default() += 1;
    }

    /// Something about a message.
    fn about(&self, dice: &mut fastrand::Rng, (author, at, message): Sent) -> Call {
        let me = dice.usize(0..self.people.len());
        match dice.u32(0..12) {
            0..4 => {
                let body = dice.u8(..).to_string();
                let input = json!({ "messageId": message, "body": body });
                (author, "editMessage", input)
            }
            4..6 => (author, "deleteMessage", json!({ "messageId": message })),
            6..9 => {
                let input = json!({ "conversationId": at, "upToMessageId": message });
                (me, "markConversationRead", input)
            }
            _ => {
                let input = json!({ "subjectId": message, "emoji": "👍" });
                (me, "addReaction", input)
            }
        }
    }

    /// Something about a conversation, or between two people.
    fn amid(&self, dice: &mut fastrand::Rng, sent: Option<Sent>) -> Call {
        let me = dice.usize(0..self.people.len());
        let other = &self.people[dice.usize(0..self.people.len())].id;
        let mut input = json!({ "conversationId": self.groups[dice.usize(0..self.groups.len())] });
        let mut with = |name: &str, value: Value| input[name] = value;
        let field = match dice.u32(0..44) {
            0..16 => {
                with("body", json!("hello"));
                let to = sent.filter(|_| dice.u8(0..4) == 0);
                with("replyToId", json!(to.map(|(_, _, message)| message)));
                "sendMessage"
            }
            16..20 => {
                let input = json!({ "kind": "DIRECT", "memberIds": [other] });
                return (me, "startConversation", input);
            }
            20..23 => {
                with("title", json!("us"));
                "updateConversation"
            }
            23..28 => {
                with("userIds", json!([other]));
                "addConversationMembers"
            }
            28..30 => {
                with("userId", json!(other));
                "removeConversationMember"
            }
            30..34 => {
                let role = ["MEMBER", "ADMIN", "OWNER"][dice.usize(0..3)];
                with("userId", json!(other));
                with("role", json!(role));
                "changeMemberRole"
            }
            34..35 => "leaveConversation",
            35..37 => {
                with("isMuted", json!(dice.bool()));
                "muteConversation"
            }
            37..39 => return (me, "blockUser", json!({ "userId": other })),
            _ => return (me, "unblockUser", json!({ "userId": other })),
        };
        (me, field, input)
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
