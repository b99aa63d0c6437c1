//! What analysts may rely on, generated from the types: a JSON Schema for each kind of event, and
//! an AsyncAPI document for the topics. Kept in `events/`; the files there are the record of what
//! was promised.

mod asyncapi;
mod message;
mod promise;
mod yaml;

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::Value;

pub use self::promise::broken;
use super::event::{Event, Kind};

/// A kind of fact with the shape of its data.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    pub kind: Kind,
    data: fn() -> Schema,
}

impl Described {
    /// The kind that `E` records.
    pub const fn of<E: Event>() -> Self {
        Self {
            kind: E::KIND,
            data: shape::<E>,
        }
    }

    /// The JSON Schema of its whole message, as it is on the topic.
    pub fn message(&self) -> Value {
        message::schema(&self.kind, Value::from((self.data)()))
    }

    /// The name of the file that holds its schema.
    pub fn file(&self) -> String {
        file(self.kind.name)
    }
}

/// The name of the file that holds the schema of `kind`.
pub fn file(kind: &str) -> String {
    format!("{kind}{ENDING}")
}

/// How the names of schema files end.
pub const ENDING: &str = ".schema.json";

/// Every file of `events/`, by name.
pub fn files(events: &[Described]) -> BTreeMap<String, String> {
    let schema = |event: &Described| (event.file(), format!("{:#}\n", event.message()));
    let mut files: BTreeMap<_, _> = events.iter().map(schema).collect();
    let kinds: Vec<Kind> = events.iter().map(|event| event.kind).collect();
    let asyncapi = yaml::write(&asyncapi::document(&kinds));
    files.insert("asyncapi.yaml".to_owned(), asyncapi);
    files
}

/// What of the schemas that were committed is no longer kept, in words. Both by kind.
pub fn broken_promises(committed: &BTreeMap<String, Value>, events: &[Described]) -> Vec<String> {
    let mut words = Vec::new();
    for (kind, old) in committed {
        let Some(event) = events.iter().find(|event| event.kind.name == kind) else {
            words.push(format!(
                "{kind} is gone: consumers read it; keep its type, also where nothing records it"
            ));
            continue;
        };
        let own = broken(old, &event.message());
        words.extend(own.iter().map(|what| {
            format!(
                "{kind}: {what}; leave it as it is, and make {} beside it",
                after(kind)
            )
        }));
    }
    words
}

/// The next version of a kind.
fn after(kind: &str) -> String {
    let next = kind.rsplit_once(".v").and_then(|(fact, version)| {
        let version: u32 = version.parse().ok()?;
        Some(format!("{fact}.v{}", version + 1))
    });
    next.unwrap_or_else(|| "the next version".to_owned())
}

/// The data as every event of this version has it: what a later program added may be absent.
fn shape<E: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let settings = settings.with_transform(RecursiveTransform(unwrap_lines));
    let mut schema = settings.into_generator().into_root_schema_for::<E>();
    schema.remove("title");
    schema
}

/// Lines of a doc comment end where its file is full: they are one line here.
fn unwrap_lines(schema: &mut Schema) {
    if let Some(Value::String(words)) = schema.get_mut("description") {
        *words = words.replace('\n', " ");
    }
}
