//! The scan and the parser read the same text with different lexers. Nothing may hide brackets from
//! the one that the other sees.

use async_graphql::Value as Constant;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{Selection, SelectionSet};

use super::super::{Limits, scan};
use super::on_stack;

/// Pieces that begin, end or disturb strings, comments and brackets.
const PIECES: [&str; 40] = [
    "\"",
    "\"\"",
    "\"\"\"",
    "\\",
    "\\\"",
    "\\\"\"\"",
    "\\\\",
    "\\u005b",
    "\\u{5b}",
    "\\u{",
    "\\uD83D\\uDE00",
    "\\uD83D",
    "\\uDE00",
    "\\x",
    "#",
    "\n",
    "\r",
    "\r\n",
    "\u{feff}",
    ",",
    " ",
    "\t",
    "\u{2028}",
    "\u{0}",
    "é",
    "{",
    "[",
    "(",
    "}",
    "]",
    ")",
    "a",
    "a:",
    "$a",
    "@a",
    "&",
    "|",
    "1",
    "-1.5e3",
    "...",
];

/// A fixed sequence of numbers that look random.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end as u64).unwrap_or(0)
    }

    fn pieces(&mut self, most: usize) -> String {
        (0..self.below(most))
            .map(|_| PIECES[self.below(PIECES.len())])
            .collect()
    }
}

/// Brackets around the innermost value or selection that the parser has built.
fn built_depth(set: &SelectionSet) -> usize {
    let inner = set.items.iter().map(|item| match &item.node {
        Selection::Field(field) => {
            let values = field.node.arguments.iter().map(|(_, value)| {
                1 + value
                    .node
                    .clone()
                    .into_const_with(|_| Ok::<_, ()>(Constant::Null))
                    .map_or(0, |value| nested(&value))
            });
            let below = &field.node.selection_set.node;
            let below = if below.items.is_empty() {
                0
            } else {
                built_depth(below)
            };
            values.max().unwrap_or(0).max(below)
        }
        Selection::InlineFragment(inline) => built_depth(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    });
    1 + inner.max().unwrap_or(0)
}

fn nested(value: &Constant) -> usize {
    match value {
        Constant::List(items) => 1 + items.iter().map(nested).max().unwrap_or(0),
        Constant::Object(fields) => 1 + fields.values().map(nested).max().unwrap_or(0),
        _ => 0,
    }
}

/// Texts of random pieces around `depth` balanced brackets that the pieces may hide.
fn texts(seed: u64, depth: usize) -> impl Iterator<Item = String> {
    let mut sequence = Sequence(seed);
    let hidden = "[".repeat(depth) + &"]".repeat(depth);
    (0..20_000).map(move |_| {
        let (before, inside) = (sequence.pieces(4), sequence.pieces(4));
        let after = if sequence.below(2) == 0 { "" } else { "\"" };
        let quote = ["", "\"", "\"\"\"", "#"][sequence.below(4)];
        format!("{{ a(b: [ {before} {quote}{inside} {hidden} {after}\n]) {{ b }} }}")
    })
}

#[test]
fn the_parser_builds_no_deeper_than_the_scan_counted() {
    let (mut shallow, mut hidden) = (0, 0);
    for text in texts(7, 3).chain(texts(11, 100)) {
        let Ok(found) = scan(&text, &Limits::default()) else {
            continue;
        };
        let Ok(document) = parse_query(&text) else {
            continue;
        };
        let operations = document.operations.iter();
        let built = operations
            .map(|(_, operation)| built_depth(&operation.node.selection_set.node))
            .max();
        assert!(built <= Some(found.depth), "{text:?}: {found:?}");
        *(if text.contains("[[[[") {
            &mut hidden
        } else {
            &mut shallow
        }) += 1;
    }
    assert!(
        shallow > 200 && hidden > 200,
        "only {shallow} and {hidden} texts were accepted by both"
    );
}

/// A stack overflow ends the test process, so this passes only if no accepted text lets the parser
/// descend.
#[test]
fn no_text_hides_three_thousand_brackets_from_the_scan() {
    let mut accepted = 0;
    on_stack(2 * 1024 * 1024, || {
        for text in texts(13, 3_000) {
            if scan(&text, &Limits::default()).is_ok() {
                accepted += 1;
                let _ = parse_query(&text);
            }
        }
    });
    assert!(accepted > 200, "only {accepted} texts passed the scan");
}

#[test]
fn what_the_parser_reads_after_a_lexical_error_never_reaches_it() {
    let brackets = "[".repeat(100) + &"]".repeat(100);
    // On an unterminated block string the parser goes back and reads two plain strings.
    let text = format!("{{ a(b: [\"\"\" \" {brackets}]) }}");
    assert!(scan(&text, &Limits::default()).is_err());
    let Ok(document) = parse_query(&text) else {
        panic!("the parser no longer reads this")
    };
    let mut operations = document.operations.iter();
    let built = operations
        .next()
        .map(|(_, operation)| &operation.node.selection_set.node);
    assert_eq!(built.map(built_depth), Some(103));
}

#[test]
fn what_only_the_scan_takes_for_a_string_stops_the_parser() {
    let brackets = "[".repeat(100) + &"]".repeat(100);
    for start in ["\"\n", "\"\r", "\"\\u{5b}", "\"\\uD83D\\uDE00"] {
        let text = format!("{{ a(b: [{start}{brackets}\" 1]) }}");
        assert!(scan(&text, &Limits::default()).is_ok(), "{start:?}");
        assert!(parse_query(&text).is_err(), "{start:?}");
    }
}

#[test]
fn both_end_a_comment_at_a_bare_carriage_return() {
    let brackets = "[".repeat(100) + &"]".repeat(100);
    for end in ["\r", "\n", "\r\n", "\r\u{feff},"] {
        let text = format!("{{ a(b: 1 # \" {end} c: {brackets}) }}");
        assert!(scan(&text, &Limits::default()).is_err(), "{end:?}");
        assert!(parse_query(&text).is_ok(), "{end:?}");
    }
    let text = format!("{{ a # \u{2028} {brackets}\r }}");
    assert!(scan(&text, &Limits::default()).is_ok_and(|found| found.depth == 1));
    assert!(parse_query(&text).is_ok());
}
