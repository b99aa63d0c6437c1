//! Documents made to exhaust a stack or a processor.

use std::fmt::Write;

use async_graphql::Variables;
use async_graphql::parser::parse_query;

use super::super::{Code, Limits, bounds, scan};
use super::{accepted, assert_refused, guard, on_stack, refused, variables};

/// Fragments that each spread the next one twice: with 30 levels, 2^30 selections in 1,300 bytes.
fn fragment_bomb(levels: usize) -> String {
    let mut text = "{ ...f0 }".to_owned();
    for at in 0..levels {
        let next = at + 1;
        let _ = write!(text, " fragment f{at} on Query {{ ...f{next} ...f{next} }}");
    }
    text + &format!(" fragment f{levels} on Query {{ schemaVersion }}")
}

/// Steps and tokens of judging the bounds of a text with nothing refused.
fn work(text: &str) -> (usize, usize) {
    let most = usize::MAX;
    let limits = Limits {
        tokens: most,
        expanded_nesting: most,
        depth: most,
        query_root_fields: most,
        fragments: most,
        selections: most,
        list_items: most,
        aliases: most,
        ..Limits::default()
    };
    let tokens = match scan(text, &limits) {
        Ok(found) => found.tokens,
        Err(refusal) => panic!("{refusal}"),
    };
    match guard(Limits {
        query_bytes: most,
        cost: u32::MAX,
        ..limits
    })
    .check(text, None, &Variables::default())
    {
        Ok(judged) => (judged.steps, tokens),
        Err(refusal) => panic!("{refusal}"),
    }
}

#[test]
fn the_work_grows_with_the_text_and_not_with_what_it_stands_for() {
    let wide = format!("{{ {} }}", "viewer { id handle } ".repeat(390));
    let deep = "{ viewer ".repeat(60) + "{ id" + &" }".repeat(61);
    let values = format!("{{ nodes(ids: [{}]) {{ id }} }}", "1 ".repeat(1_900));
    for text in [fragment_bomb(30), wide, deep, values] {
        let (steps, tokens) = work(&text);
        assert!(steps <= 10 * tokens, "{steps} steps for {tokens} tokens");
    }
}

#[test]
fn fragments_that_double_are_refused() {
    assert_refused(&fragment_bomb(31), Code::TooComplex, "nested 33 levels");
    assert_refused(
        &fragment_bomb(29),
        Code::TooComplex,
        "536870912 root fields",
    );
    let mut nested = fragment_bomb(20)
        .replace("{ ...f0 }", "{ viewer { ...f0 } }")
        .replace("on Query", "on User");
    nested = nested.replace("schemaVersion", "id");
    assert_refused(&nested, Code::TooComplex, "selections");
}

#[test]
fn brackets_of_every_depth_are_refused_or_survived() {
    on_stack(2 * 1024 * 1024, || {
        for depth in [10, 60, 63, 64, 65, 100, 400, 1_000, 2_000, 5_000] {
            for (open, close) in [("[", "]"), ("{a:", "}")] {
                let text = format!("{{ a(b: {}1{}) }}", open.repeat(depth), close.repeat(depth));
                let within = depth + 2 <= 64;
                assert_eq!(super::check(&text).is_ok(), within, "{depth} of {open}");
            }
            let text = format!(
                "query($a: {}Int{}) {{ a }}",
                "[".repeat(depth),
                "]".repeat(depth)
            );
            assert_eq!(super::check(&text).is_ok(), depth < 64, "type of {depth}");
            let text = "{a".repeat(depth) + &"}".repeat(depth);
            assert_eq!(
                super::check(&text).is_ok(),
                depth <= 15,
                "selection of {depth}"
            );
            assert!(super::check(&"{a(b:[".repeat(depth)).is_err());
        }
    });
}

#[test]
fn a_long_chain_of_deep_fragments_needs_little_stack() {
    let mut text = "{ ...f0 }".to_owned();
    for at in 0..50 {
        let (open, close) = ("... { ".repeat(63), " }".repeat(63));
        let _ = write!(
            text,
            " fragment f{at} on Query {{ {open} ...f{} {close} }}",
            at + 1
        );
    }
    let Ok(document) = parse_query(&text) else {
        panic!("the text must parse")
    };
    let limits = Limits {
        expanded_nesting: usize::MAX,
        ..Limits::default()
    };
    let bounds = on_stack(256 * 1024, || {
        bounds::check(&document, &limits).map(|bounds| bounds.steps)
    });
    assert!(bounds.is_ok_and(|steps| steps > 50 * 64));
    let refusal = bounds::check(&document, &Limits::default()).map(|bounds| bounds.steps);
    assert!(refusal.is_err_and(|refusal| refusal.message.contains("levels deep")));
}

#[test]
fn fragments_that_spread_themselves_are_refused() {
    for text in [
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { viewer { ...b } } fragment b on User { ... { ...a } }",
        "{ schemaVersion } fragment z on Query { ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    ] {
        assert_refused(text, Code::ValidationFailed, "spreads itself");
    }
    assert!(
        !refused("{ a } fragment z on Q { ...a } fragment a on Q { ...a }")
            .message
            .contains('z')
    );
}

#[test]
fn unknown_fragments_are_left_to_validation() {
    accepted("{ ...nowhere schemaVersion }");
    let doubling = fragment_bomb(20).replace("fragment f20 on Query { schemaVersion }", "");
    assert_refused(&doubling, Code::TooComplex, "selections");
}

#[test]
fn what_is_written_on_a_typename_is_judged_as_on_any_field() {
    for fine in [
        "{ __typename }",
        "{ viewer { name: __typename @skip(if: false) @include(if: true) } }",
        "query($a: Boolean!) { __typename @include(if: $a) }",
    ] {
        let sent = variables(serde_json::json!({ "a": true }));
        let judged = guard(Limits::default()).check(fine, None, &sent);
        assert!(judged.is_ok(), "{fine}: {:?}", judged.map(|_| ()));
    }
    for (wrong, says) in [
        ("{ __typename @upper }", "no directive `upper`"),
        (
            "{ viewer { ... { __typename @deprecated } } }",
            "no directive",
        ),
        (
            "{ ...f } fragment f on Query { __typename @skip }",
            "argument `if`",
        ),
        ("{ __typename @skip(iff: true) }", "argument `if`"),
        ("{ __typename @skip(if: true) @skip(if: true) }", "once"),
        ("{ __typename(a: 1) }", "no arguments"),
        ("{ __typename { a } }", "no fields"),
    ] {
        assert_refused(wrong, Code::ValidationFailed, says);
    }
}
