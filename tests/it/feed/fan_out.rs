//! Which posts are pushed, which are pulled, and what becomes of those on their way.

use serde_json::json;

use super::{bodies, rebuild, texts, walk};
use crate::support::{Caller, TestApp, number};

const ENTRIES: &str = "SELECT COUNT(*) AS n FROM feed_entry";

/// An author and as many followers; more than `push` of them are too many.
async fn stage<const N: usize>(push: u32, handles: [&str; N]) -> (TestApp, Caller, [Caller; N]) {
    let app = TestApp::start_with(|config| {
        config.feed.feed_push_followers = push;
        config.feed.feed_chunk = 2;
    })
    .await;
    let author = app.user("author").await;
    let followers = app.users(handles).await;
    for follower in &followers {
        follower.follow(&author).await;
    }
    // Whether a post is pushed is decided by what is counted.
    app.settle().await;
    (app, author, followers)
}

async fn decisions(app: &TestApp) -> Vec<String> {
    let sql = "SELECT body || ' ' || fan_out FROM post ORDER BY body";
    texts::<1>(app, sql).await.concat()
}

#[tokio::test]
async fn a_post_is_pushed_or_pulled_by_how_many_follow_its_author_when_it_is_published() {
    let (app, author, [bob, cid]) = stage(1, ["bob", "cid"]).await;
    author.post("1, to two").await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 0);
    cid.unfollow(&author).await;
    app.settle().await;
    author.post("2, to one").await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 1);
    cid.follow(&author).await;
    app.settle().await;
    author.post("3, to two").await;
    app.settle().await;
    assert_eq!(
        decisions(&app).await,
        ["1, to two PULL", "2, to one PUSH", "3, to two PULL"]
    );
    for reader in [&author, &bob, &cid] {
        let all = ["3, to two", "2, to one", "1, to two"];
        assert_eq!(bodies(reader).await, all, "{}", reader.handle);
    }
    rebuild(&app).await;
    assert_eq!(bodies(&cid).await.len(), 3);
}

#[tokio::test]
async fn nobody_waits_for_the_consumer() {
    let (app, author, [bob, _]) = stage(5, ["bob", "cid"]).await;
    app.settle().await;
    app.hold();
    let post = author.post("on its way").await;
    bob.post("my own").await;
    assert_eq!(bodies(&bob).await, ["my own", "on its way"]);
    let dee = app.user("dee").await;
    dee.follow(&bob).await;
    assert_eq!(bodies(&dee).await, ["my own"]);
    author
        .mutate("deletePost", json!({ "postId": post }), "")
        .await;
    assert_eq!(bodies(&bob).await, ["my own"]);
    bob.mutate("muteUser", json!({ "userId": author.id }), "")
        .await;
    author.post("to the muted").await;
    assert_eq!(bodies(&bob).await, ["my own"]);
    dee.unfollow(&bob).await;
    assert_eq!(bodies(&dee).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_post_goes_on_behind_the_follower_whom_it_has_reached() {
    let handles = ["bob", "cid", "dee", "eve", "fay"];
    let (app, author, followers) = stage(50, handles).await;
    app.settle().await;
    app.hold();
    let post = author.post("to five").await;
    // As a worker leaves it that dies after the third follower.
    let third = "(SELECT follower_id FROM follower ORDER BY follower_id LIMIT 1 OFFSET 2)";
    app.sql(&format!(
        "INSERT INTO feed_fan_out (post_id, reached_id) SELECT id, {third} FROM post"
    ))
    .await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 2);
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM feed_fan_out").await,
        0
    );
    rebuild(&app).await;
    assert_eq!(number(&app, ENTRIES).await, 5);
    for follower in &followers {
        assert_eq!(bodies(follower).await, ["to five"]);
    }
    author
        .mutate("deletePost", json!({ "postId": post }), "")
        .await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 0);
}

#[tokio::test]
async fn a_post_that_is_deleted_on_its_way_leaves_nothing_behind() {
    let (app, author, _) = stage(50, ["bob", "cid", "dee", "eve", "fay"]).await;
    app.settle().await;
    app.hold();
    let post = author.post("to five").await;
    app.sql(
        "INSERT INTO feed_entry (reader_id, created_at, post_id) SELECT f.follower_id, \
         p.created_at, p.id FROM post p JOIN follower f ON f.person_id = p.author_id",
    )
    .await;
    let second = "(SELECT follower_id FROM follower ORDER BY follower_id LIMIT 1 OFFSET 1)";
    app.sql(&format!(
        "INSERT INTO feed_fan_out (post_id, reached_id) SELECT id, {second} FROM post"
    ))
    .await;
    author
        .mutate("deletePost", json!({ "postId": post }), "")
        .await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 0);
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM feed_fan_out").await,
        0
    );
}

#[tokio::test]
async fn an_author_who_gets_too_many_followers_marks_all_their_follows_in_chunks() {
    let handles = ["bob", "cid", "dee", "eve", "fay"];
    let (app, author, followers) = stage(4, handles).await;
    app.settle().await;
    let pulled = "SELECT COUNT(*) AS n FROM following WHERE is_pulled";
    assert_eq!(number(&app, pulled).await, 0);
    author.post("to five").await;
    app.settle().await;
    assert_eq!(number(&app, pulled).await, 5);
    let gus = app.user("gus").await;
    gus.follow(&author).await;
    author.post("to six").await;
    app.settle().await;
    assert_eq!(number(&app, ENTRIES).await, 0);
    for reader in followers.iter().chain([&gus]) {
        assert_eq!(walk(reader, 1, false).await.len(), 2);
    }
}
