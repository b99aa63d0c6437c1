//! The log as tests read it: a line for each event, with names in place of ids.

use std::collections::HashMap;

use rookery::activity::Entry;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use serde_json::Value;
use uuid::Uuid;

use crate::support::TestApp;

/// Every event so far, in the order in which they were written.
pub async fn entries(app: &TestApp) -> Vec<Entry> {
    let db = app.platform().db.background();
    let sql = "SELECT * FROM activity ORDER BY id";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    Entry::find_by_statement(statement).all(db).await.unwrap()
}

/// Tells events by names: people by their first handles, everything else by its kind and a number.
#[derive(Default)]
pub struct Teller {
    names: HashMap<Uuid, String>,
    numbers: HashMap<String, u32>,
    told: usize,
}

impl Teller {
    /// What was recorded since the last call.
    pub async fn news(&mut self, app: &TestApp) -> Vec<String> {
        self.meet(app).await;
        let entries = entries(app).await;
        let new = &entries[self.told..];
        self.told = entries.len();
        new.iter().map(|entry| self.line(entry)).collect()
    }

    /// The id that goes by this name.
    pub fn id(&self, name: &str) -> Option<Uuid> {
        let mut names = self.names.iter();
        names.find(|(_, own)| *own == name).map(|(id, _)| *id)
    }

    async fn meet(&mut self, app: &TestApp) {
        let db = app.platform().db.background();
        let sql = "SELECT id, handle FROM person";
        let statement = Statement::from_string(db.get_database_backend(), sql);
        for row in db.query_all_raw(statement).await.unwrap() {
            let (id, handle) = (row.try_get("", "id"), row.try_get("", "handle"));
            self.names.entry(id.unwrap()).or_insert(handle.unwrap());
        }
    }

    fn line(&mut self, entry: &Entry) -> String {
        let data: Value = serde_json::from_str(&entry.payload).unwrap();
        let data = self.data("", &data);
        let word = entry.kind.split('.').next().unwrap();
        let aggregate = self.name(word, entry.aggregate);
        let home = match entry.home == entry.aggregate {
            true => String::new(),
            false => format!(" at {}", self.name("home", entry.home)),
        };
        let by = match entry.actor {
            Some(actor) => self.name("nobody", actor),
            None => "the system".to_owned(),
        };
        let mut counts = String::new();
        for count in entry.counted().unwrap() {
            let subject = self.name("subject", count.subject);
            counts += &format!("; {} of {subject} {:+}", count.kind, count.delta);
        }
        let (kind, visibility) = (&entry.kind, &entry.visibility);
        format!("{kind} {visibility} of {aggregate}{home} by {by} {data}{counts}")
    }

    /// Data with sorted fields; ids by names, after the field where they are met first.
    fn data(&mut self, field: &str, value: &Value) -> String {
        match value {
            Value::Object(fields) => {
                let mut fields: Vec<_> = fields.iter().collect();
                fields.sort_by_key(|(field, _)| *field);
                let told = fields
                    .into_iter()
                    .map(|(field, value)| format!("{field}: {}", self.data(field, value)));
                format!("{{{}}}", told.collect::<Vec<_>>().join(", "))
            }
            Value::Array(values) => {
                let told = values.iter().map(|value| self.data(field, value));
                format!("[{}]", told.collect::<Vec<_>>().join(", "))
            }
            Value::String(text) => {
                let id = text.strip_prefix("person:").unwrap_or(text);
                match Uuid::try_parse(id) {
                    Ok(id) => self.name(field.trim_end_matches('s').trim_end_matches("id"), id),
                    Err(_) => text.clone(),
                }
            }
            other => other.to_string(),
        }
    }

    fn name(&mut self, word: &str, id: Uuid) -> String {
        if let Some(name) = self.names.get(&id) {
            return name.clone();
        }
        let number = self.numbers.entry(word.to_owned()).or_default();
        *number += 1;
        let name = format!("{word}{number}");
        self.names.insert(id, name.clone());
        name
    }
}
