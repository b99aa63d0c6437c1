//! The table: medians of the rounds, and what rookery costs of what others do.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::{Value, json};

use super::{
    cell::Cell,
    query::{Kind, Query},
};

/// All rounds of every query at every target.
#[derive(Default)]
pub struct Table {
    rounds: BTreeMap<Query, BTreeMap<Kind, Vec<Cell>>>,
    notes: Vec<String>,
}

const HEAD: &str = "\
| query | | server ms | PostgreSQL ms | together | rookery ÷ it | statements | req/s | p50 ms | p99 ms | RSS MiB | answer kB | errors |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
";

impl Table {
    pub fn add(&mut self, query: Query, kind: Kind, cell: Cell) {
        let row = self.rounds.entry(query).or_default();
        row.entry(kind).or_default().push(cell);
    }

    /// Something to be said below it.
    pub fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    /// The median of every column.
    fn medians(&self) -> impl Iterator<Item = (Query, Kind, Cell)> {
        self.rounds.iter().flat_map(|(query, row)| {
            row.iter()
                .map(|(kind, rounds)| (*query, *kind, median(rounds)))
        })
    }

    /// For people, in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = HEAD.to_owned();
        for (query, kind, cell) in self.medians() {
            let ours = self.rounds[&query]
                .get(&Kind::Rookery)
                .map(|rounds| together(&median(rounds)));
            let ratio = ours
                .filter(|_| kind != Kind::Rookery)
                .map(|ours| ours / together(&cell));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {:.3} | {} | {} | {:.0} | {} | {} | {} | {} | {:.0} |",
                query.name(),
                kind.name(),
                show(cell.server, 3),
                show(cell.database, 3),
                together(&cell),
                show(ratio, 2),
                show(cell.statements, 2),
                cell.rate,
                show(cell.p50, 2),
                show(cell.p99, 2),
                show(cell.resident, 0),
                show(cell.bytes.map(|bytes| bytes / 1_000.0), 1),
                cell.errors,
            );
        }
        for note in &self.notes {
            let _ = writeln!(text, "\n{note}");
        }
        text
    }

    /// For programs: the same medians, and every round.
    pub fn json(&self) -> Value {
        let rows = self.medians().map(|(query, kind, cell)| {
            let rounds: Vec<_> = self.rounds[&query][&kind].iter().map(one).collect();
            json!({ "query": query.name(), "target": kind.name(), "median": one(&cell), "rounds": rounds })
        });
        rows.collect()
    }
}

fn one(cell: &Cell) -> Value {
    json!({
        "server_ms": cell.server, "database_ms": cell.database, "statements": cell.statements,
        "requests_per_second": cell.rate, "p50_ms": cell.p50, "p99_ms": cell.p99,
        "resident_mib": cell.resident, "bytes": cell.bytes, "errors": cell.errors,
    })
}

/// CPU of a request, server and database, in milliseconds.
fn together(cell: &Cell) -> f64 {
    cell.server.unwrap_or(0.0) + cell.database.unwrap_or(0.0)
}

fn show(number: Option<f64>, digits: usize) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format!("{number:.digits$}"))
}

fn median(rounds: &[Cell]) -> Cell {
    let of = |column: fn(&Cell) -> Option<f64>| {
        let mut known: Vec<_> = rounds.iter().filter_map(column).collect();
        known.sort_by(f64::total_cmp);
        let (low, high) = (known.len().checked_sub(1)? / 2, known.len() / 2);
        Some(f64::midpoint(known[low], known[high]))
    };
    Cell {
        server: of(|cell| cell.server),
        database: of(|cell| cell.database),
        statements: of(|cell| cell.statements),
        rate: of(|cell| Some(cell.rate)).unwrap_or(0.0),
        p50: of(|cell| cell.p50),
        p99: of(|cell| cell.p99),
        resident: of(|cell| cell.resident),
        bytes: of(|cell| cell.bytes),
        // Not a median: one is too many.
        errors: rounds.iter().map(|cell| cell.errors).sum(),
    }
}
