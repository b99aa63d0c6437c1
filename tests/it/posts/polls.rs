//! Polls: asking, and what is told of them.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields, node, number, outcome, states, text_of};

/// Noon, an hour later: see `NOON`.
pub const ONE: &str = "2026-05-01T13:00:00Z";

/// An app whose sessions outlive the hours that tests let pass.
pub async fn patient() -> TestApp {
    TestApp::start_with(|config| {
        config.http.access_token_seconds = 30 * 24 * 3_600;
        config.limits.member_budget = u32::MAX;
    })
    .await
}

const WHOLE: &str = "id isMultipleChoice closesAt isClosed voteCount viewerCanVote viewerVotes \
    options { text voteCount }";

/// A post that asks, and the ids of its poll and options.
pub async fn ask(who: &Caller, poll: Value) -> (String, String, Vec<String>) {
    let input = json!({ "body": "a question", "poll": poll });
    let payload = "postEdge { node { id poll { id options { id } } } }";
    let done = who.mutate("createPost", input, payload).await;
    assert_eq!(outcome(&done), "done");
    let node = &done["postEdge"]["node"];
    let options = node["poll"]["options"].as_array().unwrap();
    let options = options.iter().map(|option| text_of(&option["id"]));
    (
        text_of(&node["id"]),
        text_of(&node["poll"]["id"]),
        options.collect(),
    )
}

/// Three options until one o'clock.
pub fn plain() -> Value {
    json!({ "options": ["tea", "coffee", "water"], "closesAt": ONE })
}

pub async fn vote(who: &Caller, poll: &str, options: &[&String]) -> String {
    let input = json!({ "pollId": poll, "optionIds": options });
    attempt(who, "votePoll", input).await
}

async fn poll_of(who: &Caller, post: &str) -> Value {
    let mut poll = fields(who, post, &format!("poll {{ {WHOLE} }}")).await["poll"].clone();
    if let Some(fields) = poll.as_object_mut() {
        fields.remove("id");
    }
    poll
}

#[tokio::test]
async fn a_post_asks_and_whoever_sees_it_sees_what() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (post, poll, options) = ask(&ada, plain()).await;
    let mut expected = json!({
        "isMultipleChoice": false, "closesAt": ONE, "isClosed": false, "voteCount": 0,
        "viewerCanVote": true, "viewerVotes": [],
        "options": [
            { "text": "tea", "voteCount": 0 },
            { "text": "coffee", "voteCount": 0 },
            { "text": "water", "voteCount": 0 },
        ]
    });
    assert_eq!(poll_of(&bob, &post).await, expected);
    expected["viewerCanVote"] = json!(false);
    assert_eq!(poll_of(&ada, &post).await, expected, "who asks");
    assert_eq!(poll_of(&app.guest(), &post).await, expected);
    let found = node(&bob, &poll, "... on Poll { isClosed }").await;
    assert_eq!(found, json!({ "__typename": "Poll", "isClosed": false }));
    let option = node(&bob, &options[1], "id ... on PollOption { text }").await;
    assert_eq!(
        option,
        json!({ "__typename": "PollOption", "id": options[1], "text": "coffee" })
    );
    let plain = ada.post("no question").await;
    assert_eq!(poll_of(&bob, &plain).await, Value::Null);
}

#[tokio::test]
async fn a_poll_that_offers_nothing_to_choose_or_ends_at_no_good_time_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let many: Vec<_> = (0..11).map(|n| n.to_string()).collect();
    let long = "é".repeat(101);
    for (options, path) in [
        (json!([]), "poll.options"),
        (json!(["one"]), "poll.options"),
        (json!(many), "poll.options"),
        (json!(["one", " "]), "poll.options.1"),
        (json!(["one", long]), "poll.options.1"),
        (json!(["a\u{0}", "b"]), "poll.options.0"),
        (json!(["One", "two", " one "]), "poll.options.2"),
    ] {
        let poll = json!({ "options": options, "closesAt": ONE });
        let input = json!({ "body": "a question", "poll": poll });
        let told = attempt(&ada, "createPost", input).await;
        assert_eq!(told, format!("BAD_USER_INPUT at {path}"), "{options}");
    }
    for closes_at in [
        "2026-04-30T12:00:00Z",
        "2026-05-01T12:04:59.999999Z",
        "2026-05-31T12:00:00.000001Z",
    ] {
        let poll = json!({ "options": ["a", "b"], "closesAt": closes_at });
        let input = json!({ "body": "a question", "poll": poll });
        let told = attempt(&ada, "createPost", input).await;
        assert_eq!(told, "BAD_USER_INPUT at poll.closesAt", "{closes_at}");
    }
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM post").await, 0);
    for closes_at in ["2026-05-01T12:05:00Z", "2026-05-31T12:00:00Z"] {
        ask(
            &ada,
            json!({ "options": ["a", "b"], "closesAt": closes_at }),
        )
        .await;
    }
    let input = json!({ "body": "", "poll": plain() });
    let told = attempt(&ada, "createPost", input).await;
    assert_eq!(told, "BAD_USER_INPUT at body", "a question has words");
}

#[tokio::test]
async fn numbers_are_told_at_once_or_once_it_is_closed() {
    let app = patient().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let mut hiding = plain();
    hiding["hideTotalsUntilClosed"] = json!(true);
    let (open, open_poll, open_options) = ask(&ada, plain()).await;
    let (hidden, hidden_poll, hidden_options) = ask(&ada, hiding).await;
    assert_eq!(vote(&bob, &open_poll, &[&open_options[0]]).await, "done");
    assert_eq!(
        vote(&bob, &hidden_poll, &[&hidden_options[1]]).await,
        "done"
    );
    let numbers = |poll: &Value| {
        let options = poll["options"].as_array().unwrap().iter();
        let each: Vec<_> = options.map(|option| option["voteCount"].clone()).collect();
        json!([poll["voteCount"], each])
    };
    let nothing = json!([null, [null, null, null]]);
    for who in [&ada, &bob, &app.guest()] {
        let told = numbers(&poll_of(who, &open).await);
        assert_eq!(told, json!([1, [1, 0, 0]]));
        assert_eq!(numbers(&poll_of(who, &hidden).await), nothing);
    }
    assert_eq!(
        poll_of(&bob, &hidden).await["viewerVotes"],
        json!([hidden_options[1]])
    );
    assert_eq!(poll_of(&ada, &hidden).await["viewerVotes"], json!([]));
    app.advance(3_599);
    assert_eq!(poll_of(&ada, &hidden).await["isClosed"], false);
    app.advance(1);
    for who in [&app.guest(), &ada, &bob] {
        let poll = poll_of(who, &hidden).await;
        assert_eq!(numbers(&poll), json!([1, [0, 1, 0]]));
        assert_eq!(poll["isClosed"], true);
        assert_eq!(poll["viewerCanVote"], false);
    }
}

#[tokio::test]
async fn a_poll_is_seen_with_its_post_alone() {
    let app = TestApp::start().await;
    let [ada, bob, eve] = app.users(["ada", "bob", "eve"]).await;
    bob.follow(&ada).await;
    let input = json!({ "body": "for friends", "visibility": "FOLLOWERS", "poll": plain() });
    let payload = "postEdge { node { poll { id options { id } } } }";
    let made = ada.mutate("createPost", input, payload).await;
    let poll = &made["postEdge"]["node"]["poll"];
    let (id, option) = (text_of(&poll["id"]), text_of(&poll["options"][0]["id"]));
    for id in [&id, &option] {
        assert!(node(&bob, id, "").await.is_object());
        assert_eq!(node(&eve, id, "").await, Value::Null);
        assert_eq!(node(&app.guest(), id, "").await, Value::Null);
    }
    assert_eq!(vote(&eve, &id, &[&option]).await, "NOT_FOUND at pollId");
    states::block(&app, &ada, &bob).await;
    assert_eq!(node(&bob, &option, "").await, Value::Null);
    assert_eq!(vote(&bob, &id, &[&option]).await, "NOT_FOUND at pollId");
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM poll_vote").await, 0);
}

#[tokio::test]
async fn a_repost_asks_nothing_and_nothing_is_left_of_what_a_deleted_post_asked() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (post, poll, options) = ask(&ada, plain()).await;
    assert_eq!(vote(&bob, &poll, &[&options[0]]).await, "done");
    let repost = bob
        .mutate(
            "repost",
            json!({ "postId": post }),
            "postEdge { node { id } }",
        )
        .await;
    let repost = text_of(&repost["postEdge"]["node"]["id"]);
    assert_eq!(poll_of(&ada, &repost).await, Value::Null);
    let as_poll = repost.replace("Post_", "Poll_");
    assert_eq!(node(&ada, &as_poll, "").await, Value::Null);
    assert_eq!(
        vote(&bob, &as_poll, &[&options[0]]).await,
        "NOT_FOUND at optionIds.0"
    );
    let edit = json!({ "postId": post, "body": "another question" });
    assert_eq!(attempt(&ada, "editPost", edit).await, "done");
    assert_eq!(
        poll_of(&bob, &post).await["voteCount"],
        1,
        "an edit leaves it"
    );
    let gone = attempt(&ada, "deletePost", json!({ "postId": post })).await;
    assert_eq!(gone, "done");
    for id in [&poll, &options[0]] {
        assert_eq!(node(&ada, id, "").await, Value::Null);
    }
    assert_eq!(
        vote(&bob, &poll, &[&options[0]]).await,
        "NOT_FOUND at pollId"
    );
    let words = "SELECT COUNT(*) AS n FROM poll_option WHERE body <> ''";
    assert_eq!(number(&app, words).await, 0);
}

#[tokio::test]
async fn a_key_stands_for_its_poll_too_also_when_that_is_nearly_over() {
    let app = patient().await;
    let ada = app.user("ada").await;
    let input = |poll: Value| json!({ "body": "a question", "poll": poll, "idempotencyKey": "k" });
    assert_eq!(attempt(&ada, "createPost", input(plain())).await, "done");
    app.advance(3_599);
    assert_eq!(attempt(&ada, "createPost", input(plain())).await, "done");
    let mut others = vec![Value::Null];
    for (part, value) in [
        ("options", json!(["tea", "coffee"])),
        ("closesAt", json!("2026-05-01T14:00:00Z")),
        ("isMultipleChoice", json!(true)),
        ("hideTotalsUntilClosed", json!(true)),
    ] {
        let mut poll = plain();
        poll[part] = value;
        others.push(poll);
    }
    for other in others {
        let told = attempt(&ada, "createPost", input(other)).await;
        assert_eq!(told, "IDEMPOTENCY_MISMATCH at idempotencyKey");
    }
    assert_eq!(number(&app, "SELECT COUNT(*) AS n FROM poll").await, 1);
}

#[tokio::test]
async fn a_page_of_polls_costs_what_one_costs() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    for n in 0..20 {
        let (_, poll, options) = ask(&ada, plain()).await;
        assert_eq!(vote(&bob, &poll, &[&options[n % 3]]).await, "done");
    }
    let query =
        format!("query($n: Int) {{ explore(first: $n) {{ nodes {{ poll {{ {WHOLE} }} }} }} }}");
    for n in [1, 20] {
        app.forget_statements().await;
        let data = bob.query(&query, json!({ "n": n })).await;
        let polls = data["explore"]["nodes"].as_array().unwrap();
        assert_eq!(polls.len(), n);
        assert!(
            polls
                .iter()
                .all(|post| post["poll"]["viewerVotes"][0].is_string())
        );
        // The session, the page, the polls with their options, what the viewer chose, all numbers.
        assert_eq!(app.statements().await.len(), 5, "{n}");
        app.forget_statements().await;
        app.guest().query(&query, json!({ "n": n })).await;
        assert_eq!(app.statements().await.len(), 3, "{n} for a guest");
    }
}
