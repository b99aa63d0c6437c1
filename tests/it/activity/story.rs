//! A story that calls every mutation, with the facts that each call leaves in the log.
//!
//! `story.txt` has a line `> who mutation input` for each call, and below it the answer and what was
//! recorded. Nothing below an answer: nothing was recorded. `> worker publishes`, `> worker
//! closes` and `> worker erases` are what a worker does when something is due; `> operator promotes`
//! is a command of the operator.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use rookery::{
    accounts::Role,
    activity::Entry,
    app,
    error::Result,
    ids::{MediaId, NodeId, NodeKind, PersonId},
    media::{objects, queries},
    moderation::commands::set_role_as_operator,
    platform::store::Answers,
    posts::commands::{close_due, publish_due},
    privacy::erasure::erase_due,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use totp_rs::Totp;
use uuid::Uuid;

use super::{
    kinds,
    log::{Teller, entries},
};
use crate::support::{Caller, NOON, TestApp, outcome, store::TestStore};

const STORY: &str = include_str!("story.txt");
const SCHEMA: &str = include_str!("../../../schema.graphql");

/// A PNG of one pixel.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\
    \0\0\0\x0cIDAT\x08\xd7c\xf8\xcf\xc0\0\0\x03\x01\x01\0\x18\xdd\x8d\xb0\0\0\0\0IEND\xaeB`\x82";

struct Story {
    app: TestApp,
    callers: BTreeMap<String, Caller>,
    /// Refresh tokens in the order in which they were issued.
    tokens: Vec<String>,
    /// What the last authenticator was told, and the recovery codes beside it.
    otpauth_url: String,
    recovery_codes: Value,
    teller: Teller,
    store: TestStore,
    /// Who does what the line says.
    who: String,
}

impl Story {
    async fn begin() -> Self {
        let store = TestStore::start().await;
        let app = TestApp::begin(NOON, Some(store.store()), |_| ()).await;
        let guest = ("guest".to_owned(), app.guest());
        Self {
            app,
            callers: BTreeMap::from([guest]),
            tokens: Vec::new(),
            otpauth_url: String::new(),
            recovery_codes: Value::Null,
            teller: Teller::default(),
            store,
            who: String::new(),
        }
    }

    /// Does what a line says, and returns what came of it.
    async fn line(&mut self, line: &str) -> Vec<String> {
        let mut words = line.splitn(3, ' ');
        let (who, what) = (words.next().unwrap(), words.next().unwrap());
        if who == "advance" {
            self.app.advance(what.parse().unwrap());
            return Vec::new();
        }
        if who == "worker" {
            return self.work(what).await;
        }
        if who == "operator" {
            return self.promote(words.next().unwrap()).await;
        }
        self.who = who.to_owned();
        let mut input: Value = serde_json::from_str(words.next().unwrap_or("{}")).unwrap();
        for value in input.as_object_mut().unwrap().values_mut() {
            self.resolve(value).await;
        }
        if what == "send" {
            self.send(&input).await;
            return Vec::new();
        }
        let caller = self.callers[who].clone();
        let payload = match what {
            "signUp" | "signIn" | "resetPassword" => {
                "session { accessToken refreshToken } viewer { user { id handle } }"
            }
            "refreshSession" => "session { refreshToken }",
            "enableTotp" => "otpauthUrl",
            "confirmTotp" => "recoveryCodes",
            _ => "",
        };
        let done = caller.mutate(what, input, payload).await;
        self.remember(&done);
        // What consumers make of it is told too.
        self.app.settle().await;
        let mut told = vec![outcome(&done)];
        told.extend(self.teller.news(&self.app).await);
        told
    }

    /// Makes somebody an admin, from the command line.
    async fn promote(&mut self, handle: &str) -> Vec<String> {
        let person = NodeId::parse(&self.callers[handle].id).unwrap();
        let p = self.app.platform();
        set_role_as_operator(p, PersonId(person.id), Role::Admin)
            .await
            .unwrap();
        self.app.settle().await;
        self.teller.news(&self.app).await
    }

    /// Does what a worker does at its time.
    async fn work(&mut self, what: &str) -> Vec<String> {
        let p = self.app.platform();
        let seen = match what {
            "publishes" => publish_due(p).await,
            "closes" => close_due(p).await,
            "erases" => self.erase().await,
            other => panic!("a worker does not {other}"),
        };
        assert!(seen.unwrap() > 0, "something is due");
        self.app.settle().await;
        self.teller.news(&self.app).await
    }

    /// Erases who is due, once whoever follows the log has heard of all that comes before it.
    async fn erase(&self) -> Result<usize> {
        let domains = app::personal_data();
        for _ in 0..3 {
            let erased = erase_due(self.app.platform(), &domains).await?;
            if erased > 0 {
                return Ok(erased);
            }
            self.app.settle().await;
        }
        Ok(0)
    }

    /// What facts do not name: drafts, by the order in which they were begun, and the options of the
    /// last poll.
    async fn unnamed(&self, name: &str) -> Option<NodeId> {
        let word = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let number: usize = name[word.len()..].parse().ok()?;
        let sql = match word {
            "draft" => "SELECT id, id AS home FROM draft ORDER BY id",
            "option" => "SELECT id, post_id AS home FROM poll_option ORDER BY post_id, position",
            _ => return None,
        };
        let db = self.app.platform().db.background();
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let rows = db.query_all_raw(statement).await.unwrap();
        let [id, home] = ["id", "home"].map(|part| rows[number - 1].try_get("", part).unwrap());
        Some(match word {
            "draft" => NodeId::new(NodeKind::Draft, id),
            _ => NodeId::within(NodeKind::PollOption, home, id),
        })
    }

    /// Puts bytes where an upload is awaited, as a browser does by its address.
    async fn send(&self, input: &Value) {
        let id = NodeId::parse(input["mediaId"].as_str().unwrap())
            .unwrap()
            .id;
        let row = queries::any(self.app.platform().db.background(), MediaId(id)).await;
        let answers = Answers {
            content_type: "image/png",
            disposition: "inline",
            cache_control: "no-store",
        };
        let bytes = input["bytes"].as_str().unwrap().as_bytes();
        let bytes = if bytes == b"a picture" {
            PICTURE
        } else {
            bytes
        };
        let key = objects::raw(&row.unwrap().unwrap());
        self.store
            .store()
            .write(&key, &answers, bytes)
            .await
            .unwrap();
    }

    /// What only whoever does something has: tokens, codes, and what stands in their lists.
    async fn own(&self, name: &str) -> Option<Value> {
        let nth = |word: &str| {
            let number = name.strip_prefix(word)?;
            Some(number.parse::<usize>().unwrap() - 1)
        };
        if let Some(n) = nth("refresh") {
            return Some(json!(self.tokens[n]));
        }
        if let Some(n) = nth("recovery") {
            return Some(self.recovery_codes[n].clone());
        }
        match name {
            "code" => {
                let seconds = self.app.platform().now().seconds().try_into().unwrap();
                let totp = Totp::from_url(&self.otpauth_url).unwrap();
                Some(json!(totp.generate(seconds).to_string()))
            }
            "letter" => {
                let letters = self.app.letters().await;
                let newest = letters.iter().rev().find(|letter| letter.has_token());
                Some(json!(newest.expect("a token was mailed").token()))
            }
            "session" => Some(self.oldest_session().await),
            "notification" => Some(self.newest_notification().await),
            _ => None,
        }
    }

    /// Puts ids and tokens in the place of `$names`.
    async fn resolve(&self, value: &mut Value) {
        if let Some(values) = value.as_array_mut() {
            for value in values {
                Box::pin(self.resolve(value)).await;
            }
            return;
        }
        let Some(name) = value.as_str().and_then(|text| text.strip_prefix('$')) else {
            return;
        };
        if let Some(own) = self.own(name).await {
            *value = own;
            return;
        }
        if let Some(node) = self.unnamed(name).await {
            *value = json!(node.to_string());
            return;
        }
        let (name, is_poll) = match name.strip_prefix("poll_of_") {
            Some(post) => (post, true),
            None => (name, false),
        };
        let id = self.teller.id(name).unwrap_or_else(|| panic!("no {name}"));
        let node = match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "post" if is_poll => NodeId::new(NodeKind::Poll, id),
            "post" => NodeId::new(NodeKind::Post, id),
            "comment" => {
                let entries = entries(&self.app).await;
                let made = entries.iter().find(|entry| entry.aggregate == id);
                NodeId::within(NodeKind::Comment, made.unwrap().home, id)
            }
            // Its facts have an id that stands for it.
            "conversation" => NodeId::new(NodeKind::Conversation, self.home(id).await),
            "media" => NodeId::new(NodeKind::Media, id),
            "report" => NodeId::new(NodeKind::Report, id),
            "message" => NodeId::within(NodeKind::Message, self.home(id).await, id),
            _ => NodeId::new(NodeKind::User, id),
        };
        *value = json!(node.to_string());
    }

    /// The notification that stands first in the list of whoever does something. No fact names it.
    async fn newest_notification(&self) -> Value {
        let query = "{ viewer { notifications(first: 1) { nodes { id } } } }";
        let found = self.callers[&self.who].query(query, json!({})).await;
        found["viewer"]["notifications"]["nodes"][0]["id"].clone()
    }

    /// The session that stands last in the list of whoever does something.
    async fn oldest_session(&self) -> Value {
        let query = "{ viewer { sessions(last: 1) { nodes { id } } } }";
        let found = self.callers[&self.who].query(query, json!({})).await;
        found["viewer"]["sessions"]["nodes"][0]["id"].clone()
    }

    /// Where the first fact happened that names `id`.
    async fn home(&self, id: Uuid) -> Uuid {
        let entries = entries(&self.app).await;
        let named = |entry: &&Entry| entry.payload.contains(&id.to_string());
        entries.iter().find(named).expect("a fact").home
    }

    fn remember(&mut self, done: &Value) {
        let word = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(token) = word(&done["session"]["refreshToken"]) {
            self.tokens.push(token);
        }
        if let Some(url) = word(&done["otpauthUrl"]) {
            self.otpauth_url = url;
        }
        if done["recoveryCodes"].is_array() {
            self.recovery_codes = done["recoveryCodes"].clone();
        }
        let (user, session) = (&done["viewer"]["user"], &done["session"]);
        if let Some(handle) = word(&user["handle"]) {
            let (id, token) = (word(&user["id"]).unwrap(), word(&session["accessToken"]));
            let caller = Caller::new(self.app.clone(), handle.clone(), id, token);
            self.callers.insert(handle, caller);
        }
    }
}

/// The lines that do something.
fn calls() -> impl Iterator<Item = &'static str> {
    STORY.lines().filter_map(|line| line.strip_prefix("> "))
}

/// Tells the whole story. Returns where it happened, and the tokens that were issued.
pub async fn tell() -> (TestApp, Vec<String>) {
    let mut story = Story::begin().await;
    for call in calls() {
        story.line(call).await;
    }
    (story.app, story.tokens)
}

#[tokio::test]
async fn every_mutation_records_its_facts_and_what_changes_nothing_records_none() {
    let mut story = Story::begin().await;
    let mut told = String::new();
    for line in STORY.lines() {
        if let Some(call) = line.strip_prefix("> ") {
            told += &format!("{line}\n");
            for came in story.line(call).await {
                told += &format!("  {came}\n");
            }
        } else if !line.starts_with(' ') {
            told += &format!("{line}\n");
        }
    }
    assert!(told == STORY, "the story goes otherwise:\n{told}");
}

#[test]
fn every_mutation_of_the_schema_stands_in_the_story() {
    let document = parse_schema(SCHEMA).unwrap();
    let mutation = document
        .definitions
        .into_iter()
        .find_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) if ty.node.name.node == "Mutation" => Some(ty.node.kind),
            _ => None,
        });
    let Some(TypeKind::Object(mutation)) = mutation else {
        panic!("Mutation is an object")
    };
    let told: BTreeSet<_> = calls().filter_map(|call| call.split(' ').nth(1)).collect();
    let fields = mutation
        .fields
        .iter()
        .map(|field| field.node.name.node.to_string());
    let missing: Vec<_> = fields
        .filter(|field| !told.contains(field.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "tell in story.txt what these record: {missing:?}"
    );
}

#[test]
fn every_kind_of_fact_but_those_of_a_provider_stands_in_the_story() {
    let told: BTreeSet<_> = STORY
        .lines()
        .filter_map(|line| line.trim_start().split(' ').next())
        .collect();
    let missing: Vec<_> = kinds()
        .iter()
        .map(|kind| kind.name)
        .filter(|name| !told.contains(name))
        .collect();
    // These need a provider of identities.
    let elsewhere = ["user.identity_linked.v1", "user.identity_unlinked.v1"];
    assert_eq!(missing, elsewhere);
}
