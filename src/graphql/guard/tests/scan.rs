//! Tokens, brackets, lexical errors and JSON bodies.

use async_graphql::Pos;

use super::super::{Code, Limits, check_json_nesting, scan};

#[track_caller]
fn counted(query: &str) -> (usize, usize) {
    match scan(query, &Limits::default()) {
        Ok(found) => (found.tokens, found.depth),
        Err(refusal) => panic!("{refusal}"),
    }
}

#[track_caller]
fn failure(query: &str) -> (Code, Vec<Pos>) {
    match scan(query, &Limits::default()) {
        Ok(found) => panic!("accepted: {found:?}"),
        Err(refusal) => (refusal.code, refusal.locations),
    }
}

#[test]
fn white_space_commas_and_comments_are_not_tokens() {
    assert_eq!(counted("\u{feff}{ a, b # c { [ (\r\n }"), (4, 1));
}

#[test]
fn brackets_in_strings_do_not_count() {
    assert_eq!(
        counted(r#"{ a(b: "[[[\"[[[", c: """[[[ \""" [[[""") }"#),
        (11, 2)
    );
}

#[test]
fn exactly_the_limits_are_accepted_and_one_more_is_not() {
    let nested = |depth: usize| "{".repeat(depth) + &"}".repeat(depth);
    assert_eq!(counted(&nested(64)), (128, 64));
    assert_eq!(
        failure(&nested(65)),
        (
            Code::TooComplex,
            vec![Pos {
                line: 1,
                column: 65
            }]
        )
    );
    assert_eq!(counted(&"a ".repeat(2_000)).0, 2_000);
    assert_eq!(
        failure(&"a ".repeat(2_001)),
        (
            Code::PayloadTooLarge,
            vec![Pos {
                line: 1,
                column: 4_001
            }]
        )
    );
}

#[test]
fn a_lexical_error_is_refused_with_its_place() {
    let at = |line, column| (Code::ParseFailed, vec![Pos { line, column }]);
    assert_eq!(failure("{ a\n  ? }"), at(2, 3));
    assert_eq!(failure("{ a(b: \"x"), at(1, 8));
    assert_eq!(failure("{\r\n é }"), at(2, 2));
    assert_eq!(failure("{ a(b: 1.) }"), at(1, 8));
    assert_eq!(failure("\"\"\""), at(1, 1));
}

#[test]
fn awkward_ends_of_text_do_not_panic() {
    let ends = [
        "",
        "\"",
        "\"\"",
        "\"\"\"",
        "\"\"\"\\",
        "\"\\u",
        "\"\\u{",
        "\"\\uD800\\u",
        ".",
        "..",
        "-",
        "1.",
        "1e",
        "#",
        "é",
        "\"é",
    ];
    for start in ["", "{ a é", "\"\"\"é\"\"\"", "é\""] {
        for end in ends {
            let text = format!("{start}{end}");
            let _ = scan(&text, &Limits::default());
        }
    }
}

#[test]
fn json_is_refused_where_it_nests_too_deep() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let limits = Limits::default();
    assert!(check_json_nesting(nested(64).as_bytes(), &limits).is_ok());
    for depth in [65, 1_000, 50_000] {
        let refusal = check_json_nesting(nested(depth).as_bytes(), &limits);
        assert_eq!(
            refusal.map_err(|refusal| refusal.code),
            Err(Code::TooComplex),
            "{depth}"
        );
    }
    assert!(
        check_json_nesting(
            (r#"{"a":""#.to_owned() + &nested(100) + r#"\"[[["}"#).as_bytes(),
            &limits
        )
        .is_ok()
    );
    assert!(
        check_json_nesting((r#"{"a\\":"#.to_owned() + &nested(100)).as_bytes(), &limits).is_err()
    );
}
