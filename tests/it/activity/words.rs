//! Nobody's words get into the log: no texts, names, handles, addresses or secrets.

use axum::{
    body::Body,
    http::{Request, header},
};
use rookery::posts::commands::publish_due;
use serde_json::{Value, json};

use super::log::entries;
use crate::{
    moderation::stage::moderator,
    support::{Caller, TestApp, attempt, outcome, text_of},
};

/// What people type, each unmistakable.
const WORDS: [&str; 33] = [
    "quillhandle",
    "otterhandle",
    "plumehandle",
    "zephyrmail",
    "marblename",
    "velvetbio",
    "granitepassword",
    "brassagent",
    "cobaltbody",
    "saffronedit",
    "indigotag",
    "umbertag",
    "cinnabarcomment",
    "ochrechange",
    "walnutkey",
    "hazelkey",
    "pewterquote",
    "ambertitle",
    "coralretitle",
    "jademessage",
    "opalchange",
    "teakkey",
    "birchkey",
    "sepiawarning",
    "mauvewarning",
    "beigeoption",
    "taupeoption",
    "lilacdraft",
    "mahoganykey",
    "maroonreport",
    "azurekey",
    "tealreason",
    "rustnote",
];

/// Calls a mutation with a browser's name, and returns its payload.
async fn call(
    app: &TestApp,
    token: Option<&str>,
    field: &str,
    input: Value,
    payload: &str,
) -> Value {
    let name = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let query = format!(
        "mutation($input: {name}!) {{ {field}(input: $input) {{ {payload} \
         userErrors {{ code message path retryAfterSeconds }} }} }}"
    );
    let body = json!({ "query": query, "variables": { "input": input } });
    let mut request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "brassagent/1.0");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response = app.send(request.body(Body::from(body.to_string())).unwrap());
    let bytes = axum::body::to_bytes(response.await.into_body(), usize::MAX);
    let answer: Value = serde_json::from_slice(&bytes.await.unwrap()).unwrap();
    answer["data"][field].clone()
}

/// Somebody joins, changes what can be changed of them, and leaves. Returns their tokens.
async fn come_and_go(app: &TestApp, other: &Caller) -> Vec<String> {
    let join = json!({ "handle": "quillhandle", "email": "zephyrmail@example.org",
        "password": "granitepassword 1", "displayName": "marblename" });
    let session = "session { accessToken refreshToken } viewer { user { id } }";
    let joined = call(app, None, "signUp", join, session).await;
    assert_eq!(
        outcome(&json!({ "userErrors": joined["userErrors"] })),
        "done"
    );
    let enter = json!({ "login": "zephyrmail@example.org", "password": "granitepassword 1" });
    let entered = call(app, None, "signIn", enter, session).await;
    let (first, second) = (&joined["session"], &entered["session"]);
    let secrets = [first, second]
        .map(|session| ["accessToken", "refreshToken"].map(|token| text_of(&session[token])));
    let me = secrets[0][0].as_str();

    for (field, input) in [
        (
            "updateProfile",
            json!({ "bio": "velvetbio", "displayName": "marblename too" }),
        ),
        ("changeHandle", json!({ "handle": "plumehandle" })),
        ("followUser", json!({ "userId": other.id })),
        ("signOut", json!({ "refreshToken": secrets[1][1] })),
    ] {
        let done = call(app, Some(me), field, input, "").await;
        assert_eq!(outcome(&done), "done", "{field}");
    }
    secrets.concat()
}

/// Writes, changes, passes on and deletes.
async fn write(ada: &Caller) {
    let poll = json!({ "options": ["beigeoption", "taupeoption"],
        "closesAt": "2026-05-01T13:00:00Z" });
    let post = json!({ "body": "cobaltbody #indigotag @plumehandle",
        "contentWarning": "sepiawarning", "poll": poll, "idempotencyKey": "walnutkey" });
    let made = ada
        .mutate("createPost", post, "postEdge { node { id } }")
        .await;
    let post = text_of(&made["postEdge"]["node"]["id"]);
    let comment = ada.comment(&post, "cinnabarcomment @plumehandle").await;
    for (field, input) in [
        (
            "editPost",
            json!({ "postId": post, "body": "saffronedit #umbertag",
                "contentWarning": "mauvewarning" }),
        ),
        ("pinPost", json!({ "postId": post })),
        (
            "saveDraft",
            json!({ "body": "lilacdraft", "contentWarning": "sepiawarning",
                "publishAt": "2026-05-01T12:00:01Z", "idempotencyKey": "mahoganykey" }),
        ),
        (
            "createPost",
            json!({ "body": "pewterquote", "quoteOfId": post }),
        ),
        (
            "repost",
            json!({ "postId": post, "idempotencyKey": "hazelkey" }),
        ),
        ("bookmarkPost", json!({ "postId": post })),
        (
            "editComment",
            json!({ "commentId": comment, "body": "ochrechange" }),
        ),
        (
            "addReaction",
            json!({ "subjectId": comment, "emoji": "\u{1F44D}" }),
        ),
        ("deletePost", json!({ "postId": post })),
    ] {
        assert_eq!(attempt(ada, field, input).await, "done", "{field}");
    }
}

/// Starts a group, names it, writes into it and changes what was written.
async fn talk(ada: &Caller) {
    let group = ada
        .start(
            json!({ "kind": "GROUP", "memberIds": [], "title": "ambertitle",
            "idempotencyKey": "teakkey" }),
        )
        .await;
    let title = json!({ "title": "coralretitle" });
    assert_eq!(ada.tries("updateConversation", &group, title).await, "done");
    let message = ada
        .say_with(json!({ "conversationId": group, "body": "jademessage",
            "idempotencyKey": "birchkey" }))
        .await;
    let change = json!({ "messageId": message, "body": "opalchange" });
    assert_eq!(attempt(ada, "editMessage", change).await, "done");
}

/// Staff is told of something, decides about it, and takes that back.
async fn moderate(app: &TestApp, ada: &Caller) {
    let staff = moderator(app).await;
    let bob = app.user("bob").await;
    let post = ada.post("spam").await;
    let input = json!({ "subjectId": post, "reason": "SPAM", "comment": "maroonreport",
        "idempotencyKey": "azurekey" });
    let told = bob.mutate("reportContent", input, "reportId").await;
    let decided = json!({ "reportId": told["reportId"], "resolution": "CONTENT_HIDDEN",
        "note": "rustnote" });
    let why = "tealreason";
    for (field, input) in [
        ("resolveReport", decided),
        (
            "restoreContent",
            json!({ "subjectId": post, "reason": why }),
        ),
        ("suspendUser", json!({ "userId": bob.id, "reason": why })),
        ("unsuspendUser", json!({ "userId": bob.id, "reason": why })),
    ] {
        assert_eq!(attempt(&staff, field, input).await, "done", "{field}");
    }
}

#[tokio::test]
async fn no_text_gets_into_the_log() {
    let app = TestApp::start().await;
    let ada = app.user("otterhandle").await;
    let secrets = come_and_go(&app, &ada).await;
    write(&ada).await;
    talk(&ada).await;
    moderate(&app, &ada).await;
    app.advance(1);
    assert_eq!(publish_due(app.platform()).await.unwrap(), 1);
    let log = entries(&app).await;
    assert!(log.len() > 14, "there is something to look at");
    // Every column, as it was read.
    let log = format!("{log:?}").to_lowercase();
    for word in WORDS {
        assert!(!log.contains(word), "{word} is in the log");
    }
    for secret in secrets {
        assert!(
            !log.contains(&secret.to_lowercase()),
            "a token is in the log"
        );
    }
    assert!(log.contains("post.published.v1") && log.contains("1f44d"));
}
