//! The tables of search hold what posts, people and hashtags say, whatever happened in between, and
//! a rebuild makes the same of them.

use fastrand::Rng;
use rookery::search::{consumers::SEARCH, rebuild::Searched, tokens};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::{app, found};
use crate::support::{Caller, TestApp, number, on_postgres, outcome, rebuild};

const WORDS: [&str; 9] = [
    "ann",
    "Straße",
    "猫が好き",
    "#bread",
    "#パン",
    "🎉",
    "@bob_02",
    "it's",
    "ёлка",
];

/// All rows of both tables, in order.
async fn rows(app: &TestApp) -> Vec<String> {
    let db = app.platform().db.background();
    let id = match on_postgres() {
        true => "CAST(subject_id AS text)",
        false => "lower(hex(subject_id))",
    };
    let mut all = Vec::new();
    for table in ["search_word", "search_prefix"] {
        let sql = format!(
            "SELECT kind || ' ' || term || ' ' || CAST(place AS text) || ' ' || {id} AS told \
             FROM {table}"
        );
        let statement = Statement::from_string(app.platform().db.backend(), sql);
        for row in db.query_all_raw(statement).await.unwrap() {
            let told: String = row.try_get("", "told").unwrap();
            all.push(told.replace('-', ""));
        }
    }
    all.sort();
    all
}

fn text(dice: &mut Rng) -> String {
    let words = (0..dice.usize(1..6)).map(|_| dice.choice(WORDS).unwrap());
    words.collect::<Vec<_>>().join(" ")
}

/// One random change by one of the people.
async fn act(people: &[Caller], posts: &mut Vec<(usize, String)>, dice: &mut Rng) {
    let who = dice.usize(0..people.len());
    let text = text(dice);
    let at = dice.usize(0..posts.len().max(1));
    let (who, field, input) = match (dice.u32(0..10), posts.get(at)) {
        (5, _) => (who, "updateProfile", json!({ "displayName": text })),
        (6, _) => {
            let handle = format!("ann_{:02}", dice.u32(0..60));
            (who, "changeHandle", json!({ "handle": handle }))
        }
        (7 | 8, Some((who, post))) => (*who, "editPost", json!({ "postId": post, "body": text })),
        (9, Some((who, post))) => {
            let input = json!({ "postId": post });
            let who = *who;
            posts.swap_remove(at);
            (who, "deletePost", input)
        }
        _ => {
            let levels = ["PUBLIC", "UNLISTED", "FOLLOWERS", "MENTIONED"];
            let post = people[who]
                .post_to(&text, dice.choice(levels).unwrap())
                .await;
            posts.push((who, post));
            return;
        }
    };
    let done = people[who].mutate(field, input, "").await;
    let is_taken = outcome(&done).starts_with("HANDLE_TAKEN");
    assert!(outcome(&done) == "done" || is_taken, "{field}: {done}");
}

#[tokio::test]
async fn whatever_happens_the_rows_are_those_that_a_rebuild_makes() {
    let app = app().await;
    let people = app.users(["ann_01", "bob_02", "cid_03"]).await;
    let (mut posts, mut dice) = (Vec::new(), Rng::with_seed(7));
    app.hold();
    for round in 0..6 {
        for _ in 0..20 {
            act(&people, &mut posts, &mut dice).await;
            app.advance(1);
        }
        // The consumer is behind by a round; a rebuild meanwhile does no harm.
        if round % 2 == 0 {
            rebuild(&app, &Searched).await;
        }
        app.settle().await;
        let kept = rows(&app).await;
        app.sql("DELETE FROM search_word").await;
        app.sql("DELETE FROM search_prefix").await;
        rebuild(&app, &Searched).await;
        assert_eq!(rows(&app).await, kept);
        assert!(kept.len() > 50);
    }
}

#[tokio::test]
async fn a_rebuild_takes_out_what_is_not_so_and_nothing_else() {
    let app = app().await;
    let ann = app.user("ann_01").await;
    ann.post("a word #tag").await;
    app.settle().await;
    let right = rows(&app).await;
    let gone = match on_postgres() {
        true => "gen_random_uuid()",
        false => "randomblob(16)",
    };
    for sql in [
        "UPDATE search_word SET term = 'other' WHERE term = 'word'".to_owned(),
        "UPDATE search_prefix SET place = 9 WHERE term = 'an'".to_owned(),
        "DELETE FROM search_prefix WHERE term = 'tag'".to_owned(),
        format!("INSERT INTO search_word VALUES ('PUBLIC', 'ghost', 1, {gone})"),
        format!("INSERT INTO search_prefix VALUES ('USER', 'ghost', 1, {gone})"),
    ] {
        app.sql(&sql).await;
    }
    assert_ne!(rows(&app).await, right);
    rebuild(&app, &Searched).await;
    assert_eq!(rows(&app).await, right);
}

#[tokio::test]
async fn events_that_come_again_change_nothing() {
    let app = app().await;
    let ann = app.user("ann_01").await;
    for n in 0..5 {
        ann.post(&format!("post {n} #tag{n}")).await;
    }
    app.settle().await;
    let before = rows(&app).await;
    app.sql(&format!(
        "UPDATE activity_consumer SET position = 0, worker = NULL WHERE name = '{SEARCH}'"
    ))
    .await;
    app.settle().await;
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn a_post_of_very_many_words_is_found_by_all_that_count() {
    let app = app().await;
    let ann = app.user("ann_01").await;
    let body: String = (0..1_200).map(|n| format!("{n:03} ")).collect();
    let body = body.chars().take(5_000).collect::<String>();
    ann.post(&body).await;
    for word in ["000", "999"] {
        assert_eq!(found(&ann, "POSTS", word).await.len(), 1, "{word}");
    }
    assert_eq!(found(&ann, "POSTS", "1100").await.len(), 0);
    let most = i64::try_from(tokens::MOST_WORDS).unwrap();
    assert_eq!(
        number(&app, "SELECT COUNT(*) AS n FROM search_word").await,
        most
    );
}

#[tokio::test]
async fn a_flood_of_events_is_written_in_chunks() {
    let app = app().await;
    let ann = app.user("ann_01").await;
    app.hold();
    for n in 0..8 {
        let body: String = (0..700).map(|word| format!("{} ", word + n)).collect();
        ann.post(body.trim()).await;
    }
    app.settle().await;
    let count = number(&app, "SELECT COUNT(*) AS n FROM search_word").await;
    assert_eq!(count, 8 * 700);
}
