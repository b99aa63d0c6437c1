//! Mentions and hashtags: what counts as one, and what they do.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, outcome};

async fn marks(caller: &Caller, post: &str) -> Value {
    fields(caller, post, "mentions { handle } hashtags { name }").await
}

async fn hashtag(caller: &Caller, name: &str) -> Value {
    let query = "query($name: String!) { hashtag(name: $name) { name postCount \
        posts { nodes { body } } } }";
    caller.query(query, json!({ "name": name })).await["hashtag"].clone()
}

#[tokio::test]
async fn marks_count_at_the_start_of_words_once_each_and_in_order() {
    let app = TestApp::start().await;
    let [ada, ..] = app.users(["ada", "bob", "cid", "example"]).await;
    let post = ada
        .post("@bob, mail me@example.org (@ＡDA) @@cid @nobody @bob #Bread##x #bread x#no #Straße #a_1 #")
        .await;
    assert_eq!(
        marks(&ada, &post).await,
        json!({
            "mentions": [{ "handle": "bob" }, { "handle": "ada" }],
            "hashtags": [{ "name": "bread" }, { "name": "strasse" }, { "name": "a_1" }]
        })
    );
}

#[tokio::test]
async fn a_hashtag_lists_and_counts_public_posts_alone() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.follow(&ada).await;
    assert_eq!(hashtag(&bob, "bread").await, Value::Null);
    for level in ["UNLISTED", "FOLLOWERS", "MENTIONED"] {
        ada.post_to(&format!("#bread {level} @bob"), level).await;
    }
    let empty = json!({ "name": "bread", "postCount": 0, "posts": { "nodes": [] } });
    assert_eq!(hashtag(&bob, "bread").await, empty);
    ada.post("#BREAD one #bread").await;
    app.advance(1);
    bob.post("#bread two").await;
    let two = json!({ "name": "bread", "postCount": 2,
        "posts": { "nodes": [{ "body": "#bread two" }, { "body": "#BREAD one #bread" }] } });
    for name in ["bread", "#bread", " Ｂread "] {
        assert_eq!(hashtag(&app.guest(), name).await, two, "{name}");
    }
    for name in ["", "#", "bread butter", "bread-"] {
        assert_eq!(hashtag(&ada, name).await, Value::Null, "{name}");
    }
}

#[tokio::test]
async fn a_hashtag_of_posts_for_others_is_as_if_nobody_had_used_it() {
    let app = TestApp::start().await;
    let [ada, bob, eve] = app.users(["ada", "bob", "eve"]).await;
    bob.follow(&ada).await;
    let post = ada.post_to("#secret", "FOLLOWERS").await;
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let id = fields(&ada, &post, "hashtags { id }").await["hashtags"][0]["id"].clone();
    for reader in [&ada, &bob] {
        assert_eq!(hashtag(reader, "secret").await["name"], "secret");
        assert_eq!(
            reader.query(node, json!({ "id": id })).await["node"]["id"],
            id
        );
    }
    for stranger in [&eve, &app.guest()] {
        assert_eq!(hashtag(stranger, "secret").await, Value::Null);
        assert_eq!(
            stranger.query(node, json!({ "id": id })).await["node"],
            Value::Null
        );
    }
    ada.mutate("deletePost", json!({ "postId": post }), "")
        .await;
    assert_eq!(hashtag(&ada, "secret").await, Value::Null);
}

#[tokio::test]
async fn fifty_people_and_thirty_hashtags_are_the_most() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let list = |mark: char, n: usize| {
        (0..n)
            .map(|k| format!("{mark}word_{k} {mark}WORD_{k}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (body, expected) in [
        (list('@', 51), "BAD_USER_INPUT at body"),
        (list('#', 31), "BAD_USER_INPUT at body"),
        (list('@', 50), "done"),
        (list('#', 30), "done"),
    ] {
        let got = attempt(&ada, "createPost", json!({ "body": body })).await;
        assert_eq!(got, expected, "{body}");
    }
    let post = ada.post(&list('#', 30)).await;
    let data = marks(&ada, &post).await;
    assert_eq!(data["hashtags"].as_array().unwrap().len(), 30);
    let over = json!({ "postId": post, "body": list('#', 31) });
    assert_eq!(
        attempt(&ada, "editPost", over).await,
        "BAD_USER_INPUT at body"
    );
}

#[tokio::test]
async fn a_mention_opens_a_post_to_whoever_has_the_handle_now() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post_to("only for @bob", "MENTIONED").await;
    let done = bob
        .mutate("changeHandle", json!({ "handle": "bobby" }), "")
        .await;
    assert_eq!(outcome(&done), "done");
    let seen = fields(&bob, &post, "body mentions { handle }").await;
    assert_eq!(
        seen,
        json!({ "body": "only for @bob", "mentions": [{ "handle": "bobby" }] })
    );
}
