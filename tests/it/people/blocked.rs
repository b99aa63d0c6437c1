//! What stands between two people while one blocks the other.

use serde_json::{Value, json};

use super::{TOWARDS, act, acted, facts, is_nobody, own, standing};
use crate::support::{Caller, TestApp, attempt, node};

/// All of a profile.
const PROFILE: &str = "id handle displayName bio createdAt isPrivate followerCount followingCount \
    postCount posts { nodes { id } } followers { nodes { id } } following { nodes { id } } \
    viewerRelationship { following requested followedBy blocking muting mutedUntil }";

async fn by_handle(viewer: &Caller, handle: &str) -> Value {
    let query = format!("query($handle: String!) {{ user(handle: $handle) {{ {PROFILE} }} }}");
    viewer.query(&query, json!({ "handle": handle })).await["user"].clone()
}

async fn two() -> (TestApp, Caller, Caller) {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let bio = json!({ "bio": "Something.", "displayName": "Bob B" });
    assert_eq!(attempt(&bob, "updateProfile", bio).await, "done");
    bob.post("a post").await;
    (app, ada, bob)
}

#[tokio::test]
async fn the_blocker_finds_the_blocked_reduced_by_every_path_that_names_them() {
    let (_app, ada, bob) = two().await;
    let whole = by_handle(&ada, "bob").await;
    assert_eq!(whole["bio"], "Something.");
    let payload = acted(&ada, "blockUser", &bob, PROFILE).await;
    let expected = json!({
        "id": bob.id, "handle": "bob", "displayName": "Bob B", "bio": "",
        "createdAt": whole["createdAt"], "isPrivate": false, "followerCount": null,
        "followingCount": null, "postCount": null, "posts": null, "followers": null,
        "following": null, "viewerRelationship": { "following": false, "requested": false,
            "followedBy": false, "blocking": true, "muting": false, "mutedUntil": null },
    });
    assert_eq!(payload, expected);
    assert_eq!(by_handle(&ada, "bob").await, expected);
    let mut found = node(&ada, &bob.id, &format!("... on User {{ {PROFILE} }}")).await;
    found.as_object_mut().unwrap().remove("__typename");
    assert_eq!(found, expected);
    let list = format!("{{ viewer {{ blockedUsers {{ edges {{ node {{ {PROFILE} }} }} }} }} }}");
    let listed = ada.query(&list, json!({})).await;
    assert_eq!(
        listed["viewer"]["blockedUsers"]["edges"],
        json!([{ "node": expected }])
    );
    assert_eq!(acted(&ada, "unblockUser", &bob, PROFILE).await, whole);
}

#[tokio::test]
async fn for_the_blocked_the_blocker_is_not_there_and_nothing_tells_why() {
    let (_app, ada, bob) = two().await;
    act(&ada, "blockUser", &bob).await;
    assert_eq!(by_handle(&bob, "ada").await, Value::Null);
    assert_eq!(node(&bob, &ada.id, "").await, Value::Null);
    for field in TOWARDS {
        is_nobody(&bob, field, &ada).await;
    }
    let until = json!({ "userId": ada.id, "until": "2100-01-01T00:00:00Z" });
    assert_eq!(
        attempt(&bob, "muteUser", until).await,
        "NOT_FOUND at userId"
    );
    assert_eq!(
        standing(&ada, &bob).await,
        ["blocking"],
        "all of it was in vain"
    );
}

#[tokio::test]
async fn the_blocker_cannot_do_anything_to_the_blocked_but_unblock_and_unmute() {
    let (_app, ada, bob) = two().await;
    act(&ada, "blockUser", &bob).await;
    for field in TOWARDS {
        if ["blockUser", "unblockUser", "unmuteUser"].contains(&field) {
            continue;
        }
        is_nobody(&ada, field, &bob).await;
    }
    assert_eq!(act(&ada, "unmuteUser", &bob).await, "done");
    assert_eq!(act(&ada, "unblockUser", &bob).await, "done");
}

#[tokio::test]
async fn people_beyond_a_block_leave_the_lists_of_others_for_both() {
    let (app, ada, bob) = two().await;
    let cid = app.user("cid").await;
    for person in [&ada, &bob] {
        person.follow(&cid).await;
    }
    act(&ada, "blockUser", &bob).await;
    let query =
        "{ user(handle: \"cid\") { followerCount followers { totalCount nodes { handle } } } }";
    for (viewer, seen) in [(&ada, vec!["ada"]), (&bob, vec!["bob"])] {
        let data = viewer.query(query, json!({})).await;
        assert_eq!(data["user"]["followerCount"], 2, "a public number");
        assert_eq!(super::handles(&data["user"]["followers"]), seen);
    }
}

/// The commands cannot make one: of two the second finds nobody. Rows may say so all the same.
#[tokio::test]
async fn in_a_mutual_block_each_sees_the_other_reduced_and_may_end_their_own() {
    let (app, ada, bob) = two().await;
    act(&ada, "blockUser", &bob).await;
    for (to, columns) in [
        ("blocking", "person_id, blocked_id, id, created_at"),
        ("blocked_by", "person_id, blocker_id"),
    ] {
        let (other, rest) = match to {
            "blocking" => ("blocked_id", ", id, created_at"),
            _ => ("blocker_id", ""),
        };
        let sql = format!("INSERT INTO {to} ({columns}) SELECT {other}, person_id{rest} FROM {to}");
        app.sql(&sql).await;
    }
    for (viewer, other) in [(&ada, &bob), (&bob, &ada)] {
        assert_eq!(standing(viewer, other).await, ["blocking"]);
        assert_eq!(act(viewer, "blockUser", other).await, "done");
        assert_eq!(own(viewer, "blockedUsers").await, [other.handle.as_str()]);
    }
    let seen = acted(&ada, "unblockUser", &bob, PROFILE).await;
    assert_eq!(seen, Value::Null);
    assert_eq!(own(&ada, "blockedUsers").await, [""; 0]);
    let seen = acted(&bob, "unblockUser", &ada, PROFILE).await;
    assert_eq!(facts(&seen), [""; 0]);
    assert_eq!(by_handle(&ada, "bob").await["bio"], "Something.");
}
