//! Ending that somebody follows oneself.

use serde_json::json;

use super::{RELATIONSHIP, act, be_private, facts, is_nobody, numbers, own, standing};
use crate::support::{TestApp, node, outcome};

#[tokio::test]
async fn a_removed_follower_follows_no_more_and_loses_sight_at_once() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.follow(&bob).await;
    bob.follow(&ada).await;
    let post = bob.post_to("for followers", "FOLLOWERS").await;
    assert!(!node(&ada, &post, "").await.is_null());
    let payload = format!("user {{ {RELATIONSHIP} }} removedFollowerId");
    for _ in 0..2 {
        let input = json!({ "userId": ada.id });
        let done = bob.mutate("removeFollower", input, &payload).await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(done["removedFollowerId"], *ada.id);
        assert_eq!(
            facts(&done["user"]),
            ["following"],
            "bob's own follow stays"
        );
    }
    assert_eq!(standing(&ada, &bob).await, ["followedBy"]);
    assert_eq!(numbers(&app, &bob).await, [json!(0), json!(1)]);
    assert_eq!(numbers(&app, &ada).await, [json!(1), json!(0)]);
    assert!(node(&ada, &post, "").await.is_null());
}

#[tokio::test]
async fn removing_leaves_a_request_alone_and_names_only_people_who_are_there() {
    let app = TestApp::start().await;
    let [ada, bob, gone] = app.users(["ada", "bob", "gone"]).await;
    be_private(&bob, true).await;
    act(&ada, "followUser", &bob).await;
    assert_eq!(act(&bob, "removeFollower", &ada).await, "done");
    assert_eq!(own(&bob, "followRequests").await, ["ada"]);
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'gone'")
        .await;
    is_nobody(&bob, "removeFollower", &gone).await;
    assert_eq!(
        act(&bob, "removeFollower", &bob).await,
        "BAD_USER_INPUT at userId"
    );
}
