//! In which order hits come, and who finds what.

use serde_json::{Value, json};

use super::{SEARCH, app, found, labels, page};
use crate::support::{attempt, outcome, states};

#[tokio::test]
async fn the_followed_come_first_then_the_shortest_word() {
    let app = app().await;
    let [me, far, _, near, _] = app
        .users(["me_anna", "annabella", "anna", "annabel", "annamaria"])
        .await;
    let all = ["anna", "annabel", "annabella", "annamaria"];
    assert_eq!(found(&app.guest(), "USERS", "anna").await, all);
    me.follow(&far).await;
    me.follow(&near).await;
    let mine = ["annabel", "annabella", "anna", "annamaria"];
    assert_eq!(found(&me, "USERS", "anna").await, mine);
    // The pages meet where the followed end.
    let mut met = Vec::new();
    let mut after = Value::Null;
    for _ in 0..4 {
        let page = page(&me, "USERS", "anna", 1, &after).await;
        met.extend(labels(&page));
        after = page["pageInfo"]["endCursor"].clone();
        assert_eq!(page["pageInfo"]["hasNextPage"], met.len() < 4);
        assert_eq!(page["pageInfo"]["hasPreviousPage"], met.len() > 1);
    }
    assert_eq!(met, mine);
    me.unfollow(&near).await;
    let mine = ["annabella", "anna", "annabel", "annamaria"];
    assert_eq!(found(&me, "USERS", "anna").await, mine);
}

#[tokio::test]
async fn somebody_who_is_called_so_twice_stands_there_once() {
    let app = app().await;
    let [ann, reader] = app.users(["ann_lee", "reader"]).await;
    let input = json!({ "displayName": "Ann Ann-Lee Anna" });
    assert_eq!(attempt(&ann, "updateProfile", input).await, "done");
    reader.follow(&ann).await;
    for query in ["ann", "ann lee", "an a", "ann_lee anna"] {
        assert_eq!(found(&reader, "USERS", query).await, ["ann_lee"], "{query}");
    }
}

#[tokio::test]
async fn only_levels_that_are_for_the_viewer_are_found_and_unlisted_ones_never() {
    let app = app().await;
    let [ann, follower, stranger, named] =
        app.users(["ann", "follower", "stranger", "named"]).await;
    follower.follow(&ann).await;
    for (level, body) in [
        ("PUBLIC", "word public"),
        ("UNLISTED", "word unlisted"),
        ("FOLLOWERS", "word followers"),
        ("MENTIONED", "word for @named"),
    ] {
        ann.post_to(body, level).await;
        app.advance(1);
    }
    let all = ["word for @named", "word followers", "word public"];
    assert_eq!(found(&ann, "POSTS", "word").await, all);
    assert_eq!(found(&follower, "POSTS", "word").await, all[1..]);
    assert_eq!(found(&stranger, "POSTS", "word").await, all[2..]);
    assert_eq!(found(&app.guest(), "POSTS", "word").await, all[2..]);
    assert_eq!(found(&named, "POSTS", "word").await, [all[0], all[2]]);
    let private = json!({ "isPrivate": true });
    assert_eq!(attempt(&ann, "updateProfile", private).await, "done");
    for nobody in [&app.guest(), &stranger] {
        assert_eq!(found(nobody, "POSTS", "word").await, [""; 0]);
        assert_eq!(found(nobody, "USERS", "ann").await, ["ann"]);
    }
    assert_eq!(found(&follower, "POSTS", "word").await, all[1..]);
}

#[tokio::test]
async fn nobody_beyond_a_block_is_found_and_who_is_muted_is() {
    let app = app().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    ann.post("word #tag").await;
    bob.follow(&ann).await;
    let all = async |viewer: &crate::support::Caller| {
        let mut all = found(viewer, "POSTS", "word").await;
        all.extend(found(viewer, "USERS", "ann").await);
        all.extend(found(viewer, "HASHTAGS", "ta").await);
        all
    };
    let whole = ["word #tag", "ann", "tag"];
    let whom = json!({ "userId": ann.id });
    assert_eq!(attempt(&bob, "muteUser", whom.clone()).await, "done");
    assert_eq!(all(&bob).await, whole);
    assert_eq!(attempt(&bob, "unmuteUser", whom.clone()).await, "done");
    assert_eq!(attempt(&bob, "blockUser", whom.clone()).await, "done");
    assert_eq!(all(&bob).await, [""; 0]);
    assert_eq!(found(&ann, "USERS", "bob").await, [""; 0]);
    assert_eq!(attempt(&bob, "unblockUser", whom).await, "done");
    assert_eq!(all(&bob).await, whole);
}

#[tokio::test]
async fn what_is_edited_deleted_renamed_or_hidden_is_found_as_it_is_now() {
    let app = app().await;
    let [ann, bob] = app.users(["ann", "bob"]).await;
    let post = ann.post("first word #old").await;
    let edit = json!({ "postId": post, "body": "second word #new" });
    assert_eq!(attempt(&ann, "editPost", edit).await, "done");
    assert_eq!(found(&bob, "POSTS", "first").await, [""; 0]);
    assert_eq!(found(&bob, "POSTS", "second").await, ["second word #new"]);
    assert_eq!(found(&bob, "HASHTAGS", "old").await, [""; 0]);
    assert_eq!(found(&bob, "HASHTAGS", "new").await, ["new"]);
    let repost = json!({ "postId": post });
    assert_eq!(attempt(&bob, "repost", repost).await, "done");
    assert_eq!(found(&bob, "POSTS", "second").await.len(), 1);
    states::hide(&app, "second word #new").await;
    assert_eq!(found(&bob, "POSTS", "second").await, [""; 0]);
    assert_eq!(found(&ann, "POSTS", "second").await.len(), 1);
    let done = ann
        .mutate("deletePost", json!({ "postId": post }), "")
        .await;
    assert_eq!(outcome(&done), "done");
    assert_eq!(found(&ann, "POSTS", "second").await, [""; 0]);
    let handle = json!({ "handle": "zed" });
    assert_eq!(attempt(&ann, "changeHandle", handle).await, "done");
    let name = json!({ "displayName": null });
    assert_eq!(attempt(&ann, "updateProfile", name).await, "done");
    assert_eq!(found(&bob, "USERS", "ann").await, [""; 0]);
    assert_eq!(found(&bob, "USERS", "zed").await, ["zed"]);
}

#[tokio::test]
async fn a_cursor_is_good_for_any_query_of_its_type_alone() {
    let app = app().await;
    let [ann, _] = app.users(["ann", "anna"]).await;
    for n in 0..3 {
        ann.post(&format!("ann #ann{n}")).await;
        app.advance(1);
    }
    let types = ["POSTS", "USERS", "HASHTAGS"];
    for ty in types {
        let first = page(&ann, ty, "ann", 1, &Value::Null).await;
        let cursor = &first["pageInfo"]["endCursor"];
        assert_eq!(first["edges"][0]["cursor"], *cursor);
        for other in types {
            let ask = json!({ "query": "a", "type": other, "after": cursor });
            let code = ann.send(SEARCH, ask).await.code().to_owned();
            let expected = if other == ty { "" } else { "BAD_CURSOR" };
            assert_eq!(code, expected, "{ty} {other}");
        }
    }
    let explore = "{ explore(first: 1) { edges { cursor } } }";
    let cursor = &ann.query(explore, json!({})).await["explore"]["edges"][0]["cursor"];
    let ask = json!({ "query": "a", "type": "POSTS", "after": cursor });
    assert_eq!(ann.send(SEARCH, ask).await.code(), "BAD_CURSOR");
}
