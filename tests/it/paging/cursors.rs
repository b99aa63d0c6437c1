//! Cursors: places in an order. One of another order is refused, one of another list is a place.

use rookery::page::{Order, Position};
use serde_json::{Value, json};

use super::lists::app;
use crate::support::{Caller, Reply, TestApp};

/// Every list: its order, the query around its arguments, and where it stands.
const LISTS: [(&str, &str, &str); 15] = [
    ("post:created", "explore{args}", "/explore"),
    (
        "post:created",
        "viewer { homeFeed{args} }",
        "/viewer/homeFeed",
    ),
    (
        "post:created",
        "user(handle: \"ada_01\") { posts{args} }",
        "/user/posts",
    ),
    (
        "post:created",
        "hashtag(name: \"sun\") { posts{args} }",
        "/hashtag/posts",
    ),
    (
        "user:followed",
        "user(handle: \"ada_01\") { followers{args} }",
        "/user/followers",
    ),
    (
        "user:followed",
        "user(handle: \"ada_01\") { following{args} }",
        "/user/following",
    ),
    (
        "comment:created",
        "node(id: $post) { ... on Post { comments{args} } }",
        "/node/comments",
    ),
    (
        "comment:created",
        "node(id: $post) { ... on Post { comments(order: NEWEST){args} } }",
        "/node/comments",
    ),
    (
        "comment:top",
        "node(id: $post) { ... on Post { comments(order: TOP){args} } }",
        "/node/comments",
    ),
    (
        "comment:created",
        "node(id: $comment) { ... on Comment { replies{args} } }",
        "/node/replies",
    ),
    (
        "comment:created",
        "node(id: $comment) { ... on Comment { replies(order: NEWEST){args} } }",
        "/node/replies",
    ),
    (
        "comment:top",
        "node(id: $comment) { ... on Comment { replies(order: TOP){args} } }",
        "/node/replies",
    ),
    (
        "reaction:created",
        "node(id: $post) { ... on Post { reactions{args} } }",
        "/node/reactions",
    ),
    (
        "reaction:created",
        "node(id: $comment) { ... on Comment { reactions{args} } }",
        "/node/reactions",
    ),
    (
        "postEdit:edited",
        "node(id: $post) { ... on Post { edits{args} } }",
        "/node/edits",
    ),
];

/// An app with one row in each of [`LISTS`], and how to ask for them.
struct Scene {
    ada: Caller,
    post: String,
    comment: String,
}

impl Scene {
    async fn start() -> (TestApp, Self) {
        let app = app().await;
        let [ada, bob] = app.users(["ada_01", "bob_01"]).await;
        ada.follow(&bob).await;
        bob.follow(&ada).await;
        let post = ada.post("An #sun").await;
        let input = json!({ "postId": post, "body": "A post #sun" });
        ada.mutate("editPost", input, "").await;
        let comment = ada.comment(&post, "A comment").await;
        ada.reply(&post, &comment, "A reply").await;
        ada.react(&post, "👍").await;
        ada.react(&comment, "👍").await;
        (app, Self { ada, post, comment })
    }

    /// Asks for a list with `arguments`, beside fields that are always fine.
    async fn query(&self, list: &str, arguments: &str, cursor: Option<&str>) -> Reply {
        let arguments = match list.contains("){args}") {
            true => format!(", {arguments})"),
            false => format!("({arguments})"),
        };
        let field = list.replace("){args}", "{args}");
        let field = field.replace(
            "{args}",
            &format!(
                "{arguments} {{ edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage }} }}"
            ),
        );
        let query = format!(
            "query($post: ID!, $comment: ID!, $cursor: String) {{ {field} \
             sibling: node(id: $post) {{ id }} other: node(id: $comment) {{ id }} \
             explored: explore(after: $cursor) @skip(if: true) {{ nodes {{ id }} }} }}"
        );
        let variables = json!({ "post": self.post, "comment": self.comment, "cursor": cursor });
        self.ada.send(&query, variables).await
    }

    /// Asks for a list with one cursor.
    async fn ask(&self, list: &str, argument: &str, cursor: &str) -> Reply {
        let arguments = format!("{argument}: $cursor");
        self.query(list, &arguments, Some(cursor)).await
    }

    /// The cursor of the one row of a list.
    async fn cursor(&self, list: &str, at: &str) -> String {
        let reply = self.query(list, "first: 5", None).await;
        assert_eq!(reply.body.get("errors"), None, "{list}");
        let edges = &reply.body["data"].pointer(at).unwrap()["edges"];
        assert_eq!(edges.as_array().unwrap().len(), 1, "{list}");
        super::listing::cursor(&edges[0]["cursor"])
    }

    /// The list is refused with BAD_CURSOR and null; everything beside it is answered.
    async fn refuses(&self, list: (&str, &str, &str), argument: &str, cursor: &str) {
        let (_, field, at) = list;
        let reply = self.ask(field, argument, cursor).await;
        let errors = reply.body["errors"].as_array().cloned().unwrap_or_default();
        assert_eq!(errors.len(), 1, "{field} took {cursor}: {}", reply.body);
        assert_eq!(reply.code(), "BAD_CURSOR", "{field} and {cursor}");
        let path = at[1..].split('/').collect::<Vec<_>>();
        assert_eq!(errors[0]["path"], json!(path));
        let message = errors[0]["message"].as_str().unwrap();
        assert!(
            message.starts_with(&format!("`{argument}` is not a cursor")),
            "{message}"
        );
        let data = &reply.body["data"];
        assert_eq!(data.pointer(at), Some(&Value::Null), "{field}");
        assert_eq!(data["sibling"]["id"], json!(self.post), "{field}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused_and_one_of_the_same_is_taken_everywhere() {
    let (_app, scene) = Scene::start().await;
    let mut cursors = Vec::new();
    for (order, field, at) in LISTS {
        cursors.push((order, scene.cursor(field, at).await));
    }
    for list in LISTS {
        for (order, cursor) in &cursors {
            for argument in ["after", "before"] {
                if *order != list.0 {
                    scene.refuses(list, argument, cursor).await;
                    continue;
                }
                let reply = scene.ask(list.1, argument, cursor).await;
                assert_eq!(reply.body.get("errors"), None, "{}", list.1);
            }
        }
    }
}

#[tokio::test]
async fn what_no_list_returned_is_no_cursor() {
    let (_app, scene) = Scene::start().await;
    for list in LISTS {
        let cursor = scene.cursor(list.1, list.2).await;
        let mut wrong = vec![
            String::new(),
            "a".to_owned(),
            "====".to_owned(),
            "%00".to_owned(),
            "ключ".to_owned(),
            "null".to_owned(),
            scene.post.clone(),
            "A".repeat(20_000),
            format!("{cursor}AAAA"),
            format!("AAAA{cursor}"),
            format!("{cursor}="),
            format!(" {cursor}"),
            cursor.repeat(2),
        ];
        wrong.extend(
            (1..cursor.len())
                .step_by(5)
                .map(|end| cursor[..end].to_owned()),
        );
        wrong.push(cursor[..cursor.len() - 1].to_owned());
        for wrong in &wrong {
            scene.refuses(list, "after", wrong).await;
        }
    }
}

#[tokio::test]
async fn cursors_at_the_ends_of_the_numbers_are_places_outside_the_list() {
    let (_app, scene) = Scene::start().await;
    for (order, field, _) in LISTS {
        for key in [i64::MIN, i64::MAX] {
            let at = [uuid::Uuid::nil(), uuid::Uuid::max()][usize::from(key > 0)];
            let cursor = Position { key, id: at }.cursor(Order(order));
            let mut sizes = Vec::new();
            for argument in ["after", "before"] {
                let reply = scene.ask(field, argument, &cursor).await;
                assert_eq!(reply.body.get("errors"), None, "{field}");
                let text = reply.body.to_string();
                sizes.push(text.matches("\"cursor\":").count());
            }
            sizes.sort_unstable();
            assert_eq!(sizes, [0, 1], "{field}");
        }
    }
}

#[tokio::test]
async fn a_cursor_of_one_list_of_posts_is_a_place_in_the_others() {
    let app = app().await;
    let ada = app.user("ada_01").await;
    for n in 0..5 {
        ada.post(&format!("Post {n} #sun")).await;
    }
    let data = ada
        .query("{ explore { edges { cursor } } }", json!({}))
        .await;
    let cursor = &data["explore"]["edges"][2]["cursor"];
    let query = "query($c: String) { explore(after: $c) { ...page } viewer { homeFeed(after: $c) \
                 { ...page } } user(handle: \"ada_01\") { posts(after: $c) { ...page } } \
                 hashtag(name: \"sun\") { posts(after: $c) { ...page } } } \
                 fragment page on PostConnection { nodes { body } pageInfo { hasPreviousPage } }";
    let data = ada.query(query, json!({ "c": cursor })).await;
    let page = json!({
        "nodes": [{ "body": "Post 1 #sun" }, { "body": "Post 0 #sun" }],
        "pageInfo": { "hasPreviousPage": true },
    });
    let expected = json!({
        "explore": page, "viewer": { "homeFeed": page }, "user": { "posts": page },
        "hashtag": { "posts": page },
    });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn the_edge_of_a_new_post_or_comment_is_a_place_in_the_lists_of_its_order() {
    let app = app().await;
    let ada = app.user("ada_01").await;
    let post = ada.post("First").await;
    let edge = "postEdge { cursor node { id } }";
    let made = ada
        .mutate("createPost", json!({ "body": "Second" }), edge)
        .await;
    ada.post("Third").await;
    let query = "query($c: String) { explore(before: $c) { nodes { body } } \
                 viewer { homeFeed(after: $c) { nodes { body } } } all: explore { edges { cursor } } }";
    let data = ada
        .query(query, json!({ "c": made["postEdge"]["cursor"] }))
        .await;
    assert_eq!(data["explore"]["nodes"], json!([{ "body": "Third" }]));
    assert_eq!(
        data["viewer"]["homeFeed"]["nodes"],
        json!([{ "body": "First" }])
    );
    assert_eq!(
        data["all"]["edges"][1]["cursor"],
        made["postEdge"]["cursor"]
    );

    ada.comment(&post, "1").await;
    let input = json!({ "postId": post, "body": "2" });
    let made = ada
        .mutate("createComment", input, "commentEdge { cursor }")
        .await;
    ada.comment(&post, "3").await;
    let cursor = &made["commentEdge"]["cursor"];
    let query = "query($id: ID!, $c: String) { node(id: $id) { ... on Post { \
                 oldest: comments(after: $c) { nodes { body } } \
                 newest: comments(order: NEWEST, after: $c) { nodes { body } } \
                 top: comments(order: TOP, after: $c) { nodes { body } } } } }";
    let reply = ada.send(query, json!({ "id": post, "c": cursor })).await;
    let expected = json!({
        "oldest": { "nodes": [{ "body": "3" }] },
        "newest": { "nodes": [{ "body": "1" }] },
        "top": null,
    });
    assert_eq!(reply.body["data"]["node"], expected);
    assert_eq!(reply.code(), "BAD_CURSOR");
    assert_eq!(reply.body["errors"][0]["path"], json!(["node", "top"]));
}
