//! No query runs more statements, and reads no more rows, than its cost implies:
//!
//! - statements: [`SESSION`], and for each field that is selected, fragments in their places, one or
//!   what [`MORE`] says, whatever `first` is and however many parents there are;
//! - rows: at most [`ROWS`] for each point, where lists without pages hold as many items as they are
//!   priced at. Where they hold more, the price of so many is the bound.

use std::cell::RefCell;

use async_graphql::{Variables, parser::parse_query};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::{runtime::Handle, task::block_in_place};

use super::{
    OWN_COST, Taken,
    price::{Sheet, sum},
    probes::{Probe, probes},
    town::{FULL, PAGE, Town},
};
use crate::{
    fuzz::{
        Tally, campaign,
        choices::choices,
        grammar::{grow, possible},
    },
    support::text_of,
};

/// Statements that find out who asks.
const SESSION: usize = 1;
/// Fields that need more than one statement, for all their parents together: they lead to things of
/// several kinds, or find out first which ones.
const MORE: [(&str, usize); 12] = [
    ("Comment.mentions", 2),
    ("Notification.actorCount", 3),
    ("Notification.actors", 3),
    ("Notification.subject", 3),
    ("Post.mentions", 2),
    ("Query.trendingHashtags", 2),
    ("Report.media", 4),
    ("Report.owner", 3),
    ("Report.subject", 4),
    // Of the actors of notifications of several kinds.
    ("UserConnection.totalCount", 3),
    ("Viewer.isTotpEnabled", 2),
    ("Viewer.recoveryCodesLeft", 2),
];
/// Rows for each point: of an object its own, and those that its free fields are read from.
const ROWS: u64 = 16;

/// How many statements a field needs at most.
fn statements(field: &str) -> usize {
    let more = MORE.iter().find(|(name, _)| *name == field);
    match field {
        // One for each kind of what is asked for.
        "Query.nodes" => possible("Node").len(),
        _ => more.map_or(1, |(_, statements)| *statements),
    }
}

/// What a query took, and what it may take.
#[derive(Debug)]
struct Held {
    statements: (usize, usize),
    rows: (u64, u64),
}

impl Held {
    /// `None` where the text is no single query.
    fn against(sheet: &Sheet, query: &str, variables: &Value, taken: &Taken) -> Option<Self> {
        let document = parse_query(query).ok()?;
        let mut operations = document.operations.iter();
        let (_, operation) = operations.next().filter(|_| operations.len() == 0)?;
        let set = &operation.node.selection_set.node;
        let places = sum(&document, set, "Query", &statements);
        let variables = Variables::from_json(variables.clone());
        let price = sheet.price(&document, &operation.node, &variables);
        Some(Self {
            statements: (taken.statements, SESSION + places),
            rows: (taken.rows as u64, ROWS * price),
        })
    }

    /// The rows for each point.
    fn rows_of_a_point(&self) -> f64 {
        (self.rows.0 * ROWS) as f64 / self.rows.1.max(1) as f64
    }

    fn is_true(&self) -> bool {
        self.statements.0 <= self.statements.1 && self.rows.0 <= self.rows.1
    }
}

/// Ids of some of everything that has one.
async fn ids(town: &Town) -> Vec<String> {
    let query = "{ viewer { id conversations(first: 1) { nodes { id messages(first: 1) { nodes { id } } } } \
                 notifications(first: 1) { nodes { id } } } user(handle: \"bob\") { id posts(first: 1) \
                 { nodes { id poll { id } hashtags { id } comments(first: 1) { nodes { id } } } } } }";
    let found = town.ada.query(query, json!({})).await;
    let (viewer, bob) = (&found["viewer"], &found["user"]);
    let (post, talk) = (
        &bob["posts"]["nodes"][0],
        &viewer["conversations"]["nodes"][0],
    );
    [
        &post["id"],
        &bob["id"],
        &post["comments"]["nodes"][0]["id"],
        &post["hashtags"][0]["id"],
        &talk["id"],
        &talk["messages"]["nodes"][0]["id"],
        &viewer["notifications"]["nodes"][0]["id"],
    ]
    .into_iter()
    .map(text_of)
    .collect()
}

/// The longest list under that name.
fn longest(value: &Value, name: &str) -> usize {
    let below = |value: &Value| longest(value, name);
    match value {
        Value::Array(items) => items.iter().map(below).max().unwrap_or(0),
        Value::Object(fields) => {
            let here = [&fields.get(name).cloned().unwrap_or_default()].map(|it| match it {
                Value::Array(items) => items.len(),
                it => it["nodes"].as_array().map_or(0, Vec::len),
            });
            fields.values().map(below).chain(here).max().unwrap_or(0)
        }
        _ => 0,
    }
}

async fn every_probe(town: &Town, mut look: impl FnMut(&Probe, usize, &Taken, &Taken)) {
    for probe in probes(&ids(town).await, OWN_COST) {
        for n in [1, PAGE] {
            let with = town.take(&town.ada, &probe.with, json!({ "n": n })).await;
            let without = town
                .take(&town.ada, &probe.without, json!({ "n": n }))
                .await;
            look(&probe, n, &with, &without);
        }
    }
}

#[tokio::test]
async fn no_field_takes_more_than_its_cost_implies_below_one_parent_or_below_many() {
    let town = Town::build().await;
    let sheet = Sheet::read().with_lists_of(FULL as u64);
    let (mut wrong, mut seen, mut dearest) = (Vec::new(), 0, (0.0, String::new()));
    every_probe(&town, |probe, n, with, without| {
        seen += 1;
        let name = &probe.name;
        let held = Held::against(&sheet, &probe.with, &json!({ "n": n }), with).expect("a query");
        let more = with.statements.saturating_sub(without.statements);
        let is_whole = name.ends_with('*');
        if !held.is_true() || (more > statements(name) && !is_whole) {
            let rows = with.rows.saturating_sub(without.rows);
            wrong.push(format!(
                "{name} n={n}: {more} statements and {rows} rows more, {held:?}"
            ));
        }
        if held.rows_of_a_point() > dearest.0 {
            dearest = (held.rows_of_a_point(), format!("{name} n={n}"));
        }
    })
    .await;
    println!("rows of a point, at most: {dearest:?}");
    assert!(seen > 600, "{seen}");
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        dearest.0 > ROWS as f64 / 3.0,
        "the bound is loose: {dearest:?}"
    );
}

#[tokio::test]
async fn every_list_that_is_measured_is_full() {
    let town = Town::build().await;
    let mut empty = Vec::new();
    every_probe(&town, |probe, n, with, _| {
        let name = probe.name.split('.').nth(1).unwrap();
        let is_list =
            probe.with.contains("{nodes{__typename}}") || ["nodes", "edges"].contains(&name);
        let found = longest(&with.data, name);
        if is_list && n == PAGE && found < PAGE && !name.ends_with('*') {
            empty.push(format!("{}: {found} {:?}", probe.name, probe.with));
        }
    })
    .await;
    assert!(empty.is_empty(), "{}", empty.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_random_query_takes_more_than_its_cost_implies() {
    let town = Town::build().await;
    let (sheet, tally) = (Sheet::read().with_lists_of(FULL as u64), Tally::default());
    let ids = ids(&town).await;
    let documents = choices(500).prop_map(move |made| grow(&made, &ids));
    let most = RefCell::new((0.0_f64, 0.0_f64));
    campaign("cost", 1_000, &documents, |grown| {
        if !grown.query.starts_with("query") {
            return Ok(());
        }
        let asked = grown
            .query
            .replacen("{__typename ", &format!("{{__typename {OWN_COST} "), 1);
        let variables: Value = serde_json::from_str(&grown.variables).unwrap_or_default();
        let taking = town.try_take(&town.ada, &asked, variables.clone());
        let taken = block_in_place(|| Handle::current().block_on(taking));
        let held = taken.and_then(|taken| Held::against(&sheet, &asked, &variables, &taken));
        let Some(held) = held else {
            tally.add("refused");
            return Ok(());
        };
        tally.add(if held.statements.0 > 1 {
            "large"
        } else {
            "small"
        });
        let mut most = most.borrow_mut();
        let statements = held.statements.0 as f64 / held.statements.1 as f64;
        *most = (most.0.max(statements), most.1.max(held.rows_of_a_point()));
        prop_assert!(held.is_true(), "{:?} for {}", held, asked);
        Ok(())
    });
    println!("share of the statements, and rows of a point, at most: {most:?}");
    tally.has(&["large", "small"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mixture_of_fields_takes_more_than_its_cost_implies() {
    let town = Town::build().await;
    let sheet = Sheet::read().with_lists_of(FULL as u64);
    let probes = probes(&ids(&town).await, OWN_COST);
    let parts: Vec<_> = probes
        .into_iter()
        .filter(|probe| !probe.name.starts_with("Query."))
        .collect();
    let most = RefCell::new((0, 0.0_f64));
    let mixtures = (proptest::collection::vec(any::<u16>(), 2..9), 1..=PAGE);
    campaign("mixtures", 200, &mixtures, |(chosen, n)| {
        let parts = chosen.iter().enumerate().map(|(at, which)| {
            let part = &parts[usize::from(*which) % parts.len()];
            format!("m{at}:{}", part.inner)
        });
        let inner = format!("{{{OWN_COST} {}}}", parts.collect::<Vec<_>>().join(" "));
        let query = match inner.contains("$n") {
            true => format!("query($n:Int){inner}"),
            false => inner,
        };
        let variables = json!({ "n": n });
        let taking = town.take(&town.ada, &query, variables.clone());
        let taken = block_in_place(|| Handle::current().block_on(taking));
        let held = Held::against(&sheet, &query, &variables, &taken).expect("a query");
        let mut most = most.borrow_mut();
        *most = (
            most.0.max(held.statements.0),
            most.1.max(held.rows_of_a_point()),
        );
        prop_assert!(held.is_true(), "{:?} for {}", held, query);
        Ok(())
    });
    let most = most.into_inner();
    println!("statements, and rows of a point, at most: {most:?}");
    assert!(most.0 > 15, "{most:?}");
}
