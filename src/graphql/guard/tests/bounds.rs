//! Each bound, at its limit and one beyond.

use super::super::{Code, Guard, Limits, Refusal};
use super::{INTROSPECTION_QUERY, accepted, assert_refused, check, guard, refused, variables};

use async_graphql::Variables;
use async_graphql::parser::types::OperationType;
use serde_json::json;

fn repeated(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(" ")
}

fn select(parts: &str) -> String {
    format!("{{ {parts} }}")
}

#[test]
fn depth_counts_fields_through_fragments() {
    let nested = |depth: usize| "{ a ".repeat(depth) + &"}".repeat(depth);
    accepted(&nested(15));
    assert_refused(
        &nested(16),
        Code::TooComplex,
        "16 levels deep, fragments expanded; at most 15",
    );
    let split = |depth: usize| format!("{{ a {{ ...f }} }} fragment f on A {}", nested(depth - 1));
    accepted(&split(15));
    assert_refused(&split(16), Code::TooComplex, "16 levels deep");
}

#[test]
fn introspection_has_its_own_depth() {
    let below = |depth: usize| {
        format!(
            "{{ __type(name: \"A\") {} }}",
            "{ ofType ".repeat(depth) + &"}".repeat(depth)
        )
    };
    accepted(&below(19));
    assert_refused(
        &below(20),
        Code::TooComplex,
        "The introspection nests fields 21 levels",
    );
    accepted(INTROSPECTION_QUERY);
}

#[test]
fn introspection_may_not_walk_from_type_to_type() {
    accepted("{ __schema { types { fields { name } } } }");
    accepted("{ __type(name: \"A\") { fields { type { fields { name } } } } }");
    let spread = "{ __schema { types { fields { type { ...T } } } } } fragment T on __Type { possibleTypes { name } }";
    assert_refused(spread, Code::TooComplex, "lists of types 3 levels");
    accepted("{ a { types { fields { fields { fields { id } } } } } }");
}

#[test]
fn inline_fragments_may_not_nest_without_end() {
    let nested = |depth: usize| format!("{{ {} a {} }}", "... { ".repeat(depth), "}".repeat(depth));
    accepted(&nested(31));
    assert_refused(
        &nested(32),
        Code::TooComplex,
        "Selections are nested 33 levels",
    );
}

#[test]
fn aliases_are_counted_in_the_whole_document() {
    let aliased = |count| {
        select(&format!(
            "viewer {{ {} }}",
            repeated(count, |at| format!("a{at}: id"))
        ))
    };
    accepted(&aliased(30));
    assert_refused(&aliased(31), Code::TooComplex, "31 aliases; at most 30");
}

#[test]
fn directives_are_counted_wherever_they_stand() {
    let everywhere = |on_field: usize| {
        let on_field = "@b ".repeat(on_field);
        format!(
            "query($a: Int @b) @b {{ a {on_field} ... @b {{ c }} ...f @b }} fragment f on Query @b {{ d }}"
        )
    };
    accepted(&everywhere(45));
    assert_refused(
        &everywhere(46),
        Code::TooComplex,
        "51 directives; at most 50",
    );
}

#[test]
fn root_fields_are_counted_through_fragments() {
    let fields = |count| repeated(count, |at| format!("f{at}"));
    accepted(&select(&fields(20)));
    assert_refused(
        &select(&fields(21)),
        Code::TooComplex,
        "The query has 21 root fields",
    );
    accepted(&format!("mutation {{ {} }}", fields(5)));
    assert_refused(
        &format!("mutation {{ {} }}", fields(6)),
        Code::TooComplex,
        "6 root fields",
    );
    accepted("subscription { postAdded { id } }");
    let two = "subscription { ... on Subscription { a } ...f } fragment f on Subscription { b }";
    assert_refused(two, Code::TooComplex, "The subscription has 2 root fields");
    for one in [
        "subscription { ... on Subscription { postAdded { id } } }",
        "subscription { ...f } fragment f on Subscription { postAdded { id } }",
    ] {
        assert_refused(one, Code::ValidationFailed, "not in a fragment");
    }
}

#[test]
fn definitions_and_selections_are_counted() {
    let operations = |count| repeated(count, |at| format!("query q{at} {{ a }}"));
    assert_eq!(refused(&operations(5)).code, Code::BadUserInput);
    assert_refused(&operations(6), Code::TooComplex, "6 operations; at most 5");
    let fragments = |count| {
        format!(
            "{{ a }} {}",
            repeated(count, |at| format!("fragment f{at} on A {{ a }}"))
        )
    };
    accepted(&fragments(50));
    assert_refused(&fragments(51), Code::TooComplex, "51 fragments; at most 50");
    let spread = |spreads: usize| {
        let fields = repeated(98, |at| format!("f{at}"));
        format!(
            "{{ a {{ {} }} }} fragment f on A {{ {fields} }}",
            "...f ".repeat(spreads)
        )
    };
    accepted(&spread(50));
    assert_refused(&spread(51), Code::TooComplex, "5050 selections");
}

#[test]
fn lists_are_bounded_in_literals_defaults_directives_and_variables() {
    let list = |count: usize| format!("[{}]", "1 ".repeat(count));
    for place in [
        "{ a(b: LIST) }",
        "{ a(b: {c: [LIST]}) }",
        "query($a: [Int] = LIST) { a }",
        "{ a @b(c: LIST) }",
    ] {
        accepted(&place.replace("LIST", &list(100)));
        assert_refused(
            &place.replace("LIST", &list(101)),
            Code::TooComplex,
            "101 items; at most 100",
        );
    }
    let send = |count: usize| {
        let sent = variables(json!({"input": {"tags": [vec![1; count]]}}));
        guard(Limits::default()).check("query($input: A) { a(b: $input) }", None, &sent)
    };
    assert!(send(100).is_ok());
    assert!(send(101).is_err_and(|refusal| {
        refusal
            .message
            .starts_with("A list in the variable `input` has 101")
    }));
}

#[test]
fn too_much_text_is_a_payload_too_large() {
    assert!(check(&format!("{{ a }} #{}", "x".repeat(16 * 1024 - 7))).is_ok());
    assert_refused(
        &format!("{{ a }} #{}", "x".repeat(16 * 1024 - 6)),
        Code::PayloadTooLarge,
        "16385 bytes",
    );
    assert_refused(
        &select(&"a ".repeat(2_000)),
        Code::PayloadTooLarge,
        "more than 2000 tokens",
    );
}

#[test]
fn the_operation_to_run_must_be_certain() {
    let guard = guard(Limits::default());
    let run = |query: &str, name: Option<&str>| guard.check(query, name, &Variables::default());
    let code = |result: Result<_, Refusal>| {
        result
            .map(|judged: super::super::Judged| judged.operation)
            .map_err(|r| r.code)
    };
    let two = "query a { a } mutation b { b }";
    assert_eq!(code(run(two, Some("b"))), Ok(OperationType::Mutation));
    assert_eq!(code(run(two, None)), Err(Code::BadUserInput));
    assert_eq!(code(run(two, Some("c"))), Err(Code::BadUserInput));
    assert_eq!(code(run("{ a }", Some("a"))), Err(Code::BadUserInput));
    assert_eq!(code(run("query a { a }", None)), Ok(OperationType::Query));
    assert!(run(two, Some(&"x".repeat(10_000))).is_err_and(|refusal| refusal.message.len() < 150));
}

#[test]
fn root_fields_are_named_once_in_order_of_appearance() {
    let judged = accepted(
        "{ b ...f x: a ... on Query { c } } fragment f on Query { d ...g } fragment g on Query { a }",
    );
    assert_eq!(judged.root_fields, ["b", "d", "a", "c"]);
}

#[test]
fn parse_errors_are_one_readable_line_with_a_place() {
    let refusal = refused("{\n  a(\n}");
    assert_eq!(refusal.code, Code::ParseFailed);
    assert_eq!(refusal.message, "Syntax error at 3:1: expected name.");
    assert_eq!(
        (refusal.locations[0].line, refusal.locations[0].column),
        (3, 1)
    );
    assert_refused(
        "",
        Code::ParseFailed,
        "expected an operation or a fragment.",
    );
    assert_refused(
        "{ a } }",
        Code::ParseFailed,
        "expected the end of the document",
    );
    assert_refused(
        "{ a } { b }",
        Code::ValidationFailed,
        "must be the only one",
    );
    assert_refused(
        "query a { a } query a { b }",
        Code::ValidationFailed,
        "Two operations are called `a`.",
    );
    assert_refused(
        "{ a } fragment a on A { a } fragment a on A { b }",
        Code::ValidationFailed,
        "Two fragments",
    );
    assert_refused(
        "fragment a on A { a }",
        Code::ValidationFailed,
        "no operation",
    );
}

#[test]
fn a_guard_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Guard>();
}
