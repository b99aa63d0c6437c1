//! Drafts: kept by their author alone, and published by them.

use rookery::ids::NodeKind;
use serde_json::{Value, json};

use crate::{
    concurrency::invariants,
    support::{Caller, TestApp, attempt, fields, missing, node, number, outcome, text_of},
};

const WHOLE: &str = "body visibility replyPolicy contentWarning language media { id } publishAt \
    publishFailure updatedAt";

/// Saves a draft and returns its id.
pub async fn save(who: &Caller, input: Value) -> String {
    let done = who
        .mutate("saveDraft", input, "draftEdge { node { id } }")
        .await;
    assert_eq!(outcome(&done), "done");
    text_of(&done["draftEdge"]["node"]["id"])
}

/// The bodies of the drafts that `who` keeps, the latest changed first.
pub async fn kept(who: &Caller) -> Value {
    let query = "{ viewer { drafts { totalCount nodes { body } } } }";
    let drafts = who.query(query, json!({})).await["viewer"]["drafts"].clone();
    let nodes = drafts["nodes"].as_array().unwrap();
    assert_eq!(drafts["totalCount"], nodes.len());
    nodes.iter().map(|node| node["body"].clone()).collect()
}

async fn publish(who: &Caller, input: Value) -> Value {
    let payload = "postEdge { node { id body } } deletedDraftId";
    who.mutate("publishDraft", input, payload).await
}

#[tokio::test]
async fn a_draft_begins_empty_and_holds_what_it_was_given() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let draft = save(&ada, json!({})).await;
    let empty = json!({
        "body": "", "visibility": "PUBLIC", "replyPolicy": "EVERYONE", "contentWarning": null,
        "language": null, "media": [], "publishAt": null, "publishFailure": null,
        "updatedAt": "2026-05-01T12:00:00Z"
    });
    assert_eq!(fields(&ada, &draft, WHOLE).await, empty);
    app.advance(60);
    let all = json!({ "draftId": draft, "body": " later ", "visibility": "FOLLOWERS",
        "replyPolicy": "NOBODY", "contentWarning": "Bees", "language": "en-gb",
        "publishAt": "2026-05-02T12:00:00Z" });
    assert_eq!(save(&ada, all).await, draft);
    let full = json!({
        "body": "later", "visibility": "FOLLOWERS", "replyPolicy": "NOBODY",
        "contentWarning": "Bees", "language": "en-GB", "media": [],
        "publishAt": "2026-05-02T12:00:00Z", "publishFailure": null,
        "updatedAt": "2026-05-01T12:01:00Z"
    });
    assert_eq!(fields(&ada, &draft, WHOLE).await, full);
    app.advance(60);
    // What is absent stays, and where nothing changes nothing is new.
    assert_eq!(save(&ada, json!({ "draftId": draft })).await, draft);
    assert_eq!(fields(&ada, &draft, WHOLE).await, full);
    let cleared = json!({ "draftId": draft, "body": null, "visibility": null, "replyPolicy": null,
        "contentWarning": null, "language": null, "publishAt": null, "mediaIds": null });
    assert_eq!(save(&ada, cleared).await, draft);
    let mut again = empty;
    again["updatedAt"] = json!("2026-05-01T12:02:00Z");
    assert_eq!(fields(&ada, &draft, WHOLE).await, again);
}

#[tokio::test]
async fn drafts_stand_in_the_order_of_their_last_change_and_page() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut ids = Vec::new();
    for body in ["one", "two", "three"] {
        ids.push(save(&ada, json!({ "body": body })).await);
        app.advance(1);
    }
    assert_eq!(kept(&ada).await, json!(["three", "two", "one"]));
    let input = json!({ "draftId": ids[0], "body": "one more" });
    let done = ada.mutate("saveDraft", input, "draftEdge { cursor }").await;
    assert_eq!(kept(&ada).await, json!(["one more", "three", "two"]));
    let after = json!({ "after": done["draftEdge"]["cursor"] });
    let query =
        "query($after: String) { viewer { drafts(first: 1, after: $after) { nodes { body } } } }";
    let page = ada.query(query, after).await;
    assert_eq!(
        page["viewer"]["drafts"]["nodes"],
        json!([{ "body": "three" }])
    );
}

#[tokio::test]
async fn nobody_else_finds_changes_publishes_or_deletes_a_draft() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    app.sql("UPDATE account SET role = 'ADMIN' WHERE email = 'bob@example.org'")
        .await;
    let draft = save(&ada, json!({ "body": "mine" })).await;
    assert!(node(&ada, &draft, "").await.is_object());
    for who in [&bob, &app.guest()] {
        assert_eq!(node(who, &draft, "").await, Value::Null);
    }
    assert_eq!(kept(&bob).await, json!([]));
    for (who, id, expected) in [
        (&bob, &draft, "NOT_FOUND at draftId"),
        (&ada, &missing(NodeKind::Draft), "NOT_FOUND at draftId"),
        (&ada, &ada.id, "BAD_USER_INPUT at draftId"),
    ] {
        for field in ["saveDraft", "publishDraft", "deleteDraft"] {
            let told = attempt(who, field, json!({ "draftId": id })).await;
            assert_eq!(told, expected, "{field}");
        }
    }
    assert_eq!(kept(&ada).await, json!(["mine"]));
}

#[tokio::test]
async fn what_could_not_be_published_is_refused_as_in_a_post() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let over = "x".repeat(5_001);
    for (input, path) in [
        (json!({ "body": over }), "body"),
        (json!({ "body": "a\u{0}" }), "body"),
        (json!({ "contentWarning": "" }), "contentWarning"),
        (json!({ "language": "english" }), "language"),
        (
            json!({ "body": "late", "publishAt": "2026-05-01T12:00:00Z" }),
            "publishAt",
        ),
        (
            json!({ "body": "late", "publishAt": "2027-05-02T12:00:01Z" }),
            "publishAt",
        ),
        (json!({ "publishAt": "2026-05-02T12:00:00Z" }), "body"),
        (json!({ "idempotencyKey": "" }), "idempotencyKey"),
    ] {
        let told = attempt(&ada, "saveDraft", input.clone()).await;
        assert_eq!(told, format!("BAD_USER_INPUT at {path}"), "{input}");
    }
    assert_eq!(kept(&ada).await, json!([]));
}

#[tokio::test]
async fn a_key_makes_one_draft_also_when_that_is_gone() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let input = |body: &str| json!({ "body": body, "idempotencyKey": "k" });
    let draft = save(&ada, input("one")).await;
    let change = json!({ "draftId": draft, "body": "changed" });
    assert_eq!(save(&ada, change).await, draft);
    assert_eq!(save(&ada, input("one")).await, draft);
    assert_eq!(kept(&ada).await, json!(["changed"]));
    let other = attempt(&ada, "saveDraft", input("two")).await;
    assert_eq!(other, "IDEMPOTENCY_MISMATCH at idempotencyKey");
    let done = publish(&ada, json!({ "draftId": draft })).await;
    assert_eq!(outcome(&done), "done");
    let again = attempt(&ada, "saveDraft", input("one")).await;
    assert_eq!(again, "NOT_FOUND at idempotencyKey");
}

#[tokio::test]
async fn a_draft_becomes_a_post_like_any_other_and_is_gone() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    bob.follow(&ada).await;
    let draft = save(
        &ada,
        json!({ "body": "later @bob #sea", "visibility": "FOLLOWERS", "replyPolicy": "MENTIONED",
            "contentWarning": "Bees", "language": "en" }),
    )
    .await;
    app.advance(60);
    let done = publish(&ada, json!({ "draftId": draft })).await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["deletedDraftId"], draft);
    let post = text_of(&done["postEdge"]["node"]["id"]);
    let told = "body visibility replyPolicy contentWarning language createdAt \
        mentions { handle } hashtags { name } author { postCount }";
    assert_eq!(
        fields(&bob, &post, told).await,
        json!({
            "body": "later @bob #sea", "visibility": "FOLLOWERS", "replyPolicy": "MENTIONED",
            "contentWarning": "Bees", "language": "en", "createdAt": "2026-05-01T12:01:00Z",
            "mentions": [{ "handle": "bob" }], "hashtags": [{ "name": "sea" }],
            "author": { "postCount": 1 }
        })
    );
    assert_eq!(node(&ada, &draft, "").await, Value::Null);
    assert_eq!(kept(&ada).await, json!([]));
    let left = "SELECT COUNT(*) AS n FROM draft WHERE body <> '' OR content_warning IS NOT NULL";
    assert_eq!(number(&app, left).await, 0);
    invariants::hold(&app).await;
}

#[tokio::test]
async fn a_key_answers_with_the_post_after_the_draft_is_gone() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let draft = save(&ada, json!({ "body": "one" })).await;
    let other = save(&ada, json!({ "body": "two" })).await;
    let input = |id: &str| json!({ "draftId": id, "idempotencyKey": "k" });
    let first = publish(&ada, input(&draft)).await;
    assert_eq!(outcome(&first), "done");
    assert_eq!(publish(&ada, input(&draft)).await, first);
    let told = attempt(&ada, "publishDraft", input(&other)).await;
    assert_eq!(told, "IDEMPOTENCY_MISMATCH at idempotencyKey");
    let without = attempt(&ada, "publishDraft", json!({ "draftId": draft })).await;
    assert_eq!(without, "NOT_FOUND at draftId");
    let gone = json!({ "postId": first["postEdge"]["node"]["id"] });
    assert_eq!(attempt(&ada, "deletePost", gone).await, "done");
    let told = attempt(&ada, "publishDraft", input(&draft)).await;
    assert_eq!(told, "NOT_FOUND at idempotencyKey");
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 1);
}

#[tokio::test]
async fn an_empty_draft_is_not_published_and_stays() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let draft = save(&ada, json!({ "contentWarning": "Bees" })).await;
    let told = attempt(&ada, "publishDraft", json!({ "draftId": draft })).await;
    assert_eq!(told, "BAD_USER_INPUT at draftId");
    assert_eq!(kept(&ada).await, json!([""]));
    let gone = ada
        .mutate("deleteDraft", json!({ "draftId": draft }), "deletedDraftId")
        .await;
    assert_eq!(outcome(&gone), "done");
    assert_eq!(gone["deletedDraftId"], draft);
    assert_eq!(kept(&ada).await, json!([]));
}

#[tokio::test]
async fn two_hundred_drafts_are_kept_and_no_more() {
    let app = TestApp::start_with(|config| config.limits.member_budget = u32::MAX).await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let mut draft = String::new();
    for n in 0..200 {
        draft = save(&ada, json!({ "body": n.to_string() })).await;
    }
    let more = json!({ "body": "one more" });
    assert_eq!(attempt(&ada, "saveDraft", more.clone()).await, "CONFLICT");
    assert_eq!(attempt(&bob, "saveDraft", more.clone()).await, "done");
    let change = json!({ "draftId": draft, "body": "changed" });
    assert_eq!(attempt(&ada, "saveDraft", change).await, "done");
    let gone = attempt(&ada, "deleteDraft", json!({ "draftId": draft })).await;
    assert_eq!(gone, "done");
    assert_eq!(attempt(&ada, "saveDraft", more).await, "done");
}
