//! The corpus: texts in many languages, and what is found in them.

use std::collections::HashMap;

use serde_json::json;

use super::{app, found};
use crate::support::{Caller, TestApp, outcome};

const CORPUS: &str = include_str!("corpus.txt");

/// The lines of the corpus whose first field is one of `kinds`, their fields trimmed and `\u0000`
/// and `\\` read.
fn lines(kinds: &[&str]) -> Vec<[String; 4]> {
    let lines = CORPUS.lines().filter(|line| !line.starts_with('#'));
    let fields = lines.filter(|line| !line.is_empty()).map(|line| {
        let mut fields = line.splitn(4, '|').map(str::trim);
        let read = |field: &str| {
            let field = field.replace("\\u0000", "\0").replace("\\u0301", "\u{301}");
            field.replace("\\\\", "\\")
        };
        [(); 4].map(|()| read(fields.next().unwrap_or_default()))
    });
    fields.filter(|line| kinds.contains(&&*line[0])).collect()
}

async fn people(app: &TestApp) -> HashMap<String, Caller> {
    let mut people = HashMap::new();
    for [_, handle, name, _] in lines(&["user"]) {
        let person = app.user(&handle).await;
        let input = json!({ "displayName": name });
        let done = person.mutate("updateProfile", input, "").await;
        assert_eq!(outcome(&done), "done");
        people.insert(handle, person);
    }
    people
}

#[tokio::test]
async fn the_corpus_is_found_as_it_says() {
    let app = app().await;
    let people = people(&app).await;
    let mut names = HashMap::new();
    for [_, name, author, body] in lines(&["post"]) {
        people[&author].post(&body).await;
        names.insert(body, name);
        app.advance(1);
    }
    let questions = lines(&["POSTS", "USERS", "HASHTAGS"]);
    assert!(questions.len() > 100 && names.len() > 15);
    let mut wrong = Vec::new();
    for [ty, query, expected, _] in questions {
        let mut hits = found(&app.guest(), &ty, &query).await;
        if ty == "POSTS" {
            hits = hits.iter().map(|body| names[body].clone()).collect();
        }
        if hits.join(", ") != expected {
            wrong.push(format!(
                "{ty} {query:?}: {expected:?} expected, got {hits:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
