//! Null propagation: a field that fails takes with it exactly what the schema says.

use serde_json::json;

use super::{GRAPHQL, query, query_as};
use crate::support::{Caller, TestApp};

async fn ask(caller: &Caller, text: &str) -> super::Answer {
    let header = format!("Bearer {}", caller.token.as_deref().unwrap());
    let answer = query_as(&caller.app, &header, GRAPHQL, text).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

/// Paths of all errors, sorted: fields are resolved side by side.
fn paths(answer: &super::Answer) -> serde_json::Value {
    let errors = answer.body["errors"].as_array().unwrap();
    let mut paths: Vec<_> = errors.iter().map(|error| error["path"].clone()).collect();
    paths.sort_by_key(ToString::to_string);
    paths.into()
}

#[tokio::test]
async fn a_nullable_field_that_fails_is_null_and_its_siblings_stay() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    app.sql("ALTER TABLE counter RENAME TO broken").await;
    let text = "{ user(handle: \"ann\") { handle n: followerCount postCount bio } __typename }";
    let answer = ask(&ann, text).await;
    let user = json!({ "handle": "ann", "n": null, "postCount": null, "bio": "" });
    assert_eq!(
        answer.body["data"],
        json!({ "user": user, "__typename": "Query" })
    );
    assert_eq!(
        paths(&answer),
        json!([["user", "n"], ["user", "postCount"]])
    );
    assert_eq!(answer.refusal(), (200, "INTERNAL"));
}

#[tokio::test]
async fn a_failing_list_is_null_and_each_failure_names_its_place() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    for n in 0..2 {
        ann.post(&format!("Post {n}")).await;
    }
    app.sql("ALTER TABLE comment RENAME TO broken").await;
    let text = "{ explore { nodes { body comments { nodes { body } } } } }";
    let answer = ask(&ann, text).await;
    let nodes =
        json!([{ "body": "Post 1", "comments": null }, { "body": "Post 0", "comments": null }]);
    assert_eq!(answer.body["data"]["explore"]["nodes"], nodes);
    let failed = json!([
        ["explore", "nodes", 0, "comments"],
        ["explore", "nodes", 1, "comments"]
    ]);
    assert_eq!(paths(&answer), failed);
}

#[tokio::test]
async fn a_non_null_field_that_fails_nulls_the_nearest_nullable_ancestor() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    // A session is proven without the name that its person shows.
    app.sql("ALTER TABLE person RENAME COLUMN display_name TO broken")
        .await;
    // `Viewer.user` is `User!`; `Viewer.email` is `String!` and stands in another table.
    let text = "{ a: viewer { email user { handle } } b: viewer { email } rateLimit { limit } }";
    let answer = ask(&ann, text).await;
    let expected = json!({
        "a": null,
        "b": { "email": "ann@example.org" },
        "rateLimit": { "limit": 120_000 },
    });
    assert_eq!(answer.body["data"], expected);
    assert_eq!(paths(&answer), json!([["a", "user"]]));
}

#[tokio::test]
async fn a_failure_inside_a_payload_leaves_the_rest_of_the_payload() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    app.sql("ALTER TABLE counter RENAME TO broken").await;
    let text = "mutation { updateProfile(input: { bio: \"Hello\" }) \
        { user { bio followerCount } userErrors { code } } }";
    let answer = ask(&ann, text).await;
    let payload = json!({ "user": { "bio": "Hello", "followerCount": null }, "userErrors": [] });
    assert_eq!(answer.body["data"], json!({ "updateProfile": payload }));
    assert_eq!(
        paths(&answer),
        json!([["updateProfile", "user", "followerCount"]])
    );
}

#[tokio::test]
async fn a_mutation_that_fails_is_null_and_the_next_one_still_runs() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    app.sql("ALTER TABLE post RENAME TO broken").await;
    let text = "mutation { createPost(input: { body: \"Hello\" }) { userErrors { code } } \
        updateProfile(input: { bio: \"Hello\" }) { user { bio } } }";
    let answer = ask(&ann, text).await;
    let expected = json!({ "createPost": null, "updateProfile": { "user": { "bio": "Hello" } } });
    assert_eq!(answer.body["data"], expected);
    assert_eq!(paths(&answer), json!([["createPost"]]));
}

#[tokio::test]
async fn ids_that_cannot_be_looked_up_are_null_one_by_one() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let post = ann.post("Hello").await;
    app.sql("ALTER TABLE post RENAME TO broken").await;
    let text = format!(
        "{{ nodes(ids: [\"{}\", \"{post}\", \"x\"]) {{ __typename }} }}",
        ann.id
    );
    let answer = ask(&ann, &text).await;
    let nodes = json!([{ "__typename": "User" }, null, null]);
    assert_eq!(answer.body["data"]["nodes"], nodes);
    assert_eq!(paths(&answer), json!([["nodes", 1]]));
}

#[tokio::test]
async fn whoever_is_gone_leaves_no_error_behind_and_their_session_ends() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("Hello").await;
    let comment = bob.comment(&post, "Hello back").await;
    ann.reply(&post, &comment, "And again").await;
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'bob'")
        .await;
    let text =
        "{ explore { nodes { author { handle } comments { nodes { body author { handle } } } } } }";
    let answer = query(&app, text).await;
    assert!(answer.body.get("errors").is_none(), "{answer:?}");
    let node = &answer.body["data"]["explore"]["nodes"][0];
    assert_eq!(node["author"]["handle"], "ann");
    let tombstone = json!({ "body": null, "author": null });
    assert_eq!(node["comments"]["nodes"], json!([tombstone]));
    let header = format!("Bearer {}", bob.token.as_deref().unwrap());
    let answer = query_as(&app, &header, GRAPHQL, "{ viewer { email } }").await;
    assert_eq!(answer.refusal(), (401, "UNAUTHENTICATED"));
}
