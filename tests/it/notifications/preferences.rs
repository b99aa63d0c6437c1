//! What people want to be told of.

use serde_json::{Value, json};

use super::stage::{does, told};
use crate::support::{Caller, TestApp, attempt, number};

const QUERY: &str = "{ viewer { settings { notificationPreferences { kind isEnabled } } } }";

async fn off(caller: &Caller) -> Vec<Value> {
    let found = caller.query(QUERY, json!({})).await;
    let all = found["viewer"]["settings"]["notificationPreferences"].clone();
    let all = all.as_array().unwrap().clone();
    assert_eq!(all.len(), 13, "every kind once");
    let off = all.into_iter().filter(|one| one["isEnabled"] == false);
    off.map(|one| one["kind"].clone()).collect()
}

fn switch(kind: &str, is_enabled: bool) -> Value {
    json!({ "notificationPreferences": [{ "kind": kind, "isEnabled": is_enabled }] })
}

#[tokio::test]
async fn what_is_switched_off_is_not_told_and_what_was_told_stays() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    assert_eq!(off(&ann).await, [""; 0]);
    let (one, two) = (ann.post("one").await, ann.post("two").await);
    bob.react(&one, "👍").await;
    app.advance(1);
    does(&ann, "updateSettings", switch("REACTED", false)).await;
    assert_eq!(off(&ann).await, ["REACTED"]);
    app.advance(1);
    eve.react(&one, "👍").await;
    eve.react(&two, "👍").await;
    eve.comment(&two, "c").await;
    let both = [
        "* COMMENTED Post \"two\" by eve",
        "* REACTED Post \"one\" by bob",
    ];
    assert_eq!(told(&ann).await, both);
    does(&ann, "updateSettings", switch("REACTED", true)).await;
    app.advance(1);
    bob.react(&two, "👍").await;
    assert_eq!(off(&ann).await, [""; 0]);
    assert_eq!(told(&ann).await[0], "* REACTED Post \"two\" by bob, eve");
}

#[tokio::test]
async fn a_mention_is_told_where_comments_are_off() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("a").await;
    does(&ann, "updateSettings", switch("COMMENTED", false)).await;
    bob.comment(&post, "c").await;
    bob.comment(&post, "d @ann").await;
    assert_eq!(told(&ann).await, ["* MENTIONED Comment \"d @ann\" by bob"]);
}

#[tokio::test]
async fn each_kind_is_named_once_and_the_rest_of_the_settings_stays() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let twice = json!({ "shareReadReceipts": false, "notificationPreferences": [
        { "kind": "QUOTED", "isEnabled": false }, { "kind": "QUOTED", "isEnabled": true }] });
    assert_eq!(
        attempt(&ann, "updateSettings", twice).await,
        "BAD_USER_INPUT at notificationPreferences.1.kind"
    );
    let unknown = "mutation { updateSettings(input: { notificationPreferences: \
                   [{ kind: NONE, isEnabled: true }] }) { userErrors { code } } }";
    let reply = ann.send(unknown, json!({})).await;
    assert_eq!(reply.code(), "GRAPHQL_VALIDATION_FAILED");
    let changed = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'user.settings_changed.v1'";
    assert_eq!(number(&app, changed).await, 0);
    does(&ann, "updateSettings", switch("QUOTED", false)).await;
    does(&ann, "updateSettings", switch("QUOTED", false)).await;
    does(
        &ann,
        "updateSettings",
        json!({ "notificationPreferences": [] }),
    )
    .await;
    assert_eq!(
        number(&app, changed).await,
        1,
        "what changes nothing is not told"
    );
    does(
        &ann,
        "updateSettings",
        json!({ "shareReadReceipts": false }),
    )
    .await;
    assert_eq!(off(&ann).await, ["QUOTED"]);
}
