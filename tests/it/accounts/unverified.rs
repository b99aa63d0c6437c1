//! Where addresses have to be verified: what an account may do before.

use rookery::platform::config::Switch;
use serde_json::{Value, json};

use super::email::{join, verify};
use crate::support::{Caller, TestApp, attempt, fields};

async fn strict() -> TestApp {
    TestApp::start_with(|config| config.accounts.require_verified_email = Some(Switch::On)).await
}

async fn post(caller: &Caller) -> Value {
    let input = json!({ "body": "Hello." });
    let done = caller
        .mutate("createPost", input, "postEdge { node { id } }")
        .await;
    done["postEdge"]["node"]["id"].clone()
}

#[tokio::test]
async fn an_unverified_account_reads_and_follows_and_writes_nothing_else_until_it_is_verified() {
    let app = strict().await;
    let (ada, bob) = (
        app.user("ada").await,
        join(&app, "bob", "bob@here.example").await,
    );
    let theirs = post(&ada).await.as_str().unwrap().to_owned();
    assert_eq!(fields(&bob, &theirs, "body").await["body"], "Hello.");
    assert_eq!(
        attempt(&bob, "followUser", json!({ "userId": ada.id })).await,
        "done"
    );
    let refused = "EMAIL_NOT_VERIFIED";
    for (mutation, input) in [
        ("createPost", json!({ "body": "Hello." })),
        (
            "createComment",
            json!({ "postId": theirs, "body": "Hello." }),
        ),
        ("addReaction", json!({ "subjectId": theirs, "emoji": "👍" })),
        ("repost", json!({ "postId": theirs })),
        ("bookmarkPost", json!({ "postId": theirs })),
        (
            "startConversation",
            json!({ "kind": "DIRECT", "memberIds": [ada.id] }),
        ),
        ("updateProfile", json!({ "bio": "Hello." })),
        ("blockUser", json!({ "userId": ada.id })),
    ] {
        assert_eq!(attempt(&bob, mutation, input).await, refused, "{mutation}");
    }
    assert_eq!(
        attempt(&bob, "unfollowUser", json!({ "userId": ada.id })).await,
        "done"
    );
    let token = app.letter_to("bob@here.example").await.token();
    assert_eq!(verify(&app.guest(), &token).await, "done");
    assert_eq!(
        attempt(&bob, "createPost", json!({ "body": "Hello." })).await,
        "done"
    );
}

#[tokio::test]
async fn one_request_may_follow_and_is_refused_the_rest() {
    let app = strict().await;
    let (ada, bob) = (
        app.user("ada").await,
        join(&app, "bob", "bob@here.example").await,
    );
    let query = "mutation($id: ID!) { follow: followUser(input: { userId: $id }) { userErrors { code } } \
         post: createPost(input: { body: \"Hello.\" }) { userErrors { code } } }";
    let data = bob.query(query, json!({ "id": ada.id })).await;
    assert_eq!(data["follow"]["userErrors"], json!([]));
    assert_eq!(data["post"]["userErrors"][0]["code"], "EMAIL_NOT_VERIFIED");
}

#[tokio::test]
async fn abilities_tell_the_unverified_why_they_may_not() {
    let app = strict().await;
    let (ada, bob) = (
        app.user("ada").await,
        join(&app, "bob", "bob@here.example").await,
    );
    let post = post(&ada).await.as_str().unwrap().to_owned();
    let asked = "viewerCanComment viewerCannotCommentReasons viewerCanRepost";
    let seen = fields(&bob, &post, asked).await;
    let expected = json!({
        "viewerCanComment": false,
        "viewerCannotCommentReasons": ["EMAIL_NOT_VERIFIED"],
        "viewerCanRepost": false,
    });
    assert_eq!(seen, expected);
    let seen = fields(&ada, &post, asked).await;
    assert_eq!(seen["viewerCanComment"], true);
}

#[tokio::test]
async fn by_itself_an_app_without_a_mail_server_asks_nobody_to_verify() {
    let app = TestApp::start().await;
    let ada = join(&app, "ada", "ada@here.example").await;
    assert_eq!(
        attempt(&ada, "createPost", json!({ "body": "Hello." })).await,
        "done"
    );
}
