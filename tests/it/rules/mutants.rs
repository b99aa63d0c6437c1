//! Every guard of who sees what stands in `tests/mutants.list`, and the list fits the sources, so
//! that `tests/mutants` takes each of them away in turn.

use std::{collections::HashMap, ops::Range};

use super::sources::{Source, sources};

const LIST: &str = include_str!("../../mutants.list");

/// Functions that keep somebody from something, wherever they are called or handed on.
const GUARDS: [&str; 65] = [
    "is_unhidden",
    "may_set_role",
    "may_suspend",
    "hears",
    "is_told_of",
    "is_shown_whole",
    "is_readable",
    "sees_subject",
    "is_thread_muted",
    "is_off",
    "visible_to",
    "find_own",
    "fits_quota",
    "named_to",
    "sees",
    "sees_hashtag",
    "sees_itself",
    "sees_original",
    "is_author_unmuted",
    "sees_under_post",
    "shows",
    "shows_follows",
    "shows_whole",
    "is_visible",
    "has_room",
    "is_group",
    "is_heard",
    "is_heard_by",
    "is_heard_where",
    "is_member",
    "is_public",
    "is_silent",
    "is_severed",
    "is_unmuted",
    "is_unexpired",
    "is_whole",
    "may_act",
    "may_ask",
    "may_attach",
    "may_change",
    "may_comment",
    "may_decline",
    "may_edit",
    "may_give_roles",
    "may_hide",
    "may_leave",
    "may_lock",
    "may_manage",
    "may_pin",
    "may_quote",
    "may_remove",
    "may_repost",
    "may_vote",
    "may_write",
    "own_drafts",
    "own_exports",
    "own_row",
    "prove_known",
    "prove_visible",
    "reachable",
    "shares_receipts",
    "throttle",
    "throttle_here",
    "visible_members",
    "visible_messages",
];

/// One entry of the list: its file, the text around its guard, and what stands for it.
#[derive(Default)]
struct Entry {
    name: String,
    file: String,
    what: String,
    has_answer: bool,
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn entries() -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('[') {
            entries.push(Entry {
                name: line.to_owned(),
                ..Entry::default()
            });
        }
        let Some(entry) = entries.last_mut() else {
            continue;
        };
        match line.split_once(' ') {
            Some(("file", file)) => entry.file = file.trim().to_owned(),
            Some(("what", what)) => entry.what = bare(&what.replace("[[", "").replace("]]", "")),
            Some(("with" | "equivalent", _)) => entry.has_answer = true,
            _ => {}
        }
    }
    assert!(entries.len() > 50, "the list must have something to say");
    entries
}

/// The code of a file without its comments, imports, tests and spaces.
fn code(source: &Source) -> String {
    let text = source.text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut code = String::new();
    let mut is_import = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default();
        let begins = line.starts_with("use ") || line.starts_with("pub use ");
        is_import |= begins;
        if !is_import {
            // A word keeps its end where the next line begins with one.
            code += line.trim_end();
            code.push('\n');
        }
        is_import &= !line.contains(';');
    }
    code
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Where a guard is called, or handed on as a value, with the spaces left out.
fn uses(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for guard in GUARDS {
        for (at, _) in code.match_indices(guard) {
            let (before, after) = (&code[..at], &code[at + guard.len()..]);
            let is_inside = is_word(before.chars().next_back()) || is_word(after.chars().next());
            let is_defined = before.ends_with("fn ") || before.ends_with("let ");
            let next = after.trim_start().chars().next();
            let last = before.trim_end().chars().next_back();
            let is_called = next == Some('(');
            let is_handed_on = matches!(next, Some(',' | '\n' | '}'))
                && matches!(last, Some(',' | ':'))
                && !before.ends_with("::");
            if !is_inside && !is_defined && (is_called || is_handed_on) {
                found.push((guard.to_owned(), bare(before).len()));
            }
        }
    }
    found
}

/// The places of the entries in a file, with the spaces left out.
fn places(entries: &[Entry], path: &str, code: &str) -> Vec<Range<usize>> {
    let squeezed = bare(code);
    let here = entries.iter().filter(|entry| entry.file == path);
    let mut places = Vec::new();
    for entry in here {
        let found: Vec<_> = squeezed
            .match_indices(&entry.what)
            .map(|(at, _)| at)
            .collect();
        assert_eq!(found.len(), 1, "{} in {path}: places that fit", entry.name);
        places.extend(found.iter().map(|at| *at..at + entry.what.len()));
    }
    places
}

#[test]
fn every_guard_stands_in_the_list_of_mutants_and_the_list_fits() {
    let entries = entries();
    let mut missing = Vec::new();
    let mut files = HashMap::new();
    for source in sources(&["src"]) {
        let code = code(&source);
        let places = places(&entries, &source.path, &code);
        for (guard, at) in uses(&code) {
            if !places.iter().any(|place| place.contains(&at)) {
                let line = bare(&code)[at..].chars().take(60).collect::<String>();
                missing.push(format!("{}: {guard}: {line}", source.path));
            }
        }
        files.insert(source.path.clone(), code);
    }
    for entry in &entries {
        assert!(
            files.contains_key(&entry.file),
            "{}: no {}",
            entry.name,
            entry.file
        );
        assert!(
            entry.has_answer,
            "{}: say `with` or `equivalent`",
            entry.name
        );
    }
    assert!(
        missing.is_empty(),
        "not in tests/mutants.list; add an entry for each, and run tests/mutants --only it:\n{}",
        missing.join("\n")
    );
}

#[test]
fn guards_are_found_where_they_are_called_and_where_they_are_handed_on() {
    let code = "fn sees(a: A) {}\nlet x = p::sees(a);\nList { sees: sees, }\nt(b, visible_to, c)\noversees(a)";
    let found: Vec<_> = uses(code).into_iter().map(|(guard, _)| guard).collect();
    assert_eq!(found, ["visible_to", "sees", "sees"]);
}
