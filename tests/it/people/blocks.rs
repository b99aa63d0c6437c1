//! Blocking and no longer blocking: what it ends, and what it leaves.

use serde_json::{Value, json};

use super::{RELATIONSHIP, act, acted, be_private, facts, is_nobody, numbers, own, standing};
use crate::support::{TestApp, attempt, fields, missing, node, number};
use rookery::ids::NodeKind;

#[tokio::test]
async fn a_block_ends_follows_both_ways_and_unblocking_restores_none() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.follow(&bob).await;
    bob.follow(&ada).await;
    for _ in 0..2 {
        let seen = acted(&ada, "blockUser", &bob, RELATIONSHIP).await;
        assert_eq!(facts(&seen), ["blocking"]);
    }
    for person in [&ada, &bob] {
        assert_eq!(numbers(&app, person).await, [json!(0), json!(0)]);
    }
    for _ in 0..2 {
        let seen = acted(&ada, "unblockUser", &bob, RELATIONSHIP).await;
        assert_eq!(facts(&seen), [""; 0]);
    }
    for (viewer, other) in [(&ada, &bob), (&bob, &ada)] {
        assert_eq!(standing(viewer, other).await, [""; 0]);
    }
    for table in ["following", "follower", "blocking", "blocked_by"] {
        let rows = number(&app, &format!("SELECT COUNT(*) AS n FROM {table}")).await;
        assert_eq!(rows, 0, "{table}");
    }
    ada.follow(&bob).await;
    assert_eq!(numbers(&app, &bob).await, [json!(1), json!(0)]);
}

#[tokio::test]
async fn a_block_ends_requests_both_ways() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for (blocker, other) in [(&ada, &bob), (&bob, &ada)] {
        for person in [&ada, &bob] {
            be_private(person, true).await;
        }
        act(&ada, "followUser", &bob).await;
        act(&bob, "followUser", &ada).await;
        assert_eq!(own(&ada, "followRequests").await, ["bob"]);
        assert_eq!(act(blocker, "blockUser", other).await, "done");
        let rows = number(&app, "SELECT COUNT(*) AS n FROM follow_request").await;
        assert_eq!(rows, 0);
        assert_eq!(act(blocker, "unblockUser", other).await, "done");
        for person in [&ada, &bob] {
            assert_eq!(own(person, "followRequests").await, [""; 0]);
        }
    }
}

#[tokio::test]
async fn what_both_wrote_stays_and_is_there_again_after_the_block() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let comment = bob.comment(&post, "a comment").await;
    bob.react(&post, "👍").await;
    let seen = fields(&ada, &post, "reactionCount commentCount").await;
    act(&ada, "blockUser", &bob).await;
    assert!(node(&ada, &comment, "").await.is_null());
    assert!(node(&bob, &post, "").await.is_null());
    for table in ["comment", "reaction"] {
        let rows = number(&app, &format!("SELECT COUNT(*) AS n FROM {table}")).await;
        assert_eq!(rows, 1, "{table}");
    }
    act(&ada, "unblockUser", &bob).await;
    assert!(!node(&ada, &comment, "").await.is_null());
    assert!(!node(&bob, &post, "").await.is_null());
    let again = fields(&ada, &post, "reactionCount commentCount").await;
    assert_eq!(again, seen);
}

#[tokio::test]
async fn only_somebody_else_who_is_there_can_be_blocked() {
    let app = TestApp::start().await;
    let [ada, gone] = app.users(["ada", "gone"]).await;
    let post = ada.post("a post").await;
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'gone'")
        .await;
    for field in ["blockUser", "unblockUser", "muteUser", "unmuteUser"] {
        for (id, expected) in [
            (ada.id.clone(), "BAD_USER_INPUT at userId"),
            (post.clone(), "BAD_USER_INPUT at userId"),
            ("nonsense".to_owned(), "BAD_USER_INPUT at userId"),
            (missing(NodeKind::User), "NOT_FOUND at userId"),
        ] {
            let got = attempt(&ada, field, json!({ "userId": id })).await;
            assert_eq!(got, expected, "{field} {id}");
        }
        is_nobody(&ada, field, &gone).await;
    }
}

#[tokio::test]
async fn blocked_people_are_listed_newest_first_until_they_are_deleted() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let mut people = Vec::new();
    for handle in ["one", "two", "three", "four"] {
        app.advance(1);
        people.push(app.user(handle).await);
        assert_eq!(act(&ada, "blockUser", people.last().unwrap()).await, "done");
    }
    assert_eq!(
        own(&ada, "blockedUsers").await,
        ["four", "three", "two", "one"]
    );
    act(&ada, "unblockUser", &people[1]).await;
    app.sql("UPDATE person SET deleted_at = 1 WHERE handle = 'three'")
        .await;
    assert_eq!(own(&ada, "blockedUsers").await, ["four", "one"]);
    assert_eq!(own(&people[0], "blockedUsers").await, [""; 0]);
    let query = "query($after: String) { viewer { blockedUsers(first: 1, after: $after) { \
        nodes { handle bio followerCount } pageInfo { hasNextPage endCursor } } } }";
    let mut after = Value::Null;
    for (handle, more) in [("four", true), ("one", false)] {
        let data = ada.query(query, json!({ "after": after })).await;
        let page = &data["viewer"]["blockedUsers"];
        let reduced = json!([{ "handle": handle, "bio": "", "followerCount": null }]);
        assert_eq!(page["nodes"], reduced);
        assert_eq!(page["pageInfo"]["hasNextPage"], more);
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn across_a_block_a_mention_is_only_text_and_stays_so_after_it() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("For everybody").await;
    assert_eq!(act(&ada, "blockUser", &bob).await, "done");
    let mut written = Vec::new();
    for (author, other) in [(&ada, "@bob"), (&bob, "@ada")] {
        let text = format!("Not for {other}");
        written.push(author.post_to(&text, "MENTIONED").await);
    }
    written.push(ada.comment(&post, "Nor this for @bob").await);
    assert_eq!(act(&ada, "unblockUser", &bob).await, "done");
    for table in ["post_mention", "comment_mention"] {
        let rows = number(&app, &format!("SELECT COUNT(*) AS n FROM {table}")).await;
        assert_eq!(rows, 0, "{table}");
    }
    assert!(node(&bob, &written[0], "id").await.is_null());
    assert!(node(&ada, &written[1], "id").await.is_null());
    let seen = fields(&bob, &written[2], "mentions { handle }").await;
    assert_eq!(seen, json!({ "mentions": [] }));
}
