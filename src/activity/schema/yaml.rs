//! JSON written as YAML, for people to read.

use serde_json::Value;

/// `value` as YAML. Scalars are written as in JSON, which YAML holds.
pub(super) fn write(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                line(&format!("{}:", key(name)), value, depth, text);
            }
        }
        Value::Array(items) => {
            for item in items {
                line("-", item, depth, text);
            }
        }
        scalar => text.push_str(&format!("{}{scalar}\n", "  ".repeat(depth))),
    }
}

/// What stands before a value, and the value: behind it if it is short, below it otherwise.
fn line(lead: &str, value: &Value, depth: usize, text: &mut String) {
    let is_empty = match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    };
    text.push_str(&"  ".repeat(depth));
    text.push_str(lead);
    if is_empty {
        text.push_str(&format!(" {value}\n"));
    } else {
        text.push('\n');
        block(value, depth + 1, text);
    }
}

fn key(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_plain) {
        true => name.to_owned(),
        false => Value::from(name).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::write;

    #[test]
    fn maps_lists_and_scalars_stand_one_below_another() {
        let value = json!({ "a": { "$ref": "#/x: y" }, "b": [1, { "c": null }], "d": {}, "e": [] });
        let yaml = "a:\n  \"$ref\": \"#/x: y\"\nb:\n  - 1\n  -\n    c: null\nd: {}\ne: []\n";
        assert_eq!(write(&value), yaml);
    }
}
