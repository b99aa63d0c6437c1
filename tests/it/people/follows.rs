//! Following and no longer following.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, missing, number, outcome};

const STANDING: &str = "user { handle followerCount followingCount \
    viewerRelationship { following followedBy } }";

async fn call(caller: &Caller, field: &str, other: &Caller) -> Value {
    let done = caller
        .mutate(field, json!({ "userId": other.id }), STANDING)
        .await;
    assert_eq!(outcome(&done), "done");
    done["user"].clone()
}

/// Handles in both lists of a person, with both counts.
async fn circle(app: &TestApp, handle: &str) -> Value {
    let query = "query($handle: String!) { user(handle: $handle) { followerCount followingCount \
        followers { totalCount nodes { handle } } following { totalCount nodes { handle } } } }";
    let user = app.guest().query(query, json!({ "handle": handle })).await["user"].clone();
    let list = |name: &str| {
        let nodes = user[name]["nodes"].as_array().unwrap();
        assert_eq!(user[name]["totalCount"], nodes.len());
        json!(nodes.iter().map(|node| &node["handle"]).collect::<Vec<_>>())
    };
    json!([
        user["followerCount"],
        list("followers"),
        user["followingCount"],
        list("following")
    ])
}

#[tokio::test]
async fn a_follow_is_counted_once_and_stands_on_both_sides() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    for _ in 0..2 {
        let seen = call(&ada, "followUser", &bob).await;
        assert_eq!(
            seen,
            json!({ "handle": "bob", "followerCount": 1, "followingCount": 0,
                "viewerRelationship": { "following": true, "followedBy": false } })
        );
    }
    app.advance(1);
    call(&cid, "followUser", &bob).await;
    let seen = call(&bob, "followUser", &ada).await;
    assert_eq!(
        seen["viewerRelationship"],
        json!({ "following": true, "followedBy": true })
    );
    assert_eq!(circle(&app, "ada").await, json!([1, ["bob"], 1, ["bob"]]));
    assert_eq!(
        circle(&app, "bob").await,
        json!([2, ["cid", "ada"], 1, ["ada"]])
    );
    assert_eq!(circle(&app, "cid").await, json!([0, [], 1, ["bob"]]));
    for table in ["follower", "following"] {
        assert_eq!(
            number(&app, &format!("SELECT COUNT(*) AS n FROM {table}")).await,
            3
        );
    }
}

#[tokio::test]
async fn a_follow_ends_once_and_only_in_its_own_direction() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let never = call(&ada, "unfollowUser", &bob).await;
    assert_eq!(never["followerCount"], 0);
    call(&ada, "followUser", &bob).await;
    call(&bob, "followUser", &ada).await;
    for _ in 0..2 {
        let seen = call(&ada, "unfollowUser", &bob).await;
        assert_eq!(
            seen,
            json!({ "handle": "bob", "followerCount": 0, "followingCount": 1,
                "viewerRelationship": { "following": false, "followedBy": true } })
        );
    }
    assert_eq!(circle(&app, "ada").await, json!([1, ["bob"], 0, []]));
    assert_eq!(circle(&app, "bob").await, json!([0, [], 1, ["ada"]]));
}

#[tokio::test]
async fn only_somebody_else_who_is_there_can_be_followed() {
    let app = TestApp::start().await;
    let [ada, gone] = app.users(["ada", "gone"]).await;
    let post = ada.post("a post").await;
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'gone'")
        .await;
    let viewer = ada.query("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    let wrong = [
        (json!(ada.id), "BAD_USER_INPUT at userId"),
        (json!(gone.id), "NOT_FOUND at userId"),
        (json!(missing(NodeKind::User)), "NOT_FOUND at userId"),
        (json!(post), "BAD_USER_INPUT at userId"),
        (viewer, "BAD_USER_INPUT at userId"),
        (json!("ada"), "BAD_USER_INPUT at userId"),
        (json!(""), "BAD_USER_INPUT at userId"),
    ];
    for (id, expected) in wrong {
        for field in ["followUser", "unfollowUser"] {
            let got = attempt(&ada, field, json!({ "userId": id })).await;
            assert_eq!(got, expected, "{field} {id}");
        }
    }
    assert_eq!(circle(&app, "ada").await, json!([0, [], 0, []]));
}

#[tokio::test]
async fn a_relationship_is_null_for_a_guest_and_with_oneself() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.follow(&bob).await;
    let query = "{ a: user(handle: \"ada\") { viewerRelationship { following followedBy } } \
        b: user(handle: \"bob\") { viewerRelationship { following followedBy } } }";
    let none = json!({ "viewerRelationship": null });
    let guest = app.guest().query(query, json!({})).await;
    assert_eq!(guest, json!({ "a": none, "b": none }));
    let own = bob.query(query, json!({})).await;
    assert_eq!(own["b"], none);
    assert_eq!(
        own["a"]["viewerRelationship"],
        json!({ "following": false, "followedBy": true })
    );
}
