//! What readers are warned of, and the language of a post.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, number, outcome, text_of};

const LABELS: &str = "contentWarning language";

async fn publish(who: &Caller, labels: Value) -> String {
    let mut input = labels;
    input["body"] = json!("a post");
    let payload = "postEdge { node { id contentWarning language } }";
    let done = who.mutate("createPost", input, payload).await;
    assert_eq!(outcome(&done), "done");
    text_of(&done["postEdge"]["node"]["id"])
}

async fn edit(who: &Caller, post: &str, change: Value) -> String {
    let mut input = change;
    input["postId"] = json!(post);
    attempt(who, "editPost", input).await
}

#[tokio::test]
async fn a_post_has_no_warning_and_no_language_unless_it_says_so() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let plain = publish(&ada, json!({})).await;
    let none = json!({ "contentWarning": null, "language": null });
    assert_eq!(fields(&bob, &plain, LABELS).await, none);
    let given = json!({ "contentWarning": " Bees \n", "language": "pt-br" });
    let post = publish(&ada, given).await;
    let told = json!({ "contentWarning": "Bees", "language": "pt-BR" });
    assert_eq!(fields(&bob, &post, LABELS).await, told);
    assert_eq!(fields(&app.guest(), &post, LABELS).await, told);
}

#[tokio::test]
async fn a_warning_has_one_to_two_hundred_characters_and_a_language_is_a_tag() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let longest = "é".repeat(200);
    let post = publish(&ada, json!({ "contentWarning": longest })).await;
    let over = "é".repeat(201);
    for wrong in ["", "  ", "a\u{7}", &over] {
        let input = json!({ "body": "a post", "contentWarning": wrong });
        let told = attempt(&ada, "createPost", input).await;
        assert_eq!(told, "BAD_USER_INPUT at contentWarning", "{wrong:?}");
        let told = edit(&ada, &post, json!({ "contentWarning": wrong })).await;
        assert_eq!(told, "BAD_USER_INPUT at contentWarning", "{wrong:?}");
    }
    for wrong in ["", "english", "en-x-secret", "en_GB"] {
        let input = json!({ "body": "a post", "language": wrong });
        let told = attempt(&ada, "createPost", input).await;
        assert_eq!(told, "BAD_USER_INPUT at language", "{wrong:?}");
        let told = edit(&ada, &post, json!({ "language": wrong })).await;
        assert_eq!(told, "BAD_USER_INPUT at language", "{wrong:?}");
    }
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1);
    assert_eq!(
        fields(&ada, &post, "contentWarning editedAt").await,
        json!({ "contentWarning": longest, "editedAt": null })
    );
}

#[tokio::test]
async fn an_edit_keeps_the_earlier_warning_and_what_is_absent_stays() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let first = json!({ "contentWarning": "Bees", "language": "en" });
    let post = publish(&ada, first).await;
    app.advance(60);
    for change in [
        json!({ "body": "another text" }),
        json!({ "contentWarning": "Wasps" }),
        json!({ "contentWarning": null }),
    ] {
        assert_eq!(edit(&ada, &post, change).await, "done");
        app.advance(60);
    }
    let history = "body contentWarning language editedAt edits { nodes { body contentWarning } }";
    let seen = fields(&bob, &post, history).await;
    assert_eq!(
        seen,
        json!({
            "body": "another text", "contentWarning": null, "language": "en",
            "editedAt": "2026-05-01T12:03:00Z",
            "edits": { "nodes": [
                { "body": "another text", "contentWarning": "Wasps" },
                { "body": "another text", "contentWarning": "Bees" },
                { "body": "a post", "contentWarning": "Bees" },
            ] }
        })
    );
    // Nothing is different: nothing is kept.
    let same = json!({ "contentWarning": null, "body": "another text" });
    assert_eq!(edit(&ada, &post, same).await, "done");
    assert_eq!(fields(&bob, &post, history).await, seen);
}

#[tokio::test]
async fn another_language_is_no_edit_of_the_text() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = publish(&ada, json!({ "language": "en" })).await;
    let told = "language editedAt edits { totalCount }";
    for (language, expected) in [(json!("de-ch"), json!("de-CH")), (Value::Null, Value::Null)] {
        let done = edit(&ada, &post, json!({ "language": language })).await;
        assert_eq!(done, "done");
        let seen = fields(&ada, &post, told).await;
        let edits = json!({ "totalCount": 0 });
        assert_eq!(
            seen,
            json!({ "language": expected, "editedAt": null, "edits": edits })
        );
    }
}

#[tokio::test]
async fn a_key_stands_for_its_warning_and_language_too() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let input = |warning: Value, language: Value| {
        json!({ "body": "a post", "contentWarning": warning, "language": language,
            "idempotencyKey": "k" })
    };
    let first = input(json!("Bees"), json!("en"));
    assert_eq!(attempt(&ada, "createPost", first.clone()).await, "done");
    assert_eq!(attempt(&ada, "createPost", first).await, "done");
    let mismatch = "IDEMPOTENCY_MISMATCH at idempotencyKey";
    for other in [
        input(json!("Wasps"), json!("en")),
        input(json!("Bees"), json!("de")),
        input(Value::Null, json!("en")),
        input(json!("Bees"), Value::Null),
    ] {
        assert_eq!(attempt(&ada, "createPost", other).await, mismatch);
    }
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1);
}

#[tokio::test]
async fn nothing_of_a_warning_is_left_of_a_deleted_post() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = publish(&ada, json!({ "contentWarning": "Bees", "language": "en" })).await;
    assert_eq!(
        edit(&ada, &post, json!({ "contentWarning": "Wasps" })).await,
        "done"
    );
    let gone = attempt(&ada, "deletePost", json!({ "postId": post })).await;
    assert_eq!(gone, "done");
    let left = "SELECT (SELECT COUNT(*) FROM post WHERE content_warning IS NOT NULL \
                OR language IS NOT NULL) + (SELECT COUNT(*) FROM post_edit) AS n";
    assert_eq!(number(&app, left).await, 0);
}
