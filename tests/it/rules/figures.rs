//! What is counted, and what waits.

use std::{collections::BTreeSet, fs, path::Path};

use rookery::platform::telemetry::figures::{FIGURES, Figure, Kind};

use super::sources::sources;

#[test]
fn every_figure_is_on_the_list_and_everything_on_the_list_is_counted() {
    let mut found = BTreeSet::new();
    for source in sources(&["src"]) {
        if source.path.ends_with("telemetry/figures.rs") {
            continue;
        }
        let names = source
            .text
            .split('"')
            .filter(|part| part.starts_with("rookery_"));
        let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        found.extend(names.filter(is_name).map(str::to_owned));
    }
    // The target of spans, and what goes between servers; the list counts the version itself.
    for other in ["rookery_trace", "rookery_type", "rookery_typing"] {
        found.remove(other);
    }
    found.insert("rookery_build_info".to_owned());
    let listed: BTreeSet<String> = FIGURES.iter().map(|f| f.name.to_owned()).collect();
    assert_eq!(found, listed);
}

#[test]
fn names_say_what_is_counted_in_which_unit() {
    for Figure { name, kind, .. } in FIGURES {
        assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
        assert!(!name.contains("_ms"), "{name}: seconds");
    }
}

#[test]
fn no_channel_is_without_a_bound() {
    for source in sources(&["src"]) {
        for word in ["unbounded", "std::sync::mpsc::channel"] {
            assert!(!source.text.contains(word), "{}: {word}", source.path);
        }
    }
}

/// Every text below `folders` that names figures: what it is called, and the names.
fn named(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<_> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let inside = fs::read_dir(path).unwrap();
            waiting.extend(inside.map(|entry| entry.unwrap().path()));
            continue;
        }
        let file = path.display().to_string();
        // The types of metrics are `rookery_`, then a word that a histogram's parts end in.
        let text = fs::read_to_string(&path).unwrap_or_default();
        let is_part = |c: char| !(c.is_ascii_lowercase() || c == '_');
        let words = text
            .split(is_part)
            .filter(|word| word.starts_with("rookery_"));
        found.extend(words.map(|word| (file.clone(), word.to_owned())));
    }
    found
}

#[test]
fn dashboards_alerts_and_the_runbook_name_figures_that_there_are() {
    let is_figure = |word: &str| {
        FIGURES.iter().any(|figure| {
            let parts = ["", "_bucket", "_sum", "_count"];
            let is_histogram = matches!(figure.kind, Kind::Histogram(_));
            let mut parts = parts.iter().take(if is_histogram { 4 } else { 1 });
            parts.any(|part| word.strip_suffix(part) == Some(figure.name))
        })
    };
    // The name of a database, in the drill.
    let mut named = named(&["deploy", "docs"]);
    named.retain(|(_, word)| word != "rookery_restored");
    assert!(named.len() > 100, "{}", named.len());
    let unknown: Vec<_> = named.iter().filter(|(_, word)| !is_figure(word)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}
