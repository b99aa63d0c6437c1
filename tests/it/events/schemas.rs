//! What consumers were promised, and that it is kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use rookery::{
    activity::schema::{broken_promises, files},
    app::events,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::support::{committed, folder, validate};
use crate::{process::server::run, rules::sources::sources};

const WRITE: &str = "run `cargo run -- events schemas --write events`";

fn texts(dir: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(dir).unwrap().map(Result::unwrap);
    files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, fs::read_to_string(file.path()).unwrap())
        })
        .collect()
}

#[test]
fn the_committed_files_say_what_the_types_say() {
    let (committed, generated) = (texts(&folder()), files(&events()));
    for (name, text) in &generated {
        assert!(
            committed.get(name) == Some(text),
            "events/{name} is old: {WRITE}"
        );
    }
    for name in committed.keys() {
        assert!(generated.contains_key(name), "no type says events/{name}");
    }
}

#[test]
fn no_type_breaks_what_was_promised() {
    let broken = broken_promises(&committed(), &events());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn writing_refuses_what_breaks_a_promise_and_writes_what_adds_to_it() {
    let dir = TempDir::new().unwrap();
    let write = || {
        run(
            &["events", "schemas", "--write", dir.path().to_str().unwrap()],
            &[],
        )
    };
    let first = write();
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(texts(dir.path()), texts(&folder()));

    // A field that once was optional, a value of an enumeration, and a kind are in nobody's types.
    let file = dir.path().join("post.published.v1.schema.json");
    let good = fs::read_to_string(&file).unwrap();
    let mut schema: Value = serde_json::from_str(&good).unwrap();
    let fields = schema.pointer_mut("/properties/data/properties").unwrap();
    fields["mood"] = json!({ "type": "string" });
    let levels = fields["level"]["oneOf"].as_array_mut().unwrap();
    levels.push(json!({ "const": "SECRET", "type": "string" }));
    let changed = schema.to_string();
    fs::write(&file, &changed).unwrap();
    let gone = dir.path().join("post.sung.v1.schema.json");
    fs::write(&gone, &good).unwrap();
    let refused = write();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for words in [
        "post.published.v1: data.mood is gone or renamed; leave it as it is, and make post.published.v2 beside it",
        "post.published.v1: data.level no longer has the value \"SECRET\"",
        "post.sung.v1 is gone",
    ] {
        assert!(
            refused.stderr.contains(words),
            "{words}: {}",
            refused.stderr
        );
    }
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        changed,
        "nothing is written"
    );

    // Deleted by hand: it was never read by anybody. A field that is new and optional just comes.
    fs::remove_file(&gone).unwrap();
    let mut schema: Value = serde_json::from_str(&good).unwrap();
    let fields = schema.pointer_mut("/properties/data/properties").unwrap();
    fields.as_object_mut().unwrap().remove("quoteofid").unwrap();
    fs::write(&file, schema.to_string()).unwrap();
    assert_eq!(write().code, Some(0));
    assert_eq!(texts(dir.path()), texts(&folder()));
}

#[test]
fn schemas_prints_all_of_them() {
    let ended = run(&["events", "schemas"], &[]);
    let printed: BTreeMap<String, Value> = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(printed, committed());
}

#[test]
fn every_kind_has_a_name_of_its_own() {
    let names: Vec<_> = events().iter().map(|event| event.kind.name).collect();
    let once: BTreeSet<_> = names.iter().collect();
    assert_eq!(once.len(), names.len(), "one name, two facts");
}

#[test]
fn every_fact_that_a_domain_defines_is_listed() {
    let mut defined = BTreeSet::new();
    for source in sources(&["src"]) {
        if source.path.ends_with("/events.rs") {
            let literals = source.text.split('"').skip(1).step_by(2);
            let names = literals.filter(|text| text.ends_with(".v1") || text.ends_with(".v2"));
            defined.extend(names.map(str::to_owned));
        }
    }
    let listed: BTreeSet<_> = events()
        .iter()
        .map(|event| event.kind.name.to_owned())
        .collect();
    assert_eq!(defined, listed);
}

#[test]
fn names_say_aggregate_fact_and_version() {
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    for event in events() {
        let parts: Vec<_> = event.kind.name.split('.').collect();
        let [aggregate, fact, version] = parts[..] else {
            panic!("{}", event.kind.name);
        };
        let number: u32 = version.strip_prefix('v').unwrap().parse().unwrap();
        assert!(
            is_word(aggregate) && is_word(fact) && number > 0,
            "{}",
            event.kind.name
        );
        assert!(
            event.kind.meaning.ends_with('.'),
            "{} means what?",
            event.kind.name
        );
    }
}

/// Words that stand for something somebody wrote, or for where somebody can be found.
const TEXTS: [&str; 22] = [
    "body",
    "text",
    "content",
    "title",
    "name",
    "displayname",
    "handle",
    "bio",
    "email",
    "mail",
    "phone",
    "address",
    "ip",
    "useragent",
    "url",
    "link",
    "token",
    "password",
    "secret",
    "reason",
    "note",
    "caption",
];

/// Walks the fields of a schema: path, name, schema.
fn fields(path: &str, schema: &Value, see: &mut impl FnMut(&str, &str, &Value)) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        see(&path, name, field);
        fields(&path, field, see);
        fields(&path, &field["items"], see);
    }
}

#[test]
fn every_field_is_described_and_none_holds_text() {
    for (kind, schema) in committed() {
        let mut seen = 0;
        fields(&kind, &schema, &mut |path, name, field| {
            seen += 1;
            assert!(field["description"].is_string(), "{path} is not described");
            let is_plain = name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
            assert!(is_plain, "{path} is not all lower case");
            assert!(!TEXTS.contains(&name), "{path} sounds like a text");
        });
        assert!(seen > 12, "{kind} has an envelope");
        let data = &schema["properties"]["data"];
        fields(&kind, data, &mut |path, _, field| {
            for field in [field, &field["items"]] {
                assert!(is_closed(field), "{path} could hold any text: {field}");
            }
        });
        assert!(
            !schema.to_string().contains("additionalProperties"),
            "{kind} is open"
        );
    }
}

/// Whether the strings that a schema allows are of a known form.
fn is_closed(schema: &Value) -> bool {
    let has_string = match &schema["type"] {
        Value::Array(types) => types.contains(&json!("string")),
        one => one == "string",
    };
    let is_formed = ["format", "enum", "const", "pattern"]
        .iter()
        .any(|key| !schema[key].is_null());
    !has_string || is_formed
}

#[test]
fn the_rules_see_a_text() {
    assert!(!is_closed(&json!({ "type": ["string", "null"] })));
    assert!(is_closed(&json!({ "type": "string", "format": "uuid" })));
}

fn published() -> Value {
    json!({
        "specversion": "1.0",
        "id": "01971f3c-7e00-7000-8000-000000000001",
        "source": "/rookery/default",
        "type": "rookery.post.published.v1",
        "subject": "01971f3c-7e00-7000-8000-000000000002",
        "datacontenttype": "application/json",
        "time": "2026-05-01T12:00:00.000001Z",
        "dataschema": "rookery:events/post.published.v1",
        "sequence": "00000000000000000001",
        "logshard": 3,
        "logposition": 1,
        "personid": "0b2d5f7c-0f5e-4c8e-9a55-000000000003",
        "visibility": "public",
        "data": {
            "postid": "01971f3c-7e00-7000-8000-000000000002",
            "authorid": null,
            "level": "PUBLIC",
            "replypolicy": "EVERYONE",
            "length": 5,
            "mentions": 0,
            "hashtagids": [],
        },
    })
}

#[test]
fn a_message_is_held_against_its_schema() {
    assert_eq!(validate(&published()), Ok(()));
    let mut more = published();
    more["data"]["added"] = json!("by a later program");
    more["added"] = json!(1);
    assert_eq!(validate(&more), Ok(()));
    for (pointer, wrong) in [
        ("/data/level", json!("SECRET")),
        ("/data/length", json!("5")),
        ("/data/authorid", json!("ann")),
        ("/id", json!("1")),
        ("/time", json!("noon")),
        ("/type", json!("rookery.post.deleted.v1")),
        ("/sequence", json!("1")),
        ("/visibility", json!("secret")),
        ("/logshard", json!(64)),
    ] {
        let mut message = published();
        *message.pointer_mut(pointer).unwrap() = wrong;
        let error = validate(&message).unwrap_err();
        assert!(error.contains(pointer), "{error}");
    }
    let mut message = published();
    message["data"].as_object_mut().unwrap().remove("level");
    assert!(validate(&message).unwrap_err().contains("level"));
    message["dataschema"] = json!("rookery:events/post.sung.v1");
    assert!(validate(&message).unwrap_err().contains("no schema"));
}
