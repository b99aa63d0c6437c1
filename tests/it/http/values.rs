//! A wrong value is found before anything runs, whatever is left out beside it.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp};

/// Sends a mutation whose first field alone would work, and hands back how it was refused.
async fn refusal(ann: &Caller, variables: &str, input: &str, sent: Value) -> (u16, String, Value) {
    let text = format!(
        "mutation({variables}) {{ a: updateProfile(input: {{ bio: \"Hello\" }}) {{ user {{ bio }} }} \
         updateProfile(input: {input}) {{ user {{ bio }} }} }}"
    );
    let reply = ann.send(&text, sent).await;
    assert!(reply.body.get("data").is_none(), "{:#}", reply.body);
    let profile = ann.query("{ user(handle: \"ann\") { bio } }", json!({}));
    assert_eq!(profile.await["user"]["bio"], "", "{text}");
    let (status, code) = (reply.status.as_u16(), reply.code().to_owned());
    (status, code, reply.body["errors"][0].clone())
}

#[tokio::test]
async fn a_wrong_variable_is_refused_beside_an_omitted_one_and_nothing_has_changed() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let both = "$b: String, $v: String";
    let members = "{ bio: $b, displayName: $v }";
    let whole = "$b: UpdateProfileInput!";
    for (variables, input, b, says) in [
        (
            both,
            members,
            json!(7),
            "`$b` must be of type `String`, not a number.",
        ),
        (
            both,
            members,
            json!(["x"]),
            "`$b` must be of type `String`, not a list.",
        ),
        (
            whole,
            "$b",
            json!({ "displayName": 7 }),
            "`$b.displayName` must be of type `String`, not a number.",
        ),
        (
            whole,
            "$b",
            json!({ "name": "x" }),
            "`$b` has the field `name`, which `UpdateProfileInput` does not know.",
        ),
    ] {
        let (status, code, error) = refusal(&ann, variables, input, json!({ "b": b })).await;
        assert_eq!((status, code.as_str()), (400, "BAD_USER_INPUT"), "{error}");
        assert_eq!(error["message"], format!("The variable {says}"));
    }
}

#[tokio::test]
async fn a_wrong_literal_is_refused_beside_an_omitted_variable_and_nothing_has_changed() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    for (input, says) in [
        (
            "{ bio: $b, displayName: 7 }",
            "`input.displayName` must be of type `String`, not a number.",
        ),
        (
            "{ bio: $b, displayName: [\"x\"] }",
            "`input.displayName` must be of type `String`, not a list.",
        ),
        (
            "{ bio: $b, name: \"x\" }",
            "`input` has the field `name`, which `UpdateProfileInput` does not know.",
        ),
    ] {
        let (status, code, error) = refusal(&ann, "$b: String", input, json!({})).await;
        assert_eq!(
            (status, code.as_str()),
            (400, "GRAPHQL_VALIDATION_FAILED"),
            "{error}"
        );
        assert_eq!(error["message"], format!("The argument {says}"));
        assert_eq!(error["locations"], json!([{ "line": 1, "column": 104 }]));
    }
}

#[tokio::test]
async fn a_default_of_another_type_is_refused_and_one_item_stands_for_a_list() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let (status, code, error) = refusal(&ann, "$b: String = 7", "{ bio: $b }", json!({})).await;
    assert_eq!((status, code.as_str()), (400, "GRAPHQL_VALIDATION_FAILED"));
    let says = "The default of `$b` must be of type `String`, not a number.";
    assert_eq!(error["message"], says);
    let id = ann.post("Hello").await;
    let text = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let data = ann.query(text, json!({ "ids": id })).await;
    assert_eq!(data["nodes"], json!([{ "id": id }]));
}
