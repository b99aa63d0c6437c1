//! Messages held against the committed schemas.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::OnceLock};

use jsonschema::Validator;
use rookery::activity::schema::ENDING;
use serde_json::Value;

/// The folder that holds what was promised.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("events")
}

/// The committed schemas by kind.
pub fn committed() -> BTreeMap<String, Value> {
    let read = |file: fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        let kind = name.strip_suffix(ENDING)?.to_owned();
        let text = fs::read_to_string(file.path()).unwrap();
        Some((kind, serde_json::from_str(&text).unwrap()))
    };
    let files = fs::read_dir(folder()).unwrap().map(Result::unwrap);
    files.filter_map(read).collect()
}

/// Whether a message is as the committed schema of its kind says, formats included; else why not.
pub fn validate(message: &Value) -> Result<(), String> {
    static SCHEMAS: OnceLock<BTreeMap<String, Validator>> = OnceLock::new();
    let schemas = SCHEMAS.get_or_init(|| {
        let build = |schema: Value| {
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            options.build(&schema).unwrap()
        };
        let all = committed().into_iter();
        all.map(|(kind, schema)| (kind, build(schema))).collect()
    });
    let id = message["dataschema"].as_str().unwrap_or_default();
    let kind = id.strip_prefix("rookery:events/").unwrap_or(id);
    let Some(schema) = schemas.get(kind) else {
        return Err(format!("there is no schema for \"{id}\""));
    };
    let wrong: Vec<_> = schema
        .iter_errors(message)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("{kind}: {}", wrong.join("; "))),
    }
}
