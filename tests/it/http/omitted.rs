//! A variable that is not sent is not null: what it stands for is as if it were not written.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp};

const UPDATE: &str = "mutation($bio: String, $name: String) \
    { updateProfile(input: { bio: $bio, displayName: $name }) { user { bio displayName } userErrors { code } } }";

async fn update(ann: &Caller, variables: Value) -> Value {
    let data = ann.query(UPDATE, variables).await;
    assert_eq!(data["updateProfile"]["userErrors"], json!([]));
    data["updateProfile"]["user"].clone()
}

#[tokio::test]
async fn an_omitted_variable_in_an_update_changes_nothing_and_null_clears() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let both = json!({ "bio": "By the sea", "displayName": "Ann" });
    let sent = json!({ "bio": "By the sea", "name": "Ann" });
    assert_eq!(update(&ann, sent).await, both);
    assert_eq!(update(&ann, json!({})).await, both);

    let other = json!({ "bio": "By the sea", "displayName": "Anna" });
    assert_eq!(update(&ann, json!({ "name": "Anna" })).await, other);
    let cleared = json!({ "bio": "", "displayName": "Anna" });
    assert_eq!(update(&ann, json!({ "bio": null })).await, cleared);
    let handle = json!({ "bio": "", "displayName": "ann" });
    assert_eq!(update(&ann, json!({ "name": null })).await, handle);
}

#[tokio::test]
async fn members_that_are_absent_or_null_in_the_whole_input_mean_the_same_as_in_a_literal() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let user = "user { bio displayName }";
    let input = json!({ "bio": "By the sea", "displayName": "Ann" });
    ann.mutate("updateProfile", input.clone(), user).await;
    let done = ann.mutate("updateProfile", json!({}), user).await;
    assert_eq!(done["user"], input);
    let done = ann
        .mutate("updateProfile", json!({ "bio": null }), user)
        .await;
    assert_eq!(done["user"], json!({ "bio": "", "displayName": "Ann" }));

    let literal =
        "mutation { updateProfile(input: { displayName: null }) { user { bio displayName } } }";
    let data = ann.query(literal, json!({})).await;
    let cleared = json!({ "bio": "", "displayName": "ann" });
    assert_eq!(data["updateProfile"]["user"], cleared);
}

#[tokio::test]
async fn a_default_stands_in_for_an_omitted_variable_and_not_for_null() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let text = "mutation($bio: String = \"Default\") { updateProfile(input: { bio: $bio }) { user { bio } } }";
    for (variables, bio) in [
        (json!({}), "Default"),
        (json!({ "bio": "Sent" }), "Sent"),
        (json!({ "bio": null }), ""),
    ] {
        let data = ann.query(text, variables).await;
        assert_eq!(data["updateProfile"]["user"]["bio"], bio);
    }
}

#[tokio::test]
async fn an_omitted_variable_leaves_a_post_and_a_page_as_they_are() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let id = ann.post("Hello").await;
    let text = "mutation($id: ID!, $body: String) { editPost(input: { postId: $id, body: $body }) \
        { post { body editedAt } userErrors { code } } }";
    let data = ann.query(text, json!({ "id": id })).await;
    let post = json!({ "body": "Hello", "editedAt": null });
    assert_eq!(data["editPost"], json!({ "post": post, "userErrors": [] }));

    let text = "query($first: Int, $order: ExploreOrder! = LATEST) \
        { explore(first: $first, order: $order) { nodes { body } } }";
    let data = ann.query(text, json!({})).await;
    assert_eq!(data["explore"]["nodes"], json!([{ "body": "Hello" }]));
}

#[tokio::test]
async fn null_for_an_order_and_no_order_at_all_both_mean_the_default() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    ann.post("Hello").await;
    let text = "query($order: ExploreOrder) { explore(order: $order) { nodes { body } } }";
    for variables in [
        json!({}),
        json!({ "order": null }),
        json!({ "order": "LATEST" }),
    ] {
        let data = ann.query(text, variables).await;
        assert_eq!(data["explore"]["nodes"], json!([{ "body": "Hello" }]));
    }
}

#[tokio::test]
async fn a_default_stands_in_for_an_omitted_variable_in_skip_and_include() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let text = "query($yes: Boolean = true, $no: Boolean! = false) \
        { user(handle: \"ann\") { handle @include(if: $yes) bio @skip(if: $yes) \
        ... @include(if: $no) { displayName } ...D @skip(if: $no) } } fragment D on User { postCount }";
    let data = ann.query(text, json!({})).await;
    assert_eq!(data["user"], json!({ "handle": "ann", "postCount": 0 }));
    let sent = json!({ "yes": false, "no": true });
    let data = ann.query(text, sent).await;
    assert_eq!(data["user"], json!({ "bio": "", "displayName": "ann" }));
}
