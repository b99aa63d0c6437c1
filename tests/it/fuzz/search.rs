//! Questions: whatever is typed is made of words, and nothing of it is syntax to the database.

use proptest::prelude::*;
use rookery::search::tokens::{
    LONGEST, MOST_ASKED, MOST_WORDS, of_hashtag, of_name, of_question, of_text,
};
use serde_json::json;

use super::{
    Tally, campaign,
    choices::{changed_text, changes, text},
    stage::{Stage, check},
};

/// What means something to some engine of search, or to some database.
const SYNTAX: [&str; 28] = [
    "NEAR(a b, 2)",
    "near*",
    "-a",
    "+a",
    "^a",
    "a:b",
    "\"a",
    "a OR b",
    "NOT a",
    "(",
    ")",
    "a & !b",
    "a <-> b",
    "a:*",
    "'a'",
    "''",
    "%",
    "_",
    "a%b_",
    "\\",
    "{a b}:c",
    "a AND (b",
    "*",
    "?",
    "$1",
    ":x",
    "--",
    "/*",
];

fn questions() -> impl Strategy<Value = String> {
    let syntax = prop::collection::vec(prop::sample::select(&SYNTAX[..]), 0..6)
        .prop_map(|parts| parts.join(" "));
    let scripts = "[a-zA-ZßİıﬁÉ \u{300}-\u{36f}\u{5d0}-\u{5ea}\u{e01}-\u{e3a}\u{3041}-\u{30ff}\u{4e00}-\u{4fff}\u{ac00}-\u{ad00}👍🏽]{0,60}";
    let plain = prop_oneof![syntax, scripts, text()];
    let noise = (plain, changes(3)).prop_map(|(plain, changes)| changed_text(&plain, &changes));
    let known = prop::sample::select(&["bread", "Bob 01", "ada", "sun", "b", "post bread"][..]);
    prop_oneof![3 => noise, 1 => known.prop_map(str::to_owned)]
}

#[test]
fn words_are_few_and_short_and_a_text_has_all_that_it_is_asked_by() {
    campaign("words", 1_000, &questions(), |question| {
        let short: String = question.chars().take(400).collect();
        let (asked, kept) = (of_question(&short), of_text(&short));
        prop_assert!(asked.len() <= MOST_ASKED && kept.len() <= MOST_WORDS);
        prop_assert!(of_name(&question, 7).len() <= 7);
        let all = asked.iter().chain(&kept);
        for word in all {
            prop_assert!(
                !word.is_empty() && word.chars().count() <= LONGEST,
                "{word:?}"
            );
            prop_assert!(
                !word.contains(['\0', '%', '\'', '"', '*', '\\']),
                "{word:?}"
            );
        }
        prop_assert!(
            asked.iter().all(|word| kept.contains(word)),
            "{asked:?} in {kept:?}"
        );
        prop_assert!(of_hashtag(&question).chars().count() <= LONGEST);
        Ok(())
    });
}

#[test]
fn whatever_is_asked_is_answered() {
    let (stage, tally) = (Stage::begin(), Tally::default());
    let types = prop::sample::select(&["POSTS", "USERS", "HASHTAGS"][..]);
    let query = "query($q: String!, $t: SearchType!) { search(query: $q, type: $t, first: 5) \
                 { edges { cursor node { __typename } } pageInfo { hasNextPage } } }";
    campaign("questions", 100, &(questions(), types), |(question, ty)| {
        let answer = stage.ask(None, query, &json!({ "q": question, "t": ty }));
        check(&answer)?;
        tally.add(answer.outcome());
        let hit = &answer.body["data"]["search"]["edges"][0];
        tally.add(if hit.is_object() { "a hit" } else { "no hit" });
        let is_long = question.chars().count() > 200;
        match answer.status {
            413 => prop_assert!(question.len() > 3_000),
            status => {
                prop_assert_eq!(status, 200);
                let code = &answer.body["errors"][0]["extensions"]["code"];
                let expected = if is_long {
                    json!("BAD_USER_INPUT")
                } else {
                    json!(null)
                };
                prop_assert_eq!(code, &expected, "{:?}", answer);
            }
        }
        Ok(())
    });
    tally.has(&["data", "a hit", "BAD_USER_INPUT"]);
}
