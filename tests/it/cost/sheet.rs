//! The sheet is complete, and what it says is what is charged.

use async_graphql::{Variables, parser::parse_query};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    OWN_COST,
    price::{Sheet, committed},
    probes::probes,
};
use crate::{
    fuzz::{
        Tally, campaign,
        choices::choices,
        grammar::{TYPES, fields, grow},
        stage::Stage,
    },
    process::server::run,
};

#[test]
fn the_committed_sheet_is_the_one_that_the_code_makes() {
    let ended = run(&["schema", "--cost"], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let say = "refresh it: cargo run -- schema --cost > docs/cost.md";
    assert!(committed() == ended.stdout, "{say}");
}

#[test]
fn the_sheet_has_every_field_of_the_schema_once() {
    let listed: Vec<String> = Sheet::read().fields().map(str::to_owned).collect();
    let mut known: Vec<String> = TYPES
        .keys()
        .flat_map(|ty| {
            fields(ty)
                .into_iter()
                .map(move |it| format!("{ty}.{}", it.name.node))
        })
        .collect();
    known.sort();
    let of_introspection = |name: &String| name.contains("__");
    let listed: Vec<_> = listed
        .into_iter()
        .filter(|name| !of_introspection(name))
        .collect();
    assert_eq!(listed, known);
    assert!(known.len() > 500, "{}", known.len());
}

/// The cost of a query by the sheet; `None` where it holds several operations.
fn by_sheet(sheet: &Sheet, query: &str, variables: &Value) -> Option<u64> {
    let document = parse_query(query).ok()?;
    let mut operations = document.operations.iter();
    let (_, operation) = operations.next().filter(|_| operations.len() == 0)?;
    let variables = Variables::from_json(variables.clone());
    Some(sheet.price(&document, &operation.node, &variables))
}

#[test]
fn every_field_is_charged_what_the_sheet_says() {
    let (stage, sheet) = (Stage::begin(), Sheet::read());
    let probes = probes(&stage.ids, OWN_COST);
    assert!(probes.len() > 300, "{}", probes.len());
    for probe in probes {
        let variables = json!({ "n": 7 });
        let answer = stage.ask(None, &probe.with, &variables);
        let told = answer.body["data"]["costOfThis"]["cost"].as_u64();
        let expected = by_sheet(&sheet, &probe.with, &variables);
        assert!(
            told.is_some() && told == expected,
            "{probe:?}: {told:?}, not {expected:?}, {answer:?}"
        );
    }
}

#[test]
fn random_queries_are_charged_what_the_sheet_says() {
    let (stage, sheet, tally) = (Stage::begin(), Sheet::read(), Tally::default());
    let ids = stage.ids.clone();
    let documents = choices(500).prop_map(move |made| grow(&made, &ids));
    campaign("sheet", 1_500, &documents, |grown| {
        let asked = grown
            .query
            .replacen("{__typename ", &format!("{{__typename {OWN_COST} "), 1);
        let variables: Value = serde_json::from_str(&grown.variables).unwrap_or_default();
        let answer = stage.ask(None, &asked, &variables);
        if answer.status == 401 {
            stage.replace_ada();
        }
        let Some(told) = answer.body["data"]["costOfThis"]["cost"].as_u64() else {
            tally.add("refused, or no query");
            return Ok(());
        };
        tally.add(if told > 20 { "dear" } else { "cheap" });
        prop_assert_eq!(
            by_sheet(&sheet, &asked, &variables),
            Some(told),
            "{}",
            asked
        );
        Ok(())
    });
    tally.has(&["cheap", "dear"]);
}
