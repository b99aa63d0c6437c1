//! What is one emoji, and how many stand on one thing.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, fields};

async fn react(caller: &Caller, subject: &str, emoji: &str) -> String {
    attempt(
        caller,
        "addReaction",
        json!({ "subjectId": subject, "emoji": emoji }),
    )
    .await
}

async fn unreact(caller: &Caller, subject: &str, emoji: &str) -> String {
    attempt(
        caller,
        "removeReaction",
        json!({ "subjectId": subject, "emoji": emoji }),
    )
    .await
}

async fn groups(caller: &Caller, subject: &str) -> Value {
    let seen = fields(
        caller,
        subject,
        "reactionCount reactionGroups { emoji count viewerHasReacted }",
    )
    .await;
    let group = |g: &Value| json!([g["emoji"], g["count"], g["viewerHasReacted"]]);
    let groups: Vec<_> = seen["reactionGroups"]
        .as_array()
        .unwrap()
        .iter()
        .map(group)
        .collect();
    json!([seen["reactionCount"], groups])
}

#[tokio::test]
async fn every_kind_of_emoji_sequence_is_one_emoji() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let kinds = [
        "👍",
        "👍🏽",
        "❤️",
        "👩‍👩‍👧‍👦",
        "👩🏽‍💻",
        "🫱🏻‍🫲🏿",
        "🏳️‍🌈",
        "🇫🇷",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "1️⃣",
        "#️⃣",
        "☺️",
    ];
    let post = ada.post("a post").await;
    for emoji in kinds {
        app.advance(1);
        assert_eq!(react(&ada, &post, emoji).await, "done", "{emoji}");
    }
    let expected: Vec<_> = kinds.iter().map(|emoji| json!([emoji, 1, true])).collect();
    assert_eq!(groups(&ada, &post).await, json!([kinds.len(), expected]));
}

#[tokio::test]
async fn anything_but_one_emoji_is_refused() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let wrong = [
        "",
        " ",
        "a",
        "1",
        "#",
        "+1",
        "thumbsup",
        ":thumbsup:",
        "👍👍",
        "👍🎉",
        "👍a",
        "👍🏽🏽",
        "🇫",
        "\u{fe0f}",
        "👍\u{0}",
        "👩‍",
        "👍 🎉",
    ];
    for emoji in wrong {
        assert_eq!(
            react(&ada, &post, emoji).await,
            "BAD_USER_INPUT at emoji",
            "{emoji:?}"
        );
        assert_eq!(
            unreact(&ada, &post, emoji).await,
            "BAD_USER_INPUT at emoji",
            "{emoji:?}"
        );
    }
    assert_eq!(groups(&ada, &post).await, json!([0, []]));
}

#[tokio::test]
async fn unqualified_emojis_are_the_qualified_ones() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    for (caller, emoji) in [
        (&ada, "\u{2764}"),
        (&ada, "\u{2764}\u{fe0f}"),
        (&bob, " \u{2764} "),
    ] {
        assert_eq!(react(caller, &post, emoji).await, "done");
    }
    assert_eq!(
        groups(&ada, &post).await,
        json!([2, [["\u{2764}\u{fe0f}", 2, true]]])
    );
    assert_eq!(unreact(&ada, &post, "\u{2764}").await, "done");
    assert_eq!(
        groups(&ada, &post).await,
        json!([1, [["\u{2764}\u{fe0f}", 1, false]]])
    );
}

#[tokio::test]
async fn one_persons_reactions_are_a_set_and_the_oldest_emoji_stands_first() {
    let app = TestApp::start().await;
    let [ada, bob, cid] = app.users(["ada", "bob", "cid"]).await;
    let post = ada.post("a post").await;
    let comment = ada.comment(&post, "a comment").await;
    for subject in [&post, &comment] {
        for (caller, emoji) in [
            (&ada, "🎉"),
            (&ada, "🎉"),
            (&bob, "👍"),
            (&ada, "👍"),
            (&bob, "👍"),
        ] {
            app.advance(1);
            assert_eq!(react(caller, subject, emoji).await, "done");
        }
        let both = json!([3, [["🎉", 1, true], ["👍", 2, true]]]);
        assert_eq!(groups(&ada, subject).await, both);
        assert_eq!(
            unreact(&bob, subject, "🎉").await,
            "done",
            "never reacted so"
        );
        assert_eq!(
            groups(&bob, subject).await,
            json!([3, [["🎉", 1, false], ["👍", 2, true]]])
        );
        for _ in 0..2 {
            assert_eq!(unreact(&ada, subject, "🎉").await, "done");
            assert_eq!(
                groups(&app.guest(), subject).await,
                json!([2, [["👍", 2, false]]])
            );
        }
        app.advance(1);
        assert_eq!(react(&bob, subject, "🎉").await, "done");
        let anew = json!([3, [["👍", 2, true], ["🎉", 1, false]]]);
        assert_eq!(
            groups(&ada, subject).await,
            anew,
            "used anew, it is the youngest"
        );
        app.advance(1);
        assert_eq!(react(&cid, subject, "👍").await, "done");
        let more = json!([4, [["👍", 3, true], ["🎉", 1, false]]]);
        assert_eq!(
            groups(&ada, subject).await,
            more,
            "used again, it keeps its place"
        );
    }
}

#[tokio::test]
async fn the_twenty_first_kind_is_refused_until_another_goes() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let post = ada.post("a post").await;
    let kinds: Vec<String> = ('\u{1F600}'..'\u{1F615}').map(String::from).collect();
    for emoji in &kinds[..20] {
        assert_eq!(react(&ada, &post, emoji).await, "done");
    }
    assert_eq!(react(&bob, &post, &kinds[20]).await, "CONFLICT at emoji");
    assert_eq!(groups(&bob, &post).await[0], 20);
    assert_eq!(
        react(&bob, &post, &kinds[3]).await,
        "done",
        "a kind that is there"
    );
    assert_eq!(unreact(&ada, &post, &kinds[3]).await, "done");
    assert_eq!(
        react(&ada, &post, &kinds[20]).await,
        "CONFLICT at emoji",
        "bob still uses it"
    );
    assert_eq!(unreact(&bob, &post, &kinds[3]).await, "done");
    assert_eq!(react(&ada, &post, &kinds[20]).await, "done");
    assert_eq!(groups(&bob, &post).await[1].as_array().unwrap().len(), 20);
}
