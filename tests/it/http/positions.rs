//! A variable stands only where its type fits: found before anything runs, not by the field.

use serde_json::json;

use super::query;
use crate::support::TestApp;

const REFUSED: (u16, &str) = (400, "GRAPHQL_VALIDATION_FAILED");

#[tokio::test]
async fn a_variable_of_another_type_is_refused_even_if_it_is_not_sent() {
    let app = TestApp::start().await;
    app.user("ann").await;
    for (declared, usage, expected) in [
        ("Int", "user(handle: $a) { id }", "String!"),
        ("String", "user(handle: $a) { id }", "String!"),
        ("String = null", "user(handle: $a) { id }", "String!"),
        ("String", "explore(first: $a) { nodes { id } }", "Int"),
        ("ID!", "nodes(ids: $a) { id }", "[ID!]!"),
        (
            "Boolean",
            "explore @include(if: $a) { nodes { id } }",
            "Boolean!",
        ),
    ] {
        let text = format!("query($a: {declared}) {{ {usage} }}");
        let answer = query(&app, &text).await;
        assert_eq!(answer.refusal(), REFUSED, "{text}: {answer:?}");
        let ty = declared.split(' ').next().unwrap();
        let message =
            format!("Variable `$a` of type `{ty}` cannot stand where `{expected}` is expected.");
        assert_eq!(answer.message(), message);
        let place = json!({ "line": 1, "column": 7 });
        assert_eq!(answer.body["errors"][0]["locations"][0], place);
    }
}

#[tokio::test]
async fn a_default_on_either_side_makes_a_nullable_variable_fit() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let text = "query($handle: String = \"ann\", $order: ExploreOrder) \
        { user(handle: $handle) { handle } explore(order: $order) { nodes { id } } }";
    let data = ann.query(text, json!({})).await;
    let expected = json!({ "user": { "handle": "ann" }, "explore": { "nodes": [] } });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn a_mutation_before_the_misplaced_variable_does_not_happen() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    for wrong in [
        "createPost(input: { body: $a }) { userErrors { code } }",
        "...Wrong",
    ] {
        let text = format!(
            "mutation($a: String) {{ updateProfile(input: {{ bio: \"Hello\" }}) {{ userErrors {{ code }} }} {wrong} }}"
        );
        let fragment = "fragment Wrong on Mutation { createPost(input: { body: $a }) { userErrors { code } } }";
        let text = match wrong {
            "...Wrong" => format!("{text} {fragment}"),
            _ => text,
        };
        let reply = ann.send(&text, json!({})).await;
        assert_eq!((reply.status.as_u16(), reply.code()), REFUSED, "{text}");
        assert!(reply.body.get("data").is_none(), "{:#}", reply.body);
    }
    let data = ann
        .query("{ user(handle: \"ann\") { bio } }", json!({}))
        .await;
    assert_eq!(data["user"]["bio"], "");
}

#[tokio::test]
async fn a_wrong_type_inside_an_input_is_found_beside_a_variable_that_is_omitted() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let text = "mutation($bio: String, $name: Int) { before: updateProfile(input: { bio: \"Hello\" }) \
        { userErrors { code } } updateProfile(input: { bio: $bio, displayName: $name }) { userErrors { code } } }";
    let reply = ann.send(text, json!({ "name": 7 })).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        REFUSED,
        "{:#}",
        reply.body
    );
    let data = ann
        .query("{ user(handle: \"ann\") { bio } }", json!({}))
        .await;
    assert_eq!(data["user"]["bio"], "");
}
