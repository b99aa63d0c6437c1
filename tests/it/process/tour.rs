//! `docs/tour.md`, asked from its beginning to its end of a new demo.

use std::{
    collections::HashMap,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    server::{PATIENCE, Server},
    wire::post,
};

const TOUR: &str = include_str!("../../../docs/tour.md");

/// Each question with the answer below it.
fn steps() -> Vec<(&'static str, &'static str)> {
    let questions = TOUR.split("```graphql\n").skip(1);
    let step = |text: &'static str| {
        let (question, rest) = text.split_once("```").expect("an end of the question");
        let answer = rest.trim_start().strip_prefix("```json\n");
        let answer = answer.unwrap_or_else(|| panic!("no answer below: {question}"));
        (question, answer.split_once("```").expect("an end").0)
    };
    questions.map(step).collect()
}

/// The name between the brackets of `<name>`.
fn name(text: &str) -> Option<&str> {
    let name = text.strip_prefix('<')?.strip_suffix('>')?;
    name.chars().all(|c| c.is_ascii_lowercase()).then_some(name)
}

/// Compares what is told with what came, and keeps what stands for `<name>`. Says where they differ.
fn compare(
    told: &Value,
    came: &Value,
    at: &str,
    kept: &mut HashMap<String, String>,
) -> Result<(), String> {
    match (told, came) {
        (Value::String(told), _) if told == "…" => Ok(()),
        (Value::String(told), Value::String(came)) if name(told).is_some() => {
            kept.insert(name(told).unwrap().to_owned(), came.clone());
            Ok(())
        }
        (Value::Object(told), Value::Object(came)) if told.keys().eq(came.keys()) => told
            .iter()
            .try_for_each(|(key, value)| compare(value, &came[key], &format!("{at}.{key}"), kept)),
        (Value::Array(told), Value::Array(came)) if told.len() == came.len() => told
            .iter()
            .zip(came)
            .enumerate()
            .try_for_each(|(n, (told, came))| compare(told, came, &format!("{at}.{n}"), kept)),
        _ if told == came => Ok(()),
        _ => Err(format!("{at} is told as {told}, and came as {came}")),
    }
}

#[test]
fn every_question_of_the_tour_is_answered_as_it_says() {
    let server = Server::start(&["--demo"]);
    let mut kept = HashMap::new();
    let steps = steps();
    assert_eq!(steps.len(), TOUR.matches("```json").count());
    assert!(steps.len() >= 10);
    for (question, answer) in steps {
        let fill = |text: String, (name, value): (&String, &String)| {
            text.replace(&format!("<{name}>"), value)
        };
        let asked = kept.iter().fold(question.to_owned(), fill);
        let token = kept.get("token").cloned();
        let told: Value = serde_json::from_str(answer).expect(answer);
        let mut ask = || {
            let came = post(server.address, token.as_deref(), &asked, json!({})).body;
            compare(&told, &came, "", &mut kept)
        };
        // A new town is still being indexed when its first visitors come.
        let is_repeatable = !question.starts_with("mutation");
        let begun = Instant::now();
        while let Err(difference) = ask() {
            assert!(
                is_repeatable && begun.elapsed() < PATIENCE,
                "{question}{difference}"
            );
            thread::sleep(Duration::from_millis(200));
        }
    }
}
