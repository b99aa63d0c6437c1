//! Page sizes: 1 to 100, one of `first` and `last`; what is wrong spoils its own field only.

use serde_json::{Value, json};

use super::lists::app;

/// Every list with the query around it, which has room for arguments.
const LISTS: [&str; 13] = [
    "explore{args} { nodes { id } }",
    "viewer { homeFeed{args} { nodes { id } } }",
    "user(handle: \"ada_01\") { posts{args} { nodes { id } } }",
    "hashtag(name: \"sun\") { posts{args} { nodes { id } } }",
    "user(handle: \"ada_01\") { followers{args} { nodes { id } } }",
    "user(handle: \"ada_01\") { following{args} { nodes { id } } }",
    "node(id: $post) { ... on Post { comments{args} { nodes { id } } } }",
    "node(id: $post) { ... on Post { reactions{args} { nodes { id } } } }",
    "node(id: $post) { ... on Post { edits{args} { nodes { id } } } }",
    "node(id: $post) { ... on Reactable { reactions{args} { nodes { id } } } }",
    "node(id: $comment) { ... on Comment { replies{args} { nodes { id } } } }",
    "node(id: $comment) { ... on Comment { reactions{args} { nodes { id } } } }",
    "node(id: $comment) { ... on Reactable { reactions{args} { nodes { id } } } }",
];

/// What stands in `data` where the connection would, which is not `sibling`.
fn connection(data: &Value) -> Value {
    let mut fields = data.as_object().unwrap().iter();
    let (_, field) = fields.find(|(name, _)| *name != "sibling").unwrap();
    match field {
        Value::Object(object) if !object.contains_key("nodes") => {
            object.values().next().unwrap().clone()
        }
        field => field.clone(),
    }
}

#[tokio::test]
async fn a_wrong_size_is_bad_user_input_in_every_list_and_its_siblings_live() {
    let app = app().await;
    let ada = app.user("ada_01").await;
    let post = ada.post("A post #sun").await;
    let comment = ada.comment(&post, "A comment").await;
    for list in LISTS {
        for (args, says) in [
            ("(first: 0)", "`first` must be between 1 and 100, not 0."),
            ("(first: -1)", "`first` must be between 1 and 100, not -1."),
            ("(last: 0)", "`last` must be between 1 and 100, not 0."),
            (
                "(first: 101)",
                "`first` must be between 1 and 100, not 101.",
            ),
            (
                "(last: 1000000)",
                "`last` must be between 1 and 100, not 1000000.",
            ),
            (
                "(first: -2147483648)",
                "`first` must be between 1 and 100, not -2147483648.",
            ),
            ("(first: 5, last: 5)", "Give `first` or `last`, not both."),
        ] {
            let field = list.replace("{args}", args);
            let query = format!(
                "query($post: ID!, $comment: ID!) {{ {field} \
                 sibling: nodes(ids: [$post, $comment]) {{ id }} }}"
            );
            let variables = json!({ "post": post, "comment": comment });
            let reply = ada.send(&query, variables).await;
            assert_eq!(reply.status, 200, "{field}");
            let errors = reply.body["errors"].as_array().unwrap();
            assert_eq!(errors.len(), 1, "{field}: {}", reply.body);
            assert_eq!(reply.code(), "BAD_USER_INPUT", "{field}");
            assert_eq!(errors[0]["message"], says, "{field}");
            let data = &reply.body["data"];
            assert_eq!(connection(data), Value::Null, "{field}");
            assert_eq!(data["sibling"], json!([{ "id": post }, { "id": comment }]));
        }
    }
}

#[tokio::test]
async fn the_smallest_and_the_largest_size_are_taken_and_twenty_is_the_default() {
    let app = app().await;
    let ada = app.user("ada_01").await;
    for n in 0..101 {
        ada.post(&format!("Post {n}")).await;
    }
    for (args, first, last, length) in [
        ("", 100, 81, 20),
        ("(first: 1)", 100, 100, 1),
        ("(last: 1)", 0, 0, 1),
        ("(first: 100)", 100, 1, 100),
        ("(last: 100)", 99, 0, 100),
        ("(first: null, last: null)", 100, 81, 20),
        ("(first: null, last: 2)", 1, 0, 2),
    ] {
        let query = format!("{{ explore{args} {{ nodes {{ body }} }} }}");
        let data = ada.query(&query, json!({})).await;
        let nodes = data["explore"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), length, "{args}");
        assert_eq!(nodes[0]["body"], format!("Post {first}"), "{args}");
        assert_eq!(nodes[length - 1]["body"], format!("Post {last}"), "{args}");
    }
}

#[tokio::test]
async fn a_size_that_is_no_int_is_refused_before_anything_runs() {
    let app = app().await;
    let guest = app.guest();
    for first in [json!("5"), json!(2.5), json!(u64::MAX), json!(true)] {
        let query = "query($first: Int) { explore(first: $first) { nodes { id } } }";
        let reply = guest.send(query, json!({ "first": first })).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{first}: {}", reply.body);
        assert!(reply.body.get("data").is_none_or(Value::is_null), "{first}");
    }
}

#[tokio::test]
async fn an_order_left_out_or_null_is_the_lists_own() {
    let app = app().await;
    let ada = app.user("ada_01").await;
    let post = ada.post("A post").await;
    let (one, two) = (ada.comment(&post, "1").await, ada.comment(&post, "2").await);
    ada.reply(&post, &one, "3").await;
    let query = "query($id: ID!, $order: CommentOrder, $explore: ExploreOrder, $feed: FeedOrder) { \
                 node(id: $id) { ... on Post { comments(order: $order) { nodes { id body \
                 replies(order: $order) { nodes { body } } } } } } \
                 explore(order: $explore) { nodes { id } } \
                 viewer { homeFeed(order: $feed) { nodes { id } } } }";
    let expected = json!({
        "node": { "comments": { "nodes": [
            { "id": one, "body": "1", "replies": { "nodes": [{ "body": "3" }] } },
            { "id": two, "body": "2", "replies": { "nodes": [] } },
        ] } },
        "explore": { "nodes": [{ "id": post }] },
        "viewer": { "homeFeed": { "nodes": [{ "id": post }] } },
    });
    assert_eq!(ada.query(query, json!({ "id": post })).await, expected);
    let nulls = json!({ "id": post, "order": null, "explore": null, "feed": null });
    assert_eq!(ada.query(query, nulls).await, expected);
    let newest = json!({ "id": post, "order": "NEWEST" });
    let data = ada.query(query, newest).await;
    assert_eq!(data["node"]["comments"]["nodes"][0]["id"], json!(two));
}
