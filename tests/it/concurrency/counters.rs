//! Public counters: right after anything, and mended when they are wrong.

use rookery::ids::NodeId;
use serde_json::json;

use super::{invariants, town::Town};
use crate::support::{TestApp, fields, number};

#[tokio::test]
async fn after_any_sequence_of_commands_every_number_is_the_truth() {
    for seed in 100..104 {
        let app = TestApp::start_with(|config| config.limits.member_budget = u32::MAX).await;
        let town = Town::found(&app).await;
        let mut dice = fastrand::Rng::with_seed(seed);
        for _ in 0..250 {
            app.advance(1);
            town.act(&mut dice).await;
        }
        town.is_believable();
        invariants::hold(&app).await;
        let not_zero = number(&app, "SELECT COUNT(*) AS n FROM counter WHERE value <> 0").await;
        assert!(
            not_zero > 20,
            "seed {seed}: only {not_zero} numbers were not zero"
        );
        let negative = number(&app, "SELECT COUNT(*) AS n FROM counter WHERE value < 0").await;
        assert_eq!(negative, 0, "seed {seed}");
    }
}

/// What the schema shows of every counter.
async fn shown(app: &TestApp, post: &str, comment: &str) -> serde_json::Value {
    let query = "{ user(handle: \"ada\") { followerCount followingCount postCount } \
        hashtag(name: \"tag\") { postCount } }";
    let groups = "reactionCount reactionGroups { emoji count }";
    let guest = app.guest();
    json!([
        guest.query(query, json!({})).await,
        fields(&guest, post, &format!("commentCount {groups}")).await,
        fields(&guest, comment, &format!("replyCount {groups}")).await,
    ])
}

const ALL: &[&str] = &[
    "FOLLOWERS",
    "FOLLOWING",
    "POSTS",
    "COMMENTS",
    "REPLIES",
    "REACTIONS",
];

/// The uuid of a node as SQL of the engine.
fn literal(node: &str) -> String {
    let id = NodeId::parse(node).unwrap().id.simple().to_string();
    match crate::support::on_postgres() {
        true => format!("'{id}'"),
        false => format!("x'{id}'"),
    }
}

#[tokio::test]
async fn a_wrong_number_of_any_kind_is_found_and_mended() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.follow(&bob).await;
    bob.follow(&ada).await;
    let post = ada.post("a post #tag").await;
    let comment = ada.comment(&post, "a comment").await;
    ada.reply(&post, &comment, "a reply").await;
    for subject in [&post, &comment] {
        bob.react(subject, "👍").await;
    }
    let right = shown(&app, &post, &comment).await;
    assert_eq!(invariants::mended(&app).await, []);
    let stray = format!(
        "INSERT INTO counter (subject_id, kind, value) VALUES ({}, 'FOLLOWERS', 3)",
        literal(&post)
    );
    for (harm, expected) in [
        ("UPDATE counter SET value = value + 7", ALL),
        ("DELETE FROM counter", ALL),
        (
            "UPDATE counter SET value = 0 WHERE kind = 'REPLIES'",
            &["REPLIES"],
        ),
        (&stray, &["FOLLOWERS"]),
        ("UPDATE reaction_group SET count = count + 1", &["GROUPS"]),
        ("DELETE FROM reaction_group", &["GROUPS"]),
        ("UPDATE comment SET score = 9", &["SCORES"]),
    ] {
        app.sql(harm).await;
        let mended = invariants::mended(&app).await;
        let kinds: Vec<_> = mended.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, expected, "{harm}");
        invariants::hold(&app).await;
        assert_eq!(shown(&app, &post, &comment).await, right, "{harm}");
        let scores = "SELECT COUNT(*) AS n FROM comment WHERE score <> (SELECT COUNT(*) \
            FROM reaction WHERE subject_id = comment.id)";
        assert_eq!(number(&app, scores).await, 0, "{harm}");
    }
}
