//! Changing one's handle, and what becomes of the old one.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, outcome, sign_in};

const MONTH: u64 = 30 * 24 * 60 * 60;

async fn become_(caller: &Caller, handle: &str) -> String {
    attempt(caller, "changeHandle", json!({ "handle": handle })).await
}

/// The id of whom a handle finds.
async fn found(app: &TestApp, handle: &str) -> Value {
    let query = "query($handle: String!) { user(handle: $handle) { id } }";
    let data = app.guest().query(query, json!({ "handle": handle })).await;
    data["user"]["id"].clone()
}

#[tokio::test]
async fn a_new_handle_finds_its_owner_and_the_old_one_nobody() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let done = ada
        .mutate(
            "changeHandle",
            json!({ "handle": " Ａda_2 " }),
            "user { id handle displayName }",
        )
        .await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(done["user"]["id"], *ada.id);
    assert_eq!(done["user"]["handle"], "ada_2");
    assert_eq!(found(&app, "ada_2").await, *ada.id);
    assert_eq!(found(&app, "ada").await, Value::Null);
    let post = bob.post("@ada and @ada_2").await;
    let mentions = fields(&bob, &post, "mentions { handle }").await;
    assert_eq!(mentions, json!({ "mentions": [{ "handle": "ada_2" }] }));
    assert_eq!(sign_in(&app, "ada_2").await.0.id, ada.id);
    let old = json!({ "login": "ada", "password": crate::support::PASSWORD });
    assert_eq!(
        attempt(&app.guest(), "signIn", old).await,
        "INVALID_CREDENTIALS"
    );
}

#[tokio::test]
async fn a_handle_that_is_wrong_or_somebodys_is_refused() {
    let app = TestApp::start().await;
    let [ada, _bob] = app.users(["ada", "bob"]).await;
    for wrong in ["", "ab", "a b c", "ädä", "ada\u{0}", &"a".repeat(31)] {
        assert_eq!(
            become_(&ada, wrong).await,
            "BAD_USER_INPUT at handle",
            "{wrong}"
        );
    }
    for taken in ["bob", "BOB", "ｂob"] {
        assert_eq!(
            become_(&ada, taken).await,
            "HANDLE_TAKEN at handle",
            "{taken}"
        );
    }
    assert_eq!(found(&app, "ada").await, *ada.id);
    assert_eq!(
        become_(&ada, "ADA").await,
        "done",
        "one's own handle is no change"
    );
    assert_eq!(found(&app, "ada").await, *ada.id);
}

#[tokio::test]
async fn a_handle_given_up_rests_for_thirty_days_before_others_get_it() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    assert_eq!(become_(&ada, "ada_2").await, "done");
    assert_eq!(become_(&bob, "ada").await, "HANDLE_TAKEN at handle");
    let join =
        json!({ "handle": "ada", "email": "new@example.org", "password": "a long good one" });
    assert_eq!(
        attempt(&app.guest(), "signUp", join.clone()).await,
        "HANDLE_TAKEN at handle"
    );
    app.advance(MONTH - 1);
    let (bob, _) = sign_in(&app, "bob").await;
    assert_eq!(become_(&bob, "ada").await, "HANDLE_TAKEN at handle");
    app.advance(2);
    assert_eq!(become_(&bob, "ada").await, "done");
    assert_eq!(found(&app, "ada").await, *bob.id);
    let (ada, _) = sign_in(&app, "ada_2").await;
    assert_eq!(become_(&ada, "ada").await, "HANDLE_TAKEN at handle");
    assert_eq!(
        attempt(&app.guest(), "signUp", join).await,
        "HANDLE_TAKEN at handle"
    );
}

#[tokio::test]
async fn an_own_old_handle_can_be_taken_back_at_any_time() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for handle in ["ada_2", "ada_3", "ada", "ada_2", "ada"] {
        assert_eq!(become_(&ada, handle).await, "done", "{handle}");
        assert_eq!(found(&app, handle).await, *ada.id);
    }
    assert_eq!(found(&app, "ada_2").await, Value::Null);
    assert_eq!(become_(&bob, "ada_2").await, "HANDLE_TAKEN at handle");
    app.advance(MONTH + 1);
    let (bob, _) = sign_in(&app, "bob").await;
    assert_eq!(
        become_(&bob, "ada").await,
        "HANDLE_TAKEN at handle",
        "taken back is taken"
    );
    assert_eq!(become_(&bob, "ada_3").await, "done");
}

#[tokio::test]
async fn two_people_can_swap_handles_only_after_both_have_rested() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    assert_eq!(become_(&ada, "spare_a").await, "done");
    assert_eq!(become_(&bob, "spare_b").await, "done");
    assert_eq!(become_(&ada, "bob").await, "HANDLE_TAKEN at handle");
    assert_eq!(become_(&bob, "ada").await, "HANDLE_TAKEN at handle");
    app.advance(MONTH + 1);
    let (ada, _) = sign_in(&app, "spare_a").await;
    let (bob, _) = sign_in(&app, "spare_b").await;
    assert_eq!(become_(&ada, "bob").await, "done");
    assert_eq!(become_(&bob, "ada").await, "done");
    assert_eq!(found(&app, "bob").await, *ada.id);
    assert_eq!(found(&app, "ada").await, *bob.id);
}
