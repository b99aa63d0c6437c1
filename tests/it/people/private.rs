//! Private accounts: what they show, and to whom.

use serde_json::{Value, json};

use super::{act, be_private, handles, numbers, standing};
use crate::support::{Caller, TestApp, node, outcome};

/// Handles in both lists of a person, as `viewer` is shown them.
async fn circle(viewer: &Caller, of: &Caller) -> [Vec<String>; 2] {
    let query = "query($handle: String!) { user(handle: $handle) { \
        followers { totalCount nodes { handle } } following { totalCount nodes { handle } } } }";
    let data = viewer.query(query, json!({ "handle": of.handle })).await;
    ["followers", "following"].map(|list| handles(&data["user"][list]))
}

#[tokio::test]
async fn an_account_is_private_until_it_is_said_otherwise() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let steps = [
        (json!({}), false),
        (json!({ "isPrivate": true }), true),
        (json!({ "bio": "Mine." }), true),
        (json!({ "isPrivate": null }), true),
        (json!({ "isPrivate": true }), true),
        (json!({ "isPrivate": false, "bio": null }), false),
    ];
    for (input, expected) in steps {
        let done = ada
            .mutate("updateProfile", input.clone(), "user { isPrivate }")
            .await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(done["user"]["isPrivate"], expected, "{input}");
        let query = "{ user(handle: \"ada\") { isPrivate } }";
        let seen = app.guest().query(query, json!({})).await;
        assert_eq!(seen["user"]["isPrivate"], expected, "{input}");
    }
}

#[tokio::test]
async fn a_refused_change_leaves_privacy_alone() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let wrong = json!({ "isPrivate": true, "displayName": "" });
    let done = ada.mutate("updateProfile", wrong, "user { id }").await;
    assert_eq!(outcome(&done), "BAD_USER_INPUT at displayName");
    let seen = node(&ada, &ada.id, "... on User { isPrivate }").await;
    assert_eq!(seen["isPrivate"], false);
}

#[tokio::test]
async fn followers_stay_when_an_account_becomes_private_and_its_numbers_are_public() {
    let app = TestApp::start().await;
    let [ada, bob, cid, eve] = app.users(["ada", "bob", "cid", "eve"]).await;
    ada.follow(&bob).await;
    bob.follow(&cid).await;
    be_private(&bob, true).await;
    let all = [vec!["ada".to_owned()], vec!["cid".to_owned()]];
    for (viewer, shown) in [
        (&bob, true),
        (&ada, true),
        (&cid, false),
        (&eve, false),
        (&app.guest(), false),
    ] {
        let expected = if shown {
            all.clone()
        } else {
            Default::default()
        };
        assert_eq!(circle(viewer, &bob).await, expected, "{}", viewer.handle);
    }
    assert_eq!(numbers(&app, &bob).await, [json!(1), json!(1)]);
    act(&eve, "followUser", &bob).await;
    let [followers, following] = circle(&eve, &bob).await;
    assert!(
        followers.is_empty() && following.is_empty(),
        "asking shows nothing"
    );
    assert_eq!(standing(&ada, &bob).await, ["following"]);
    be_private(&bob, false).await;
    assert_eq!(circle(&app.guest(), &bob).await, all);
}

#[tokio::test]
async fn old_posts_of_every_level_close_and_open_with_the_account() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    ada.follow(&bob).await;
    let plain = bob.post("for all").await;
    let named = bob.post("@cid for all").await;
    let sees = async |viewer: &Caller| {
        let mut seen = Vec::new();
        for post in [&plain, &named] {
            seen.push(node(viewer, post, "").await != Value::Null);
        }
        seen
    };
    for is_private in [false, true, false] {
        be_private(&bob, is_private).await;
        let open = !is_private;
        assert_eq!(sees(&bob).await, [true, true]);
        assert_eq!(sees(&ada).await, [true, true]);
        assert_eq!(sees(&cid).await, [open, true]);
        assert_eq!(sees(&app.guest()).await, [open, open]);
    }
}
