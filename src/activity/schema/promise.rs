//! What a published version has promised to consumers, and what breaks it.
//!
//! Consumers read events of old and new programs alike. A field may be added if it is optional,
//! and an enumeration may grow; whatever else changes what a value can be is another version.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What `new` breaks of what the schema `old` has promised, in words.
pub fn broken(old: &Value, new: &Value) -> Vec<String> {
    let mut words = Vec::new();
    compare("", old, new, &mut words);
    words
}

/// Says something about values; describes nothing that a value must be.
const WORDS: [&str; 7] = [
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "$comment",
    "$schema",
];

/// Compared on their own.
const PARTS: [&str; 9] = [
    "properties",
    "required",
    "type",
    "enum",
    "const",
    "oneOf",
    "anyOf",
    "items",
    "prefixItems",
];

fn compare(path: &str, old: &Value, new: &Value, words: &mut Vec<String>) {
    let (Some(was), Some(is)) = (old.as_object(), new.as_object()) else {
        if old != new {
            words.push(format!("{} was {old} and is {new}", named(path)));
        }
        return;
    };
    match (values(old), values(new)) {
        (Some(was), Some(is)) => enumeration(path, &was, &is, words),
        (None, None) => shape(path, was, is, words),
        _ => words.push(format!(
            "{} was {} and is {}",
            named(path),
            brief(old),
            brief(new)
        )),
    }
    properties(path, was, is, words);
    for name in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        let is_own = WORDS.contains(&name.as_str()) || PARTS.contains(&name.as_str());
        if !is_own && was.get(name) != is.get(name) {
            let say = |side: &Map<String, Value>| {
                side.get(name)
                    .map_or("nothing".to_owned(), Value::to_string)
            };
            words.push(format!(
                "{} changes its {name} from {} to {}",
                named(path),
                say(was),
                say(is)
            ));
        }
    }
}

fn enumeration(path: &str, was: &BTreeSet<String>, is: &BTreeSet<String>, words: &mut Vec<String>) {
    for value in was.difference(is) {
        words.push(format!("{} no longer has the value {value}", named(path)));
    }
    if is.contains("null") && !was.contains("null") {
        words.push(format!("{} may be null now", named(path)));
    }
}

/// What is not an enumeration: its type, and what lists and alternatives hold.
fn shape(path: &str, was: &Map<String, Value>, is: &Map<String, Value>, words: &mut Vec<String>) {
    if types(was) != types(is) {
        words.push(format!(
            "{} was {} and is {}",
            named(path),
            types(was),
            types(is)
        ));
    }
    match (was.get("items"), is.get("items")) {
        (Some(was), Some(is)) => compare(&format!("{path}[]"), was, is, words),
        (None, None) => {}
        _ => words.push(format!("{} holds something else", named(path))),
    }
    for name in ["oneOf", "anyOf", "prefixItems"] {
        let members = |side: &Map<String, Value>| side.get(name).and_then(Value::as_array).cloned();
        let (was, is) = (
            members(was).unwrap_or_default(),
            members(is).unwrap_or_default(),
        );
        if was.len() != is.len() {
            words.push(format!("{} holds something else", named(path)));
        }
        for (was, is) in was.iter().zip(&is) {
            compare(path, was, is, words);
        }
    }
}

fn properties(
    path: &str,
    was: &Map<String, Value>,
    is: &Map<String, Value>,
    words: &mut Vec<String>,
) {
    let fields =
        |side: &Map<String, Value>| side.get("properties").and_then(Value::as_object).cloned();
    let (old, new) = (
        fields(was).unwrap_or_default(),
        fields(is).unwrap_or_default(),
    );
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for (name, old) in &old {
        match new.get(name) {
            Some(new) => compare(&below(name), old, new, words),
            None => words.push(format!("{} is gone or renamed", below(name))),
        }
    }
    let (was, is) = (required(was), required(is));
    for name in was.difference(&is).filter(|name| new.contains_key(**name)) {
        words.push(format!("{} is no longer in every event", below(name)));
    }
    for name in is.difference(&was) {
        let what = if old.contains_key(*name) {
            "was optional"
        } else {
            "is new"
        };
        words.push(format!(
            "{} {what} and is required, which events of older programs do not keep",
            below(name)
        ));
    }
}

fn required(schema: &Map<String, Value>) -> BTreeSet<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The values of an enumeration, whichever way it is written; `None` for anything else.
fn values(schema: &Value) -> Option<BTreeSet<String>> {
    if let Some(one) = schema.get("const") {
        return Some(BTreeSet::from([one.to_string()]));
    }
    if let Some(all) = schema.get("enum").and_then(Value::as_array) {
        return Some(all.iter().map(Value::to_string).collect());
    }
    if schema.get("type").is_some_and(|of| of == "null") {
        return Some(BTreeSet::from(["null".to_owned()]));
    }
    let members = schema
        .get("oneOf")
        .or_else(|| schema.get("anyOf"))?
        .as_array()?;
    let members: Option<Vec<_>> = members.iter().map(values).collect();
    Some(members?.into_iter().flatten().collect())
}

fn types(schema: &Map<String, Value>) -> String {
    let mut types: Vec<&str> = match schema.get("type") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
        None => Vec::new(),
    };
    types.sort_unstable();
    match types.is_empty() {
        true => "of any type".to_owned(),
        false => types.join(" or "),
    }
}

fn brief(schema: &Value) -> String {
    match values(schema) {
        Some(values) => format!(
            "one of {}",
            values.into_iter().collect::<Vec<_>>().join(", ")
        ),
        None => schema.as_object().map(types).unwrap_or_default(),
    }
}

fn named(path: &str) -> &str {
    if path.is_empty() { "the message" } else { path }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A message whose data has these fields, of which `a` is always there.
    fn message(fields: Value) -> Value {
        let data = json!({ "type": "object", "required": ["a"], "properties": fields });
        json!({ "type": "object", "properties": { "data": data } })
    }

    fn change(from: Value, to: Value) -> String {
        broken(&message(from), &message(to)).join("; ")
    }

    fn level(values: &[&str]) -> Value {
        json!({ "a": { "enum": values } })
    }

    #[test]
    fn what_is_added_breaks_nothing() {
        let a = json!({ "a": { "type": "string" } });
        let words = json!({ "a": { "type": "string", "description": "What it is." } });
        let more = json!({ "a": { "type": "string" }, "b": { "type": ["integer", "null"] } });
        assert_eq!(change(a.clone(), a.clone()), "");
        assert_eq!(change(a.clone(), words.clone()), "");
        assert_eq!(change(words, a.clone()), "");
        assert_eq!(change(a, more), "");
        assert_eq!(change(level(&["X"]), level(&["X", "Y"])), "");
        let described =
            json!({ "a": { "oneOf": [{ "const": "Y", "description": "…" }, { "const": "X" }] } });
        assert_eq!(change(level(&["X", "Y"]), described), "");
    }

    #[test]
    fn a_field_that_goes_or_becomes_another_type_is_broken() {
        let string = json!({ "a": { "type": "string" } });
        for (to, says) in [
            (json!({}), "data.a is gone or renamed"),
            (
                json!({ "b": { "type": "string" } }),
                "data.a is gone or renamed",
            ),
            (
                json!({ "a": { "type": "integer" } }),
                "data.a was string and is integer",
            ),
            (
                json!({ "a": { "type": ["string", "null"] } }),
                "data.a was string and is null or string",
            ),
            (
                json!({ "a": { "type": "string", "format": "uuid" } }),
                "data.a changes its format from nothing to \"uuid\"",
            ),
            (level(&["X"]), "data.a was string and is one of \"X\""),
        ] {
            assert_eq!(change(string.clone(), to), says);
        }
        let list = |of: &str| json!({ "a": { "type": "array", "items": { "type": of } } });
        assert_eq!(
            change(list("string"), list("integer")),
            "data.a[] was string and is integer"
        );
    }

    #[test]
    fn a_value_that_goes_is_broken() {
        assert_eq!(
            change(level(&["X", "Y"]), level(&["X"])),
            "data.a no longer has the value \"Y\""
        );
        let nullable = json!({ "a": { "anyOf": [{ "enum": ["X"] }, { "type": "null" }] } });
        assert_eq!(change(level(&["X"]), nullable), "data.a may be null now");
        let constant = |value: &str| json!({ "a": { "const": value } });
        assert_eq!(
            change(constant("X"), constant("Y")),
            "data.a no longer has the value \"X\""
        );
    }

    #[test]
    fn what_is_always_there_is_part_of_the_promise() {
        let schema =
            |required: Value, fields: Value| json!({ "required": required, "properties": fields });
        let one = json!({ "a": {} });
        let two = json!({ "a": {}, "b": {} });
        let new = broken(
            &schema(json!(["a"]), one),
            &schema(json!(["a", "b"]), two.clone()),
        );
        assert_eq!(
            new,
            ["b is new and is required, which events of older programs do not keep"]
        );
        let both = schema(json!(["a", "b"]), two.clone());
        let less = schema(json!(["a"]), two);
        assert_eq!(broken(&both, &less), ["b is no longer in every event"]);
        assert_eq!(
            broken(&less, &both),
            ["b was optional and is required, which events of older programs do not keep"]
        );
    }
}
