//! The schema as it runs: what it shows of itself, and what must not be attached to it.

use std::{fs, path::Path};

use rookery::platform::config::Switch;
use serde_json::json;

use super::query;
use crate::support::TestApp;

const TYPES: &str =
    "{ __schema { queryType { name } types { name } } __type(name: \"Post\") { name } }";

#[tokio::test]
async fn introspection_shows_the_schema() {
    let app = TestApp::start().await;
    let answer = query(&app, TYPES).await;
    assert_eq!(
        answer.body["data"]["__schema"]["queryType"]["name"],
        "Query"
    );
    assert_eq!(answer.body["data"]["__type"]["name"], "Post");
}

#[tokio::test]
async fn with_introspection_off_the_schema_is_not_shown_and_typenames_are() {
    let app = TestApp::start_with(|config| config.http.introspection = Switch::Off).await;
    for text in [
        TYPES,
        "{ __type(name: \"Post\") { name fields { name } } }",
        "{ __schema { types { name } } }",
    ] {
        let answer = query(&app, text).await;
        let whole = answer.body.to_string();
        assert!(
            !whole.contains("\"Post\"") && !whole.contains("\"Query\""),
            "{whole}"
        );
        assert_eq!(answer.refusal(), (400, "GRAPHQL_VALIDATION_FAILED"));
        assert!(answer.message().contains("Introspection is off"), "{whole}");
    }
    let answer = query(&app, "{ __typename }").await;
    assert_eq!(answer.body, json!({ "data": { "__typename": "Query" } }));
}

/// Any extension makes every field slow, and async-graphql does not tell which are active.
#[test]
fn no_extension_is_attached_to_the_schema_and_it_is_built_in_one_place() {
    let (mut builders, mut files) = (Vec::new(), 0);
    walk(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut |path, text| {
            files += 1;
            let name = path.display();
            for extension in [
                ".extension(",
                "async_graphql::extensions",
                "ExtensionFactory",
            ] {
                assert!(!text.contains(extension), "{name} has {extension}");
            }
            if text.contains("Schema::build(") {
                builders.push(path.ends_with("graphql/schema.rs"));
            }
        },
    );
    assert!(files > 50, "the sources were not found");
    assert_eq!(builders, [true]);
}

fn walk(dir: &Path, visit: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}
