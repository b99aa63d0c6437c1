//! Voting, and polls that close.

use rookery::posts::commands::close_due;
use serde_json::json;
use tokio::task::JoinSet;

use super::polls::{ask, patient, plain, vote};
use crate::{
    concurrency::invariants,
    support::{TestApp, attempt, fields, number, on_postgres, outcome},
};

#[tokio::test]
async fn a_vote_counts_once_and_is_not_changed() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let (post, poll, options) = ask(&ada, plain()).await;
    let input = json!({ "pollId": poll, "optionIds": [options[1]] });
    let payload = "poll { voteCount viewerVotes viewerCanVote options { voteCount } }";
    let expected = json!({
        "voteCount": 1, "viewerVotes": [options[1]], "viewerCanVote": false,
        "options": [{ "voteCount": 0 }, { "voteCount": 1 }, { "voteCount": 0 }]
    });
    for again in [false, true] {
        let done = bob.mutate("votePoll", input.clone(), payload).await;
        assert_eq!(outcome(&done), "done");
        assert_eq!(done["poll"], expected, "again: {again}");
    }
    assert_eq!(
        vote(&bob, &poll, &[&options[0]]).await,
        "CONFLICT at pollId"
    );
    assert_eq!(vote(&cid, &poll, &[&options[1], &options[1]]).await, "done");
    let counts = fields(
        &app.guest(),
        &post,
        "poll { voteCount options { voteCount } }",
    )
    .await;
    assert_eq!(counts["poll"]["voteCount"], 2);
    assert_eq!(counts["poll"]["options"][1]["voteCount"], 2);
    invariants::hold(&app).await;
}

#[tokio::test]
async fn several_options_are_chosen_at_once_where_the_poll_takes_several() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (_, single, one) = ask(&ada, plain()).await;
    let both = vote(&bob, &single, &[&one[0], &one[1]]).await;
    assert_eq!(both, "BAD_USER_INPUT at optionIds");
    let mut several = plain();
    several["isMultipleChoice"] = json!(true);
    let (post, poll, options) = ask(&ada, several).await;
    let chosen = [&options[2], &options[0]];
    assert_eq!(vote(&bob, &poll, &chosen).await, "done");
    assert_eq!(vote(&bob, &poll, &[&options[0], &options[2]]).await, "done");
    assert_eq!(
        vote(&bob, &poll, &[&options[0]]).await,
        "CONFLICT at pollId"
    );
    assert_eq!(
        vote(&bob, &poll, &[&options[1]]).await,
        "CONFLICT at pollId"
    );
    let told = "poll { voteCount viewerVotes options { voteCount } }";
    let seen = fields(&bob, &post, told).await["poll"].clone();
    assert_eq!(
        seen,
        json!({ "voteCount": 1, "viewerVotes": [options[0], options[2]],
            "options": [{ "voteCount": 1 }, { "voteCount": 0 }, { "voteCount": 1 }] })
    );
    invariants::hold(&app).await;
}

#[tokio::test]
async fn who_asks_does_not_vote_nor_anybody_for_what_is_not_there() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (post, poll, options) = ask(&ada, plain()).await;
    let (_, _, others) = ask(&ada, plain()).await;
    let plain_post = ada.post("no question").await.replace("Post_", "Poll_");
    assert_eq!(
        vote(&ada, &poll, &[&options[0]]).await,
        "FORBIDDEN at pollId"
    );
    let wrong = "nonsense".to_owned();
    for (target, chosen, expected) in [
        (&poll, vec![], "BAD_USER_INPUT at optionIds"),
        (
            &poll,
            vec![&options[0], &others[0]],
            "NOT_FOUND at optionIds.1",
        ),
        (&poll, vec![&wrong], "BAD_USER_INPUT at optionIds.0"),
        (&poll, vec![&poll], "BAD_USER_INPUT at optionIds.0"),
        (&post, vec![&options[0]], "BAD_USER_INPUT at pollId"),
        (&plain_post, vec![], "NOT_FOUND at pollId"),
    ] {
        assert_eq!(
            vote(&bob, target, &chosen).await,
            expected,
            "{target} {chosen:?}"
        );
    }
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM poll_vote").await, 0);
}

#[tokio::test]
async fn nobody_votes_after_it_closed_but_the_same_vote_again_is_no_new_one() {
    let app = patient().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let (_, poll, options) = ask(&ada, plain()).await;
    assert_eq!(vote(&bob, &poll, &[&options[0]]).await, "done");
    app.advance(3_600);
    let input = json!({ "pollId": poll, "optionIds": [options[0]] });
    let late = cid.mutate("votePoll", input, "").await;
    assert_eq!(outcome(&late), "CONFLICT at pollId");
    assert_eq!(
        late["userErrors"][0]["message"],
        "This poll is closed; nobody votes any more."
    );
    assert_eq!(vote(&bob, &poll, &[&options[0]]).await, "done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_votes_by_one_person_at_once_one_counts() {
    let app = patient().await;
    let people = app.users(["ada", "bob", "cid"]).await;
    for round in 0..if on_postgres() { 20 } else { 4 } {
        let mut poll = plain();
        poll["isMultipleChoice"] = json!(round % 2 == 1);
        let (post, poll, options) = ask(&people[0], poll).await;
        let mut voting = JoinSet::new();
        for n in 0..8 {
            let (who, poll) = (people[1 + n % 2].clone(), poll.clone());
            let option = options[n % 3].clone();
            voting.spawn(async move { (n, vote(&who, &poll, &[&option]).await) });
        }
        let mut done = 0;
        while let Some(told) = voting.join_next().await {
            match told.unwrap() {
                (_, told) if told == "done" => done += 1,
                (_, told) => assert_eq!(told, "CONFLICT at pollId"),
            }
        }
        assert!(done >= 2, "each has voted");
        let seen = fields(
            &people[0],
            &post,
            "poll { voteCount options { voteCount } }",
        )
        .await;
        assert_eq!(seen["poll"]["voteCount"], 2);
        let each = seen["poll"]["options"].as_array().unwrap().iter();
        let sum: i64 = each
            .map(|option| option["voteCount"].as_i64().unwrap())
            .sum();
        assert_eq!(sum, 2, "one choice of each");
        invariants::hold(&app).await;
    }
}

const CLOSED: &str = "SELECT COUNT(*) AS n FROM activity WHERE kind = 'poll.closed.v1'";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn that_a_poll_closed_is_recorded_once_whoever_looks() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    for _ in 0..if on_postgres() { 12 } else { 4 } {
        ask(&ada, plain()).await;
    }
    let (gone, _, _) = ask(&ada, plain()).await;
    let deleted = attempt(&ada, "deletePost", json!({ "postId": gone })).await;
    assert_eq!(deleted, "done");
    app.advance(3_599);
    assert_eq!(close_due(app.platform()).await.unwrap(), 0);
    app.advance(1);
    let mut looking = JoinSet::new();
    for _ in 0..4 {
        let p = app.platform().clone();
        looking.spawn(async move { close_due(&p).await.unwrap() });
    }
    while let Some(seen) = looking.join_next().await {
        seen.unwrap();
    }
    let polls = if on_postgres() { 12 } else { 4 };
    assert_eq!(number(&app, CLOSED).await, polls, "not the deleted one");
    assert_eq!(close_due(app.platform()).await.unwrap(), 0);
    let by_nobody = format!("{CLOSED} AND actor IS NULL AND visibility = 'public'");
    assert_eq!(number(&app, &by_nobody).await, polls);
}
