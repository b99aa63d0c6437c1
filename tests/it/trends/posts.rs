//! Posts that people take up.

use rookery::trends::{commands, entity::Kind};
use serde_json::json;

use super::{app, bodies, list, score};
use crate::support::{Caller, TestApp, attempt, number, on_postgres, states};

#[tokio::test]
async fn who_takes_a_post_up_counts_once_for_each_way_and_its_author_never() {
    let app = app().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("one").await;
    for emoji in ["👍", "🎉", "🦀"] {
        ada.react(&post, emoji).await;
    }
    ada.comment(&post, "my own").await;
    app.settle().await;
    assert_eq!(score(&app, &post).await, None);
    bob.react(&post, "👍").await;
    app.settle().await;
    let once = score(&app, &post).await.unwrap();
    bob.react(&post, "🎉").await;
    app.settle().await;
    assert_eq!(score(&app, &post).await, Some(once));
    cid.react(&post, "👍").await;
    app.settle().await;
    assert!(score(&app, &post).await.unwrap() > once);
    for (who, emoji) in [(&bob, "👍"), (&bob, "🎉"), (&cid, "👍")] {
        let back = json!({ "subjectId": post, "emoji": emoji });
        assert_eq!(attempt(who, "removeReaction", back).await, "done");
    }
    app.settle().await;
    assert_eq!(score(&app, &post).await, None);
}

#[tokio::test]
async fn a_quote_weighs_more_than_a_comment_and_a_comment_more_than_a_reaction() {
    let app = app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let [liked, discussed, quoted, silent] = [
        ada.post("liked").await,
        ada.post("discussed").await,
        ada.post("quoted").await,
        ada.post("silent").await,
    ];
    bob.react(&liked, "👍").await;
    bob.comment(&discussed, "so").await;
    let quote = json!({ "body": "see", "quoteOfId": quoted });
    assert_eq!(attempt(&bob, "createPost", quote).await, "done");
    list(&app).await;
    assert_eq!(bodies(&app.guest()).await, ["quoted", "discussed", "liked"]);
    assert_eq!(score(&app, &silent).await, None);
}

#[tokio::test]
async fn six_hours_of_age_weigh_as_much_as_twice_the_points() {
    let app = app().await;
    let [ada, bob, cid, dan] = app.users(["ada", "bob", "cid", "dan"]).await;
    let old = ada.post("old").await;
    for who in [&bob, &cid, &dan] {
        who.react(&old, "👍").await;
    }
    app.advance(6 * 60 * 60 - 60);
    let young = ada.post("young").await;
    bob.react(&young, "👍").await;
    list(&app).await;
    assert_eq!(bodies(&app.guest()).await, ["old", "young"]);
    app.advance(120);
    let younger = ada.post("younger").await;
    bob.react(&younger, "👍").await;
    list(&app).await;
    assert_eq!(bodies(&app.guest()).await, ["younger", "old", "young"]);
}

async fn taken_up(app: &TestApp) -> [Caller; 3] {
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    bob.follow(&ada).await;
    for level in ["PUBLIC", "UNLISTED", "FOLLOWERS"] {
        let post = ada.post_to(level, level).await;
        bob.react(&post, "👍").await;
    }
    let other = bob.post("by bob").await;
    cid.react(&other, "👍").await;
    [ada, bob, cid]
}

#[tokio::test]
async fn only_public_posts_of_public_accounts_are_there_for_followers_too() {
    let app = app().await;
    let [ada, bob, _] = taken_up(&app).await;
    list(&app).await;
    assert_eq!(bodies(&bob).await, ["by bob", "PUBLIC"]);
    // At once, though the list was made before.
    let private = json!({ "isPrivate": true });
    assert_eq!(attempt(&ada, "updateProfile", private).await, "done");
    assert_eq!(bodies(&bob).await, ["by bob"]);
    assert_eq!(bodies(&ada).await, ["by bob"]);
    list(&app).await;
    assert_eq!(bodies(&bob).await, ["by bob"]);
    let public = json!({ "isPrivate": false });
    assert_eq!(attempt(&ada, "updateProfile", public).await, "done");
    list(&app).await;
    assert_eq!(bodies(&bob).await, ["by bob", "PUBLIC"]);
}

#[tokio::test]
async fn a_list_shows_what_the_reader_may_see_now() {
    let app = app().await;
    let [ada, bob, cid] = taken_up(&app).await;
    list(&app).await;
    states::block(&app, &ada, &cid).await;
    assert_eq!(bodies(&cid).await, ["by bob"]);
    assert_eq!(bodies(&app.guest()).await, ["by bob", "PUBLIC"]);
    let mute = json!({ "userId": ada.id });
    assert_eq!(attempt(&bob, "muteUser", mute).await, "done");
    assert_eq!(bodies(&bob).await, ["by bob"]);
    states::hide(&app, "by bob").await;
    assert!(bodies(&bob).await.is_empty());
    states::suspend(&app, &ada).await;
    assert!(bodies(&app.guest()).await.is_empty());
}

#[tokio::test]
async fn a_cursor_stays_in_its_list_for_an_hour() {
    let app = app().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let mut posts = Vec::new();
    for n in 0..4 {
        let post = ada.post(&format!("post {n}")).await;
        bob.react(&post, "👍").await;
        posts.push(post);
        app.advance(60);
    }
    list(&app).await;
    let query = "query($after: String) { explore(order: TRENDING, first: 2, after: $after) { \
                 nodes { body } pageInfo { hasNextPage endCursor } } }";
    let first = app.guest().query(query, json!({})).await;
    assert_eq!(
        super::texts(&first["explore"]["nodes"], "body"),
        ["post 3", "post 2"]
    );
    // The last one becomes the first of the next list.
    cid.comment(&posts[0], "so").await;
    list(&app).await;
    assert_eq!(bodies(&bob).await[0], "post 0");
    let after = json!({ "after": first["explore"]["pageInfo"]["endCursor"] });
    let next = app.guest().query(query, after.clone()).await;
    assert_eq!(
        super::texts(&next["explore"]["nodes"], "body"),
        ["post 1", "post 0"]
    );
    assert_eq!(next["explore"]["pageInfo"]["hasNextPage"], json!(false));
    app.advance(60 * 60);
    list(&app).await;
    assert_eq!(app.guest().send(query, after).await.code(), "BAD_CURSOR");
    let latest = "{ explore(first: 1) { pageInfo { endCursor } } }";
    let latest = app.guest().query(latest, json!({})).await;
    let other = json!({ "after": latest["explore"]["pageInfo"]["endCursor"] });
    assert_eq!(app.guest().send(query, other).await.code(), "BAD_CURSOR");
}

#[tokio::test]
async fn a_list_is_five_hundred_long_and_an_hour_of_lists_is_kept() {
    let app = app().await;
    let ada = app.user("ada").await;
    ada.post("of 600").await;
    let sql = "INSERT INTO trend_score (subject_id, kind, score) SELECT id, 'POST', 1 FROM post";
    for n in 1..600 {
        ada.app.sql(&copy(n)).await;
    }
    app.sql(sql).await;
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM trend_score").await,
        600
    );
    for _ in 0..62 {
        list(&app).await;
    }
    let longest = "SELECT MAX(n) AS n FROM (SELECT COUNT(*) AS n FROM trend_place \
                   GROUP BY place / 1000) lists";
    assert_eq!(number(&app, longest).await, 500);
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM trend_list").await,
        61
    );
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM trend_place").await,
        61 * 500
    );
    assert_eq!(bodies(&ada).await.len(), 100);
}

/// A post like the one there is, with another id.
fn copy(n: u32) -> String {
    let id = match on_postgres() {
        true => format!("'{:032x}'::uuid", n),
        false => format!("x'{:032x}'", n),
    };
    format!(
        "INSERT INTO post (id, author_id, body, visibility, created_at, created_by, reply_policy, \
         is_locked) SELECT {id}, author_id, body, visibility, created_at, created_by, \
         reply_policy, is_locked FROM post LIMIT 1"
    )
}

#[tokio::test]
async fn however_many_servers_there_are_a_minute_has_one_list() {
    let app = app().await;
    taken_up(&app).await;
    app.settle().await;
    let p = app.platform();
    let lists = (0..8).map(|_| commands::list(p, Kind::Post));
    let made = futures_util::future::join_all(lists).await;
    let made = made.into_iter().filter(|made| *made.as_ref().unwrap());
    assert_eq!(made.count(), 1);
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM trend_place").await,
        2
    );
}

#[tokio::test]
async fn a_page_costs_the_same_however_long_it_is() {
    let app = app().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for n in 0..20 {
        let post = ada.post(&format!("post {n}")).await;
        bob.react(&post, "👍").await;
    }
    list(&app).await;
    let query = "query($n: Int) { explore(order: TRENDING, first: $n) { nodes { body \
                 author { handle } reactionCount } pageInfo { hasNextPage } } }";
    let mut costs = Vec::new();
    for n in [1, 20] {
        app.forget_statements().await;
        let data = bob.query(query, json!({ "n": n })).await;
        assert_eq!(data["explore"]["nodes"].as_array().unwrap().len(), n);
        costs.push(app.statements().await.len());
    }
    // The session, the lists there are, the page, its authors, its counters.
    assert_eq!(costs, [5, 5]);
}
