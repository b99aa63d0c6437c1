//! Of what is undone while it is told nothing is left (R40).

use serde_json::json;

use super::stage::{does, told, unreact};
use crate::support::{Caller, TestApp, number};

const ROWS: &str = "SELECT COUNT(*) AS n FROM notification";

#[tokio::test]
async fn what_was_undone_before_it_was_told_is_not_told() {
    let app = TestApp::start().await;
    let [ann, bob, eve] = app.users(["ann", "bob", "eve"]).await;
    let post = ann.post("a").await;
    app.settle().await;
    app.hold();
    bob.follow(&ann).await;
    bob.react(&post, "👍").await;
    eve.react(&post, "👍").await;
    let comment = eve.comment(&post, "c @bob").await;
    bob.unfollow(&ann).await;
    does(&ann, "blockUser", json!({ "userId": bob.id })).await;
    unreact(&eve, &post, "👍").await;
    does(&eve, "deleteComment", json!({ "commentId": comment })).await;
    app.settle().await;
    for caller in [&ann, &bob, &eve] {
        assert_eq!(told(caller).await, [""; 0], "{}", caller.handle);
    }
    assert_eq!(number(&app, ROWS).await, 0);
    let facts = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'notification.created.v1'";
    assert_eq!(number(&app, facts).await, 0);
}

/// Both at once, and the consumer in between.
async fn at_once(app: &TestApp, one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    tokio::join!(one, app.settle(), other);
    app.settle().await;
}

#[tokio::test]
async fn whoever_is_first_nothing_is_left_of_what_the_other_ends() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let post = ann.post("a").await;
    app.hold();
    for n in 0..12 {
        let bob = app.user(&format!("bob{n}")).await;
        let reacts = async {
            let input = json!({ "subjectId": post, "emoji": "👍" });
            crate::support::attempt(&bob, "addReaction", input).await;
        };
        let blocks = async {
            let (from, to): (&Caller, &Caller) = if n % 2 == 0 {
                (&ann, &bob)
            } else {
                (&bob, &ann)
            };
            does(from, "blockUser", json!({ "userId": to.id })).await;
        };
        if n % 3 == 0 {
            at_once(&app, blocks, reacts).await;
        } else {
            at_once(&app, reacts, blocks).await;
        }
        assert_eq!(told(&ann).await, [""; 0], "{n}");
    }
    for n in 0..6 {
        let eve = app.user(&format!("eve{n}")).await;
        let follows = async {
            eve.follow(&ann).await;
        };
        let unfollows = async {
            eve.unfollow(&ann).await;
        };
        at_once(&app, follows, unfollows).await;
        eve.unfollow(&ann).await;
        app.settle().await;
        assert_eq!(told(&ann).await, [""; 0], "{n}");
    }
    assert_eq!(number(&app, ROWS).await, 0);
}
