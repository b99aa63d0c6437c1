//! Public counters: right after anything, and mended when they are wrong.

use rookery::{counters::Counter, ids::NodeId};
use serde_json::json;

use super::{invariants, town::Town};
use crate::support::{TestApp, attempt, fields, number, on_postgres, text_of};

#[tokio::test]
async fn after_any_sequence_of_commands_every_number_is_the_truth() {
    // Each engine has sequences of its own: what they share is proven on both by the others.
    let first = if on_postgres() { 102 } else { 100 };
    for seed in first..first + 2 {
        let app = TestApp::start_with(|config| config.limits.member_budget = u32::MAX).await;
        let town = Town::found(&app).await;
        let mut dice = fastrand::Rng::with_seed(seed);
        for _ in 0..400 {
            app.advance(1);
            town.act(&mut dice).await;
        }
        town.is_believable();
        town.has_done_everything();
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
    let polled = "poll { voteCount options { voteCount } }";
    let guest = app.guest();
    json!([
        guest.query(query, json!({})).await,
        fields(
            &guest,
            post,
            &format!("commentCount repostCount quoteCount {polled} {groups}")
        )
        .await,
        fields(&guest, comment, &format!("replyCount {groups}")).await,
    ])
}

/// What is broken, and the kinds of numbers that are wrong then. `post` never had followers.
fn harms(post: &str) -> Vec<(String, Vec<&'static str>)> {
    let post = match on_postgres() {
        true => format!("'{post}'"),
        false => format!("x'{post}'"),
    };
    let kinds = Counter::ALL.map(Counter::name).to_vec();
    let one_more = "INSERT INTO counter (subject_id, kind, value) VALUES";
    let harm = |sql: &str, kinds: &[&'static str]| (sql.to_owned(), kinds.to_vec());
    vec![
        harm("UPDATE counter SET value = value + 7", &kinds),
        harm("DELETE FROM counter", &kinds),
        harm(
            "UPDATE counter SET value = 0 WHERE kind = 'REPLIES'",
            &["REPLIES"],
        ),
        harm(
            &format!("{one_more} ({post}, 'FOLLOWERS', 3)"),
            &["FOLLOWERS"],
        ),
        harm("UPDATE reaction_group SET count = count + 1", &["GROUPS"]),
        harm("UPDATE comment SET score = 9", &["SCORES"]),
        harm("DELETE FROM reaction_group", &["GROUPS"]),
    ]
}

#[tokio::test]
async fn a_wrong_number_of_any_kind_is_found_and_mended() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    ada.follow(&bob).await;
    bob.follow(&ada).await;
    let poll = json!({ "options": ["a", "b"], "closesAt": "2026-05-01T13:00:00Z" });
    let input = json!({ "body": "a post #tag", "poll": poll });
    let payload = "postEdge { node { id poll { id options { id } } } }";
    let made = ada.mutate("createPost", input, payload).await;
    let made = &made["postEdge"]["node"];
    let post = text_of(&made["id"]);
    let option = &made["poll"]["options"][1]["id"];
    let vote = json!({ "pollId": made["poll"]["id"], "optionIds": [option] });
    assert_eq!(attempt(&bob, "votePoll", vote).await, "done");
    let comment = ada.comment(&post, "a comment").await;
    ada.reply(&post, &comment, "a reply").await;
    for subject in [&post, &comment] {
        bob.react(subject, "👍").await;
    }
    let repost = json!({ "postId": post });
    assert_eq!(attempt(&bob, "repost", repost).await, "done");
    let quote = json!({ "body": "look", "quoteOfId": post });
    assert_eq!(attempt(&bob, "createPost", quote).await, "done");
    let right = shown(&app, &post, &comment).await;
    assert_eq!(invariants::mended(&app).await, []);
    let nobody = NodeId::parse(&post).unwrap().id.simple().to_string();
    for (harm, expected) in harms(&nobody) {
        let harm = harm.as_str();
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
