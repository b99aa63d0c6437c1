//! Short words for what many tests ask.

use rookery::ids::{NodeId, NodeKind};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{app::PASSWORD, app::TestApp, caller::Caller};

/// What a payload says, in one line: `done`, or the refusal's code and its place in the input.
pub fn outcome(payload: &Value) -> String {
    let errors = payload["userErrors"].as_array().expect("userErrors");
    let Some(error) = errors.first() else {
        return "done".to_owned();
    };
    assert_eq!(errors.len(), 1, "{payload:#}");
    let results = payload.as_object().expect("a payload");
    for (name, result) in results.iter().filter(|(name, _)| *name != "userErrors") {
        assert!(result.is_null(), "{name} of a refusal is {result}");
    }
    let code = error["code"].as_str().expect("a code");
    assert_eq!(
        error["retryAfterSeconds"].is_null(),
        code != "RATE_LIMITED",
        "{error}"
    );
    match error["path"].as_array() {
        None => code.to_owned(),
        Some(path) => {
            let path: Vec<_> = path.iter().filter_map(Value::as_str).collect();
            format!("{code} at {}", path.join("."))
        }
    }
}

/// Calls a mutation for its [`outcome`] alone.
pub async fn attempt(caller: &Caller, field: &str, input: Value) -> String {
    outcome(&caller.mutate(field, input, "").await)
}

/// What `caller` gets for `id`: null, or its type and the fields of `selection` (fragments).
pub async fn node(caller: &Caller, id: &str, selection: &str) -> Value {
    let query = format!("query($id: ID!) {{ node(id: $id) {{ __typename {selection} }} }}");
    caller.query(&query, json!({ "id": id })).await["node"].clone()
}

/// The fields of a post or comment that `caller` may see.
pub async fn fields(caller: &Caller, id: &str, fields: &str) -> Value {
    let kind = id.split('_').next().expect("a type in the id");
    let mut found = node(caller, id, &format!("... on {kind} {{ {fields} }}")).await;
    if let Some(found) = found.as_object_mut() {
        found.remove("__typename");
    }
    found
}

/// A well-formed id of something that never was.
pub fn missing(kind: NodeKind) -> String {
    NodeId::new(kind, uuid::Uuid::from_u128(404)).to_string()
}

/// A well-formed id below `home` of something that never was.
pub fn missing_within(kind: NodeKind, home: &str) -> String {
    let home = NodeId::parse(home).expect("an id").id;
    NodeId::within(kind, home, uuid::Uuid::from_u128(404)).to_string()
}

/// Signs in with [`PASSWORD`]: the caller of the new session, and its refresh token.
pub async fn sign_in(app: &TestApp, login: &str) -> (Caller, String) {
    let input = json!({ "login": login, "password": PASSWORD });
    let payload = "session { accessToken refreshToken } viewer { user { id handle } }";
    let done = app.guest().mutate("signIn", input, payload).await;
    assert_eq!(outcome(&done), "done");
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    let (session, user) = (&done["session"], &done["viewer"]["user"]);
    let token = Some(word(&session["accessToken"]));
    let caller = Caller::new(app.clone(), word(&user["handle"]), word(&user["id"]), token);
    (caller, word(&session["refreshToken"]))
}

/// The one number that `sql` selects as `n`.
pub async fn number(app: &TestApp, sql: &str) -> i64 {
    let db = app.platform().db.background();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.expect("an answer");
    row.expect("a row").try_get("", "n").expect("a number")
}
