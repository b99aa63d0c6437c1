//! Giving roles.

use rookery::{accounts::Role, ids::NodeKind};
use serde_json::json;

use super::stage::{hiding, log, moderator, staff};
use crate::support::{Caller, TestApp, attempt, missing};

async fn giving(who: &Caller, whom: &str, role: &str) -> String {
    attempt(who, "setUserRole", json!({ "userId": whom, "role": role })).await
}

#[tokio::test]
async fn admins_give_roles_and_they_count_at_once() {
    let app = TestApp::start().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let boss = staff(&app, "boss", Role::Admin).await;
    let post = bob.post("a").await;
    assert_eq!(hiding(&ann, &post).await, "FORBIDDEN");
    for _ in 0..2 {
        assert_eq!(giving(&boss, &ann.id, "MODERATOR").await, "done");
    }
    assert_eq!(hiding(&ann, &post).await, "done");
    assert_eq!(giving(&boss, &ann.id, "MEMBER").await, "done");
    assert_eq!(hiding(&ann, &post).await, "FORBIDDEN");
    assert_eq!(
        log(&boss).await,
        [
            "ROLE_CHANGED User by nobody: ADMIN",
            "ROLE_CHANGED User by boss: MODERATOR",
            "CONTENT_HIDDEN Post by ann: it is spam",
            "ROLE_CHANGED User by boss: MEMBER"
        ]
    );
}

#[tokio::test]
async fn nobody_else_gives_roles_and_nobody_changes_their_own() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let moderator = moderator(&app).await;
    let boss = staff(&app, "boss", Role::Admin).await;
    for who in [&ann, &moderator] {
        for id in [ann.id.clone(), who.id.clone(), missing(NodeKind::User)] {
            assert_eq!(
                giving(who, &id, "ADMIN").await,
                "FORBIDDEN",
                "{}",
                who.handle
            );
        }
    }
    assert_eq!(
        giving(&boss, &boss.id, "MEMBER").await,
        "FORBIDDEN at userId"
    );
    let gone = missing(NodeKind::User);
    assert_eq!(giving(&boss, &gone, "ADMIN").await, "NOT_FOUND at userId");
}
