//! What people decide about their account.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, number, outcome};

async fn settings(caller: &Caller) -> Value {
    let query = "{ viewer { settings { allowMessagesFrom shareReadReceipts } } }";
    caller.query(query, json!({})).await["viewer"]["settings"].clone()
}

#[tokio::test]
async fn what_is_absent_or_null_stays_as_it_is() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let both = |policy, shares| json!({ "allowMessagesFrom": policy, "shareReadReceipts": shares });
    assert_eq!(settings(&ada).await, both("EVERYONE", true));
    for (input, expected) in [
        (
            json!({ "allowMessagesFrom": "FOLLOWING" }),
            both("FOLLOWING", true),
        ),
        (
            json!({ "shareReadReceipts": false }),
            both("FOLLOWING", false),
        ),
        (
            json!({ "allowMessagesFrom": "NOBODY", "shareReadReceipts": null }),
            both("NOBODY", false),
        ),
        (json!({}), both("NOBODY", false)),
        (both("EVERYONE", true), both("EVERYONE", true)),
    ] {
        let payload = "viewer { settings { allowMessagesFrom shareReadReceipts } }";
        let done = ada.mutate("updateSettings", input, payload).await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(done["viewer"]["settings"], expected);
        assert_eq!(settings(&ada).await, expected);
    }
    assert_eq!(settings(&bob).await, both("EVERYONE", true));
}

#[tokio::test]
async fn only_a_change_is_recorded() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for _ in 0..2 {
        let input = json!({ "allowMessagesFrom": "NOBODY" });
        assert_eq!(attempt(&ada, "updateSettings", input).await, "done");
    }
    let told = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'user.settings_changed.v1'";
    assert_eq!(number(&app, told).await, 1);
}

#[tokio::test]
async fn a_guest_has_no_settings() {
    let app = TestApp::start().await;
    let query = "mutation { updateSettings(input: {}) { viewer { id } } }";
    let reply = app.guest().send(query, json!({})).await;
    assert_eq!(reply.code(), "UNAUTHENTICATED");
}
