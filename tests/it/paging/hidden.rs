//! What a viewer may not see leaves no trace in a page: no flag, no count, no gap.

use serde_json::{Value, json};

use super::lists::app;
use crate::support::{Caller, TestApp, on_postgres};

const PAGE: &str = "{ nodes { body } pageInfo { hasNextPage hasPreviousPage } }";

/// `ada`'s posts with hidden ones around every visible one, and those who look at them.
async fn wall(app: &TestApp) -> [Caller; 5] {
    let [ada, follower, stranger, named] = app
        .users(["ada_01", "follower", "stranger", "named_01"])
        .await;
    follower.follow(&ada).await;
    for n in 0..4 {
        ada.post_to(&format!("F{n}"), "FOLLOWERS").await;
        ada.post_to(&format!("M{n} @named_01"), "MENTIONED").await;
        let gone = ada.post(&format!("D{n}")).await;
        ada.mutate("deletePost", json!({ "postId": gone }), "")
            .await;
        if n < 3 {
            ada.post(&format!("P{n}")).await;
        }
    }
    [ada, follower, stranger, named, app.guest()]
}

#[tokio::test]
async fn each_viewer_pages_through_the_posts_they_may_see_and_no_others() {
    let app = app().await;
    let [ada, follower, stranger, named, guest] = wall(&app).await;
    let public = "P2 P1 P0";
    let followers = "F3 P2 F2 P1 F1 P0 F0";
    let mentioned = "M3 P2 M2 P1 M1 P0 M0";
    let all = "M3 F3 P2 M2 F2 P1 M1 F1 P0 M0 F0";
    for (viewer, visible) in [
        (&ada, all),
        (&follower, followers),
        (&named, mentioned),
        (&stranger, public),
        (&guest, public),
    ] {
        let visible: Vec<_> = visible.split(' ').collect();
        for size in 1..=visible.len() + 1 {
            let query = format!(
                "query($n: Int) {{ user(handle: \"ada_01\") {{ \
                head: posts(first: $n) {PAGE} tail: posts(last: $n) {PAGE} }} }}"
            );
            let data = viewer.query(&query, json!({ "n": size })).await;
            let size = size.min(visible.len());
            let more = size < visible.len();
            let (head, tail) = (&data["user"]["head"], &data["user"]["tail"]);
            assert_eq!(bodies(head), visible[..size], "{}", viewer.handle);
            assert_eq!(
                bodies(tail),
                visible[visible.len() - size..],
                "{}",
                viewer.handle
            );
            let info = json!({ "hasNextPage": more, "hasPreviousPage": false });
            assert_eq!(head["pageInfo"], info, "{}", viewer.handle);
            let info = json!({ "hasNextPage": false, "hasPreviousPage": more });
            assert_eq!(tail["pageInfo"], info, "{}", viewer.handle);
        }
    }
}

/// The first two characters of each body.
fn bodies(page: &Value) -> Vec<&str> {
    let nodes = page["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| &node["body"].as_str().unwrap()[..2])
        .collect()
}

#[tokio::test]
async fn hidden_posts_beyond_a_cursor_do_not_make_another_page() {
    let app = app().await;
    let [ada, _, stranger, ..] = wall(&app).await;
    // The author's own cursors name hidden posts: for others they are places like any other.
    let data = ada
        .query(
            "{ user(handle: \"ada_01\") { posts { edges { cursor node { body } } } } }",
            json!({}),
        )
        .await;
    let edges = data["user"]["posts"]["edges"].as_array().unwrap();
    let visible = ["P2", "P1", "P0"];
    let query = format!(
        "query($c: String) {{ user(handle: \"ada_01\") {{ \
        after: posts(after: $c) {PAGE} before: posts(before: $c) {PAGE} }} }}"
    );
    for (place, edge) in edges.iter().enumerate() {
        let is_public = |edge: &&Value| edge["node"]["body"].as_str().unwrap().starts_with('P');
        let passed = edges[..place].iter().filter(is_public).count();
        let own = usize::from(is_public(&edge));
        let data = stranger.query(&query, json!({ "c": edge["cursor"] })).await;
        let (after, before) = (&data["user"]["after"], &data["user"]["before"]);
        assert_eq!(bodies(after), visible[passed + own..]);
        assert_eq!(bodies(before), visible[..passed]);
        let info = json!({ "hasNextPage": false, "hasPreviousPage": passed + own > 0 });
        assert_eq!(after["pageInfo"], info, "{edge}");
        let info = json!({ "hasNextPage": passed < 3, "hasPreviousPage": false });
        assert_eq!(before["pageInfo"], info, "{edge}");
    }
}

#[tokio::test]
async fn total_count_is_what_the_viewer_could_list() {
    let app = app().await;
    let [ada, bob, eve] = app.users(["ada_01", "bob_01", "eve_01"]).await;
    let post = ada.post("A post").await;
    for text in ["One", "Two"] {
        let input = json!({ "postId": post, "body": text });
        ada.mutate("editPost", input, "").await;
    }
    for person in [&bob, &eve] {
        person.follow(&ada).await;
        ada.follow(person).await;
        person.react(&post, "👍").await;
    }
    let lonely = bob.comment(&post, "Goes without a trace").await;
    let answered = bob.comment(&post, "Goes, but holds a reply").await;
    eve.reply(&post, &answered, "The reply").await;
    for comment in [&lonely, &answered] {
        bob.mutate("deleteComment", json!({ "commentId": comment }), "")
            .await;
    }
    eve.comment(&post, "Stays").await;
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'bob_01'")
        .await;
    let query = "query($id: ID!) { node(id: $id) { ... on Post { comments { totalCount nodes { \
                 tombstone } } reactions { totalCount } edits { totalCount } author { \
                 followers { totalCount } following { totalCount } } } } }";
    let data = app.guest().query(query, json!({ "id": post })).await;
    let expected = json!({ "node": {
        "comments": { "totalCount": 2, "nodes": [{ "tombstone": "UNAVAILABLE" }, { "tombstone": null }] },
        "reactions": { "totalCount": 1 },
        "edits": { "totalCount": 2 },
        "author": { "followers": { "totalCount": 1 }, "following": { "totalCount": 1 } },
    } });
    assert_eq!(data, expected);
}

#[tokio::test]
async fn total_count_is_exact_to_a_thousand_and_then_null() {
    let app = app().await;
    let ada = app.user("ada_01").await;
    let post = ada.post("A post").await;
    let id = if on_postgres() {
        "gen_random_uuid()"
    } else {
        "randomblob(16)"
    };
    let query = "query($id: ID!) { node(id: $id) { ... on Post { edits(first: 1) { totalCount \
                 pageInfo { hasNextPage } } } } }";
    for (rows, count) in [
        (999, json!(999)),
        (1, json!(1000)),
        (1, Value::Null),
        (500, Value::Null),
    ] {
        app.sql(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
             INSERT INTO post_edit (id, post_id, body, edited_at) \
             SELECT {id}, post.id, 'Text', i FROM n, post"
        ))
        .await;
        let data = ada.query(query, json!({ "id": post })).await;
        let edits = json!({ "totalCount": count, "pageInfo": { "hasNextPage": true } });
        assert_eq!(data["node"]["edits"], edits);
    }
}
