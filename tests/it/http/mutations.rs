//! Who may call mutations at all: read from the schema, so that no new one is forgotten.

use serde_json::{Map, Value, json};

use super::{GRAPHQL, JSON, post_text};
use crate::support::TestApp;

/// Everything else needs a session.
const PUBLIC: [&str; 8] = [
    "signUp",
    "signIn",
    "refreshSession",
    "verifyEmail",
    "requestPasswordReset",
    "resetPassword",
    "beginOidcSignIn",
    "completeOidcSignIn",
];

const MUTATIONS: &str = "{ __schema { mutationType { fields { name args { name type { kind ofType { name \
    inputFields { name type { kind ofType { kind name enumValues { name } } } } } } } } } } }";

/// Every mutation with the name of its input type and an input that no command would take.
async fn mutations(app: &TestApp) -> Vec<(String, String, Value)> {
    let data = app.guest().query(MUTATIONS, json!({})).await;
    let fields = data["__schema"]["mutationType"]["fields"]
        .as_array()
        .unwrap();
    let mut found = Vec::new();
    for field in fields {
        let name = field["name"].as_str().unwrap().to_owned();
        let args = field["args"].as_array().unwrap();
        assert_eq!(args.len(), 1, "{name} has one argument");
        assert_eq!(args[0]["name"], "input", "{name}");
        assert_eq!(args[0]["type"]["kind"], "NON_NULL", "{name}");
        let input = &args[0]["type"]["ofType"];
        let mut value = Map::new();
        for member in input["inputFields"].as_array().unwrap() {
            if member["type"]["kind"] == "NON_NULL" {
                let inner = &member["type"]["ofType"];
                // A truth value or a word of the schema has nothing wrong to it; the id beside it
                // has.
                let wrong = match (inner["kind"].as_str(), inner["name"].as_str()) {
                    (Some("SCALAR"), Some("Boolean")) => json!(true),
                    (Some("SCALAR"), Some("Int")) => json!(-1),
                    (Some("SCALAR"), _) => json!("\u{0}"),
                    (Some("ENUM"), _) => inner["enumValues"][0]["name"].clone(),
                    (Some("LIST"), _) => json!(["\u{0}"]),
                    kind => panic!("{name}: a new kind of input: {kind:?}"),
                };
                value.insert(member["name"].as_str().unwrap().to_owned(), wrong);
            }
        }
        found.push((
            name,
            input["name"].as_str().unwrap().to_owned(),
            value.into(),
        ));
    }
    found
}

async fn call(
    app: &TestApp,
    accept: &str,
    (name, input_type, input): &(String, String, Value),
) -> super::Answer {
    let query = format!(
        "mutation($input: {input_type}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
    );
    let body = json!({ "query": query, "variables": { "input": input } });
    post_text(app, accept, body.to_string()).await
}

#[tokio::test]
async fn nobody_is_turned_away_from_every_mutation_but_the_public_ones_before_its_input_is_judged()
{
    let app = TestApp::start().await;
    let all = mutations(&app).await;
    assert!(all.len() >= 16, "{all:?}");
    let mut public = Vec::new();
    for mutation in &all {
        let name = &mutation.0;
        for accept in [JSON, GRAPHQL] {
            let answer = call(&app, accept, mutation).await;
            assert_eq!(answer.status, 200, "{name}: {answer:?}");
            if PUBLIC.contains(&name.as_str()) {
                assert!(answer.body.get("errors").is_none(), "{name}: {answer:?}");
                let errors = answer.body["data"][name]["userErrors"].as_array().unwrap();
                assert!(!errors.is_empty(), "{name} took {}", mutation.2);
                public.push(name.as_str());
                continue;
            }
            assert_eq!(answer.body["data"], json!({ name: null }), "{name}");
            let errors = answer.body["errors"].as_array().unwrap();
            assert_eq!(errors.len(), 1, "{name}: {errors:?}");
            assert_eq!(errors[0]["extensions"]["code"], "UNAUTHENTICATED", "{name}");
            assert_eq!(errors[0]["path"], json!([name]), "{name}");
        }
    }
    public.sort_unstable();
    public.dedup();
    let mut expected = PUBLIC;
    expected.sort_unstable();
    assert_eq!(public, expected);
}

#[tokio::test]
async fn somebody_signed_in_is_told_what_is_wrong_with_the_same_input() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    for (name, input_type, input) in mutations(&app).await {
        // An empty input is fine for these.
        let fine = [
            "signOut",
            "updateProfile",
            "updateSettings",
            "pinPost",
            "saveDraft",
        ];
        if fine.contains(&name.as_str()) {
            continue;
        }
        let query = format!(
            "mutation($input: {input_type}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
        );
        let data = ann.query(&query, json!({ "input": input })).await;
        let errors = data[&name]["userErrors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{name} took {input}");
    }
}
