//! A batch that fails: null and an error for its own fields, everything else as always, and not a
//! word about the inside.

use serde_json::{Value, json};

use super::town::app;
use crate::support::{Caller, Reply, TestApp};

async fn scene() -> (TestApp, Caller, String) {
    let app = app().await;
    let [ada, bob] = app.users(["ada_01", "bob_01"]).await;
    ada.follow(&bob).await;
    let mut last = String::new();
    for n in 0..3 {
        let post = ada.post(&format!("Post {n} #sun for @bob_01")).await;
        bob.comment(&post, "A comment").await;
        bob.react(&post, "👍").await;
        last = post;
    }
    (app, ada, last)
}

/// Moves a table out of the way.
async fn hide(app: &TestApp, table: &str) {
    app.sql(&format!("ALTER TABLE {table} RENAME TO hidden_away"))
        .await;
}

async fn bring_back(app: &TestApp, table: &str) {
    app.sql(&format!("ALTER TABLE hidden_away RENAME TO {table}"))
        .await;
}

/// The errors are INTERNAL at exactly these paths, with a request id and no inside in the body.
fn is_masked(reply: &Reply, paths: &[Value]) {
    assert_eq!(reply.status, 200);
    let mut found = Vec::new();
    for error in reply.body["errors"].as_array().unwrap() {
        assert_eq!(error["extensions"]["code"], "INTERNAL", "{error}");
        assert!(error["extensions"]["requestId"].is_string(), "{error}");
        let say = "Something broke on our side. Try again; if it stays, report the request id.";
        assert_eq!(error["message"], say);
        found.push(error["path"].clone());
    }
    found.sort_by_key(Value::to_string);
    assert_eq!(found, paths);
    let text = reply.body.to_string().to_lowercase();
    for inside in [
        "hidden_away",
        "no such table",
        "does not exist",
        "relation \"",
        "sqlx",
        "select ",
    ] {
        assert!(!text.contains(inside), "{text}");
    }
}

/// One field of every post, with the table that it needs and nothing else does.
const FIELDS: [(&str, &str, &str); 5] = [
    ("counter", "commentCount", "1"),
    ("counter", "reactionCount", "1"),
    (
        "reaction_group",
        "reactionGroups { count }",
        "[{\"count\":1}]",
    ),
    ("hashtag", "hashtags { name }", "[{\"name\":\"sun\"}]"),
    (
        "post_mention",
        "mentions { handle }",
        "[{\"handle\":\"bob_01\"}]",
    ),
];

#[tokio::test]
async fn a_failing_batch_nulls_its_own_field_of_every_row_and_nothing_else() {
    let (app, ..) = scene().await;
    let guest = app.guest();
    for (table, field, value) in FIELDS {
        let query = format!(
            "{{ explore {{ nodes {{ body value: {field} author {{ handle }} \
             comments {{ nodes {{ body }} totalCount }} }} pageInfo {{ hasNextPage }} }} }}"
        );
        let whole = guest.query(&query, json!({})).await;
        let value: Value = serde_json::from_str(value).unwrap();
        assert_eq!(whole["explore"]["nodes"][2]["value"], value, "{field}");
        hide(&app, table).await;
        let reply = guest.send(&query, json!({})).await;
        bring_back(&app, table).await;
        let paths = [0, 1, 2].map(|n| json!(["explore", "nodes", n, "value"]));
        is_masked(&reply, &paths);
        let mut expected = whole.clone();
        for n in 0..3 {
            expected["explore"]["nodes"][n]["value"] = Value::Null;
        }
        assert_eq!(reply.body["data"], expected, "{field}");
        assert_eq!(
            guest.query(&query, json!({})).await,
            whole,
            "{field} did not come back"
        );
    }
}

#[tokio::test]
async fn a_failing_list_is_null_below_its_parents_and_a_failing_root_alone() {
    let (app, _, post) = scene().await;
    let guest = app.guest();
    for (table, list) in [
        ("post_edit", "edits"),
        ("comment", "comments"),
        ("reaction", "reactions"),
    ] {
        let query = format!(
            "query($id: ID!) {{ node(id: $id) {{ id ... on Post {{ body {list} {{ nodes {{ id }} \
             pageInfo {{ hasNextPage }} totalCount }} author {{ handle }} }} }} \
             explore(first: 1) {{ nodes {{ id }} }} }}"
        );
        hide(&app, table).await;
        let reply = guest.send(&query, json!({ "id": post })).await;
        bring_back(&app, table).await;
        is_masked(&reply, &[json!(["node", list])]);
        let mut node = json!({
            "id": post, "body": "Post 2 #sun for @bob_01", "author": { "handle": "ada_01" },
        });
        node[list] = Value::Null;
        let expected = json!({ "node": node, "explore": { "nodes": [{ "id": post }] } });
        assert_eq!(reply.body["data"], expected, "{list}");
    }
    hide(&app, "post_hashtag").await;
    let query = "{ hashtag(name: \"sun\") { name posts { nodes { id } } } \
                 user(handle: \"ada_01\") { handle posts(first: 1) { nodes { id } } } }";
    let reply = guest.send(query, json!({})).await;
    bring_back(&app, "post_hashtag").await;
    is_masked(&reply, &[json!(["hashtag"])]);
    let user = json!({ "handle": "ada_01", "posts": { "nodes": [{ "id": post }] } });
    let expected = json!({ "hashtag": null, "user": user });
    assert_eq!(reply.body["data"], expected);
}

#[tokio::test]
async fn failing_counters_and_relationships_leave_a_profile_readable() {
    let (app, ada, _) = scene().await;
    let query = "{ viewer { email } user(handle: \"bob_01\") { handle followerCount postCount \
                 viewerRelationship { following } } }";
    hide(&app, "following").await;
    let reply = ada.send(query, json!({})).await;
    bring_back(&app, "following").await;
    is_masked(&reply, &[json!(["user", "viewerRelationship"])]);
    let user = json!({
        "handle": "bob_01", "followerCount": 1, "postCount": 0, "viewerRelationship": null,
    });
    assert_eq!(reply.body["data"]["user"], user);
    assert_eq!(reply.body["data"]["viewer"]["email"], "ada_01@example.org");

    hide(&app, "counter").await;
    let reply = ada.send(query, json!({})).await;
    bring_back(&app, "counter").await;
    is_masked(
        &reply,
        &[
            json!(["user", "followerCount"]),
            json!(["user", "postCount"]),
        ],
    );
    let user = json!({
        "handle": "bob_01", "followerCount": null, "postCount": null,
        "viewerRelationship": { "following": true },
    });
    assert_eq!(reply.body["data"]["user"], user);
}

#[tokio::test]
async fn of_many_failures_twenty_are_told_and_all_fields_are_null() {
    let app = app().await;
    let ada = app.user("ada_01").await;
    for n in 0..30 {
        ada.post(&format!("Post {n}")).await;
    }
    hide(&app, "reaction_group").await;
    let query = "{ explore(first: 30) { nodes { id reactionGroups { count } } } }";
    let reply = ada.send(query, json!({})).await;
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 20);
    let nodes = reply.body["data"]["explore"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 30);
    assert!(nodes.iter().all(|node| node["id"].is_string()));
    assert!(nodes.iter().all(|node| node["reactionGroups"].is_null()));
}
