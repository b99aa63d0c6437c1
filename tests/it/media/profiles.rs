//! The pictures of profiles.

use serde_json::{Value, json};

use super::{pictures::clip, stage::Stage};
use crate::support::{Caller, attempt};

/// The avatar and banner of `whom`, as `who` sees them.
async fn pictures(who: &Caller, whom: &Caller) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on User { avatar { id } banner { id } } } }";
    let found = who.query(query, json!({ "id": whom.id })).await;
    let id = |name: &str| found["node"][name]["id"].clone();
    json!([id("avatar"), id("banner")])
}

#[tokio::test]
async fn a_profile_shows_its_pictures_until_they_are_replaced_or_cleared() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let avatar = stage.picture_for(&ann, "AVATAR").await;
    let banner = stage.picture_for(&ann, "BANNER").await;
    let both = json!({ "avatarId": avatar, "bannerId": banner });
    assert_eq!(attempt(&ann, "updateProfile", both).await, "done");
    for who in [&ann, &bob, &stage.app.guest()] {
        assert_eq!(pictures(who, &ann).await, json!([avatar, banner]));
        assert_eq!(stage.status(who, &avatar).await, "READY");
    }
    let bio = json!({ "bio": "Boats." });
    assert_eq!(attempt(&ann, "updateProfile", bio).await, "done");
    assert_eq!(pictures(&bob, &ann).await, json!([avatar, banner]));
    let next = stage.picture_for(&ann, "AVATAR").await;
    let replaced = json!({ "avatarId": next, "bannerId": null });
    assert_eq!(attempt(&ann, "updateProfile", replaced).await, "done");
    assert_eq!(pictures(&bob, &ann).await, json!([next, null]));
    assert_eq!(stage.status(&bob, &avatar).await, "null");
}

#[tokio::test]
async fn a_blocker_keeps_the_avatar_and_loses_the_banner_and_the_blocked_lose_both() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let avatar = stage.picture_for(&ann, "AVATAR").await;
    let banner = stage.picture_for(&ann, "BANNER").await;
    let both = json!({ "avatarId": avatar, "bannerId": banner });
    assert_eq!(attempt(&ann, "updateProfile", both).await, "done");
    assert_eq!(
        attempt(&bob, "blockUser", json!({ "userId": ann.id })).await,
        "done"
    );
    assert_eq!(pictures(&bob, &ann).await, json!([avatar, null]));
    assert_eq!(stage.status(&bob, &avatar).await, "READY");
    assert_eq!(stage.status(&bob, &banner).await, "null");
    assert_eq!(
        attempt(&bob, "unblockUser", json!({ "userId": ann.id })).await,
        "done"
    );
    assert_eq!(
        attempt(&ann, "blockUser", json!({ "userId": bob.id })).await,
        "done"
    );
    assert_eq!(pictures(&bob, &ann).await, json!([null, null]));
    for id in [avatar, banner] {
        assert_eq!(stage.status(&bob, &id).await, "null");
    }
}

#[tokio::test]
async fn only_an_own_picture_that_was_meant_for_it_becomes_an_avatar() {
    let stage = Stage::start().await;
    let [ann, bob] = stage.app.users(["ann", "bob"]).await;
    let theirs = stage.picture_for(&bob, "AVATAR").await;
    let post = stage.picture(&ann).await;
    let film = stage.upload_as(&ann, "POST", "video/mp4", &clip()).await;
    for (id, code) in [
        (theirs, "NOT_FOUND"),
        (post, "BAD_USER_INPUT"),
        (film, "BAD_USER_INPUT"),
    ] {
        let done = attempt(&ann, "updateProfile", json!({ "avatarId": id, "bio": "x" })).await;
        assert_eq!(done, format!("{code} at avatarId"));
    }
    let bio = "SELECT COUNT(*) AS n FROM person WHERE bio = 'x'";
    assert_eq!(
        crate::support::number(&stage.app, bio).await,
        0,
        "nothing of it was done"
    );
}
