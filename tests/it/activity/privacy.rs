//! What an account's privacy means for the numbers of its hashtags: a consumer follows it.

use std::sync::Arc;

use rookery::{
    activity::{Desk, Effect, Heads, Known, Runner, positions},
    app,
    people::consumers::{MARKS, Marks},
};
use serde_json::json;

use crate::support::{Caller, TestApp, attempt, bulk, number};

use super::kinds;

/// Follows the log of an app when it is told to.
struct Follower {
    app: TestApp,
    runner: Runner,
    desk: Desk,
}

impl Follower {
    async fn of(app: &TestApp) -> Self {
        let db = &app.platform().db;
        positions::register(db, MARKS, positions::Start::Oldest)
            .await
            .unwrap();
        let marks = Marks::new(Known::of(&kinds()), app::counters(), app::marked());
        let effect = Effect::new(db.clone(), marks);
        Self {
            app: app.clone(),
            runner: Runner::new(db.clone(), Heads::default(), Arc::new(effect), "test"),
            desk: Desk::default(),
        }
    }

    /// How the number of posts of `#sea` changes by what was recorded so far.
    async fn settle(&mut self) -> i64 {
        let before = posts(&self.app).await;
        self.runner.settle(&mut self.desk).await.unwrap();
        posts(&self.app).await - before
    }
}

async fn posts(app: &TestApp) -> i64 {
    let sql = "SELECT COALESCE((SELECT c.value FROM counter c JOIN hashtag h ON h.id = c.subject_id \
               WHERE h.name = 'sea' AND c.kind = 'POSTS'), 0) AS n";
    number(app, sql).await
}

/// How many rows of `person` are counted.
async fn counted(app: &TestApp, person: &Caller) -> i64 {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM post_hashtag h JOIN post p ON p.id = h.post_id \
         JOIN person a ON a.id = p.author_id WHERE h.is_counted AND a.handle = '{}'",
        person.handle
    );
    number(app, &sql).await
}

async fn turn(person: &Caller, is_private: bool) {
    let input = json!({ "isPrivate": is_private });
    assert_eq!(attempt(person, "updateProfile", input).await, "done");
}

#[tokio::test]
async fn public_posts_of_public_accounts_are_counted_from_the_first() {
    let app = TestApp::start().await;
    app.hold();
    let ada = app.user("ada").await;
    let post = ada.post("#sea #sky").await;
    ada.post_to("#sea", "UNLISTED").await;
    assert_eq!(counted(&app, &ada).await, 2);
    turn(&ada, true).await;
    ada.post("#sea").await;
    assert_eq!(counted(&app, &ada).await, 2);
    // A text from the time before is taken out by its own mark, exactly.
    let edit = json!({ "postId": post, "body": "#sea alone" });
    assert_eq!(attempt(&ada, "editPost", edit).await, "done");
    assert_eq!(counted(&app, &ada).await, 0);
    let mut follower = Follower::of(&app).await;
    assert_eq!(follower.settle().await, 0);
}

#[tokio::test]
async fn what_became_private_leaves_the_numbers_and_comes_back_with_the_account() {
    let app = TestApp::start().await;
    app.hold();
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let mut follower = Follower::of(&app).await;
    bob.post("#sea").await;
    let gone = ada.post("#sea").await;
    ada.post("#sea and #sky").await;
    ada.post_to("#sea", "FOLLOWERS").await;
    assert_eq!(follower.settle().await, 0);

    turn(&ada, true).await;
    assert_eq!(follower.settle().await, -2);
    assert_eq!(
        (counted(&app, &ada).await, counted(&app, &bob).await),
        (0, 1)
    );

    ada.post("#sea in private").await;
    let input = json!({ "postId": gone });
    assert_eq!(attempt(&ada, "deletePost", input).await, "done");
    turn(&ada, false).await;
    assert_eq!(follower.settle().await, 2);
    assert_eq!(counted(&app, &ada).await, 3);
    assert_eq!(follower.settle().await, 0);
}

#[tokio::test]
async fn only_what_the_account_is_now_matters() {
    let app = TestApp::start().await;
    app.hold();
    let ada = app.user("ada").await;
    let mut follower = Follower::of(&app).await;
    ada.post("#sea").await;
    for is_private in [true, false, true, false] {
        turn(&ada, is_private).await;
    }
    assert_eq!(follower.settle().await, 0);
    turn(&ada, true).await;
    let input = json!({ "bio": "Counts." });
    assert_eq!(attempt(&ada, "updateProfile", input).await, "done");
    assert_eq!(follower.settle().await, -1);
}

#[tokio::test]
async fn an_account_of_many_posts_moves_in_chunks() {
    let app = TestApp::start().await;
    app.hold();
    let ada = app.user("ada").await;
    ada.post("#sea").await;
    many_posts(&app, 600).await;
    let mut follower = Follower::of(&app).await;
    turn(&ada, true).await;
    app.forget_seen().await;
    assert_eq!(follower.settle().await, -601);
    assert_eq!(counted(&app, &ada).await, 0);
    let seen = app.seen();
    let moves = seen
        .iter()
        .filter(|seen| seen.sql.starts_with("UPDATE post_hashtag"));
    assert_eq!(moves.count(), 2, "five hundred at once");
    turn(&ada, false).await;
    assert_eq!(follower.settle().await, 601);
    assert_eq!(counted(&app, &ada).await, 601);
}

/// As many posts of ada's under `#sea`.
async fn many_posts(app: &TestApp, many: u32) {
    let (post, ada) = (bulk::id(7, "n"), bulk::person("ada"));
    let sea = "(SELECT id FROM hashtag WHERE name = 'sea')";
    let columns = [
        ("id", post.as_str()),
        ("author_id", &ada),
        ("body", "'#sea'"),
        ("visibility", "'PUBLIC'"),
        ("created_at", "n"),
        ("created_by", "'createPost'"),
    ];
    bulk::insert(app, "post", many, &columns).await;
    let columns = [
        ("post_id", post.as_str()),
        ("hashtag_id", sea),
        ("position", "0"),
        ("created_at", "n"),
        ("is_public", "TRUE"),
        ("is_counted", "TRUE"),
    ];
    bulk::insert(app, "post_hashtag", many, &columns).await;
}
