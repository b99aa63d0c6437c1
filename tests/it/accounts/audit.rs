//! What the log tells of those who come in and of those who are turned away.

use rookery::ids::NodeId;
use serde_json::{Value, json};

use crate::support::{TestApp, attempt, log::Log, sign_in};

/// The lines of the audit, without what differs from run to run.
fn told(log: &Log, people: &[(&str, &str)]) -> Vec<String> {
    let lines = log.lines_from("audit: ").into_iter();
    lines
        .map(|mut line| {
            for (name, id) in people {
                let id = NodeId::parse(id).unwrap().id.to_string();
                line = line.replace(&id, name);
            }
            let words = line
                .split(' ')
                .filter(|word| !word.starts_with("session.id="));
            let words = words.map(|word| match word.strip_prefix("request.id=") {
                Some(id) => {
                    assert!(uuid::Uuid::parse_str(id.trim_matches('"')).is_ok(), "{id}");
                    "request.id=…"
                }
                None => word,
            });
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[tokio::test]
async fn the_log_tells_who_came_in_and_who_was_turned_away() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = bob.post("Mine").await;
    let log = Log::begin("info");
    let (again, refresh) = sign_in(&app, "ada").await;
    let wrong = json!({ "login": "ada", "password": "not the password" });
    assert_eq!(
        attempt(&app.guest(), "signIn", wrong).await,
        "INVALID_CREDENTIALS"
    );
    let edit = json!({ "postId": post, "body": "Taken over" });
    assert_eq!(attempt(&ada, "editPost", edit).await, "FORBIDDEN at postId");
    let token = json!({ "refreshToken": refresh });
    assert_eq!(
        attempt(&app.guest(), "refreshSession", token.clone()).await,
        "done"
    );
    app.advance(60);
    let reused = attempt(&app.guest(), "refreshSession", token).await;
    assert_eq!(reused, "TOKEN_INVALID at refreshToken");
    let ended = again.send("{ viewer { id } }", Value::Null).await;
    assert_eq!(ended.status, 401);
    assert_eq!(attempt(&ada, "signOut", json!({})).await, "done");
    insta::assert_snapshot!(
        told(&log, &[("ada", &ada.id), ("bob", &bob.id)]).join("\n"),
        @r#"
    audit: A mutation was answered. action="signIn" outcome="done" person.id=ada address=127.0.0.1 request.id=…
    audit: A mutation was answered. action="signIn" outcome="InvalidCredentials" address=127.0.0.1 request.id=…
    audit: A mutation was answered. action="editPost" outcome="Forbidden" person.id=ada address=127.0.0.1 request.id=…
    audit: A mutation was answered. action="refreshSession" outcome="done" address=127.0.0.1 request.id=…
    audit: A mutation was answered. action="refreshSession" outcome="TokenInvalid" address=127.0.0.1 request.id=…
    audit: An access token was refused. action="authenticate" outcome="Unauthenticated" address=127.0.0.1 request.id=…
    audit: A mutation was answered. action="signOut" outcome="done" person.id=ada address=127.0.0.1 request.id=…
    "#
    );
}
