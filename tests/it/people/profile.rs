//! Changing one's own profile.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, outcome};

const FACE: &str = "user { displayName bio }";

async fn change(caller: &Caller, input: Value) -> (String, Value) {
    let done = caller.mutate("updateProfile", input, FACE).await;
    (outcome(&done), done["user"].clone())
}

async fn face(caller: &Caller) -> Value {
    let seen = caller
        .query("{ viewer { user { displayName bio } } }", json!({}))
        .await;
    seen["viewer"]["user"].clone()
}

#[tokio::test]
async fn a_field_is_set_left_alone_or_cleared() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let steps = [
        (
            json!({ "displayName": " Ada L ", "bio": "Counts.\n\tA lot." }),
            "Ada L",
            "Counts.\n\tA lot.",
        ),
        (json!({}), "Ada L", "Counts.\n\tA lot."),
        (json!({ "displayName": "Ada" }), "Ada", "Counts.\n\tA lot."),
        (json!({ "bio": "Less." }), "Ada", "Less."),
        (json!({ "displayName": null }), "ada", "Less."),
        (json!({ "bio": null }), "ada", ""),
        (json!({ "bio": "  " }), "ada", ""),
    ];
    for (input, name, bio) in steps {
        let now = json!({ "displayName": name, "bio": bio });
        assert_eq!(
            change(&ada, input.clone()).await,
            ("done".into(), now.clone()),
            "{input}"
        );
        assert_eq!(face(&ada).await, now);
    }
}

#[tokio::test]
async fn a_variable_that_is_not_given_changes_nothing() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    change(&ada, json!({ "displayName": "Ada", "bio": "Old." })).await;
    let query = "mutation($name: String, $bio: String) { \
        updateProfile(input: { displayName: $name, bio: $bio }) { user { displayName bio } } }";
    let face = |data: Value| data["updateProfile"]["user"].clone();
    let left = ada.query(query, json!({ "bio": "New." })).await;
    assert_eq!(face(left), json!({ "displayName": "Ada", "bio": "New." }));
    let cleared = ada.query(query, json!({ "name": null })).await;
    assert_eq!(
        face(cleared),
        json!({ "displayName": "ada", "bio": "New." })
    );
}

#[tokio::test]
async fn one_wrong_field_refuses_the_whole_change() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let wrong = [
        ("displayName", json!("")),
        ("displayName", json!("\n")),
        ("displayName", json!("é".repeat(51))),
        ("displayName", json!("A\u{1b}da")),
        ("displayName", json!("Ada\nadmin")),
        ("displayName", json!("a\u{202e}nimda")),
        ("displayName", json!("\u{200b}\u{3164}")),
        ("bio", json!("é".repeat(501))),
        ("bio", json!("nul\u{0}")),
        ("bio", json!("a\rb")),
    ];
    for (field, value) in wrong {
        let mut input = json!({ "displayName": "Fine", "bio": "Fine" });
        input[field] = value.clone();
        let (outcome, _) = change(&ada, input).await;
        assert_eq!(outcome, format!("BAD_USER_INPUT at {field}"), "{value}");
        assert_eq!(face(&ada).await, json!({ "displayName": "ada", "bio": "" }));
    }
    let most = json!({ "displayName": "é".repeat(50), "bio": "é".repeat(500) });
    assert_eq!(change(&ada, most.clone()).await, ("done".into(), most));
}

#[tokio::test]
async fn a_profile_is_changed_for_oneself_alone() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    change(&ada, json!({ "displayName": "Ada", "bio": "Mine." })).await;
    assert_eq!(face(&bob).await, json!({ "displayName": "bob", "bio": "" }));
}
