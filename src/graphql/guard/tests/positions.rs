//! Where a variable may stand, one rule of the specification at a time.

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use serde_json::json;

use super::super::{Code, Guard, Limits, Refusal, SchemaTypes, positions, usages};
use super::variables;

const SDL: &str = r#"
    interface Node { id: ID! text(length: Int!): String }
    type Query implements Node {
      id: ID! text(length: Int!): String
      null(a: String): Query
      never(a: String!): Query
      default(a: String! = "x"): Query
      list(a: [String]): Query
      strict(a: [String!]!): Query
      lists(a: [[String!]]): Query
      input(a: Input!): Query
      inputs(a: [Input!]!): Query
      any: Any
    }
    union Any = Query
    type Mutation { never(a: String!): Query }
    input Input { never: String! null: Int default: String! = "x" list: [String!] more: Input inputs: [Input!] }
    extend input Input { later: Int! = 1 }
"#;

fn check(query: &str) -> Result<usize, Refusal> {
    check_with(query, &Variables::default())
}

fn check_with(query: &str, sent: &Variables) -> Result<usize, Refusal> {
    let Ok(types) = SchemaTypes::from_sdl(SDL) else {
        panic!("the schema must be read")
    };
    let guard = Guard::new(types, Limits::default());
    guard
        .check(query, Some("q"), sent)
        .map(|judged| judged.steps)
}

/// Whether a variable declared so may stand there. Whether the value fits is another matter.
fn fits(declared: &str, usage: &str) -> bool {
    let query = format!("query q($a: {declared}) {{ {usage} {{ id }} }}");
    match check_with(&query, &variables(json!({"a": "x"}))) {
        Ok(_) => true,
        Err(refusal) if refusal.code == Code::BadUserInput => true,
        Err(refusal) => {
            assert_eq!(refusal.code, Code::ValidationFailed, "{query}: {refusal}");
            assert!(refusal.message.contains("cannot stand where"), "{refusal}");
            false
        }
    }
}

#[track_caller]
fn assert_fits(usage: &str, fit: &[&str], unfit: &[&str]) {
    for declared in fit {
        assert!(fits(declared, usage), "{declared} in {usage}");
    }
    for declared in unfit {
        assert!(!fits(declared, usage), "{declared} in {usage}");
    }
}

#[test]
fn a_variable_stands_where_its_own_type_is_expected() {
    assert_fits(
        "null(a: $a)",
        &["String", "String!"],
        &["Int", "ID!", "[String]"],
    );
    assert_fits(
        "never(a: $a)",
        &["String!"],
        &["String", "Int!", "[String!]!"],
    );
}

#[test]
fn a_default_that_is_not_null_makes_up_for_a_nullable_type() {
    let fit = ["String = \"x\"", "String! = \"x\""];
    assert_fits("never(a: $a)", &fit, &["String = null", "Int = 1"]);
}

#[test]
fn a_place_with_a_default_takes_a_nullable_variable_of_its_type() {
    assert_fits(
        "default(a: $a)",
        &["String", "String!", "String = null"],
        &["Int", "[String]"],
    );
    let input = "input(a: {never: \"x\", default: $a})";
    assert_fits(input, &["String", "String!"], &["Int", "Int!"]);
    assert_fits("input(a: {never: \"x\", later: $a})", &["Int"], &["String"]);
}

#[test]
fn lists_fit_item_by_item() {
    assert_fits(
        "list(a: $a)",
        &["[String]", "[String!]!"],
        &["String", "[Int]", "[[String]]"],
    );
    assert_fits(
        "strict(a: $a)",
        &["[String!]!", "[String!] = []"],
        &["[String!]", "[String]!", "[String] = []"],
    );
    assert_fits(
        "lists(a: $a)",
        &["[[String!]]", "[[String!]!]!"],
        &["[[String]]", "[String!]"],
    );
}

#[test]
fn an_item_of_a_list_has_no_default_and_the_type_of_the_item() {
    assert_fits(
        "list(a: [\"x\", $a])",
        &["String", "String!"],
        &["[String]", "Int"],
    );
    assert_fits(
        "strict(a: [$a])",
        &["String!", "String = \"x\""],
        &["String", "[String!]!"],
    );
    assert_fits(
        "lists(a: [$a])",
        &["[String!]", "[String!]!"],
        &["[String]", "String!"],
    );
    assert_fits("lists(a: [[$a]])", &["String!"], &["String", "[String!]"]);
}

#[test]
fn fields_of_inputs_are_found_at_every_depth() {
    assert_fits("input(a: {never: $a})", &["String!"], &["String", "Int!"]);
    assert_fits(
        "input(a: $a)",
        &["Input!"],
        &["Input", "Query!", "[Input!]"],
    );
    let below = "input(a: {never: \"x\", more: {never: \"x\", list: [$a]}})";
    assert_fits(below, &["String!"], &["String", "Int!"]);
    assert_fits("inputs(a: [{never: $a}])", &["String!"], &["String"]);
    // One object for a list of one.
    assert_fits("inputs(a: {never: $a})", &["String!"], &["String"]);
}

#[test]
fn directives_want_a_boolean_wherever_they_stand() {
    for usage in [
        "any @include(if: $a)",
        "null @skip(if: $a) { any",
        "... on Query @skip(if: $a)",
        "null { ... @include(if: $a) { any",
        "nothing @skip(if: $a)",
    ] {
        let close = " }".repeat(usage.matches('{').count());
        for (declared, fit) in [
            ("Boolean!", true),
            ("Boolean = true", true),
            ("Boolean", false),
            ("String!", false),
        ] {
            let query = format!("query q($a: {declared}) {{ {usage} {{ __typename }} {close} }}");
            let judged = check_with(&query, &variables(json!({"a": true})));
            assert_eq!(judged.is_ok(), fit, "{query}");
        }
    }
    assert!(
        check("query q($a: Int = 1) { ...f @skip(if: $a) } fragment f on Query { id }").is_err()
    );
}

#[test]
fn what_a_fragment_says_is_judged_for_every_operation_that_reaches_it() {
    let fragments =
        "fragment f on Query { null { ...g ...g } } fragment g on Node { text(length: $a) }";
    for (declared, fit) in [
        ("Int! = 1", true),
        ("Int", false),
        ("String = \"x\"", false),
    ] {
        let own = format!("query q($a: {declared}) {{ any {{ ...f }} }} {fragments}");
        assert_eq!(check(&own).is_ok(), fit, "{own}");
        let other = format!("query q {{ id }} query r($a: {declared}) {{ ...f }} {fragments}");
        assert_eq!(check(&other).is_ok(), fit, "{other}");
    }
    let unreached = format!("query q($a: String = \"x\") {{ null(a: $a) {{ id }} }} {fragments}");
    assert!(check(&unreached).is_ok());
}

#[test]
fn mutations_and_introspection_have_places_too() {
    assert!(check("mutation q($a: Int = 1) { never(a: $a) { id } }").is_err());
    assert!(check("query q($a: String) { __type(name: $a) { name } }").is_err());
    let fields = "fields(includeDeprecated: $a) { name }";
    for (declared, fit) in [("Boolean", true), ("Int", false)] {
        let query = format!("query q($a: {declared}) {{ __type(name: \"Query\") {{ {fields} }} }}");
        assert_eq!(check(&query).is_ok(), fit, "{query}");
    }
}

#[test]
fn unknown_names_are_left_to_validation() {
    for usage in [
        "never(a: $unknown)",
        "never(b: $a)",
        "nothing(a: $a)",
        "nothing { never(a: $a) }",
        "... on Nothing { never(a: $a) }",
        "id @nothing(if: $a)",
        "...nothing",
    ] {
        assert!(
            check(&format!("query q($a: Int) {{ {usage} }}")).is_ok(),
            "{usage}"
        );
    }
}

#[test]
fn the_refusal_names_the_types_and_both_places_of_the_first_fault() {
    let query = "query q($b: Int = 1,\n  $a: Int) {\n  null { ...f }\n  never(a: $a) { id } never(a: $b) { id }\n}
        fragment f on Query { never(a: $a) { id } }";
    let Err(refusal) = check(query) else {
        panic!("accepted")
    };
    assert_eq!(
        refusal.message,
        "Variable `$a` of type `Int` cannot stand where `String!` is expected."
    );
    let places: Vec<_> = refusal
        .locations
        .iter()
        .map(|pos| (pos.line, pos.column))
        .collect();
    assert_eq!(places, [(2, 3), (4, 12)]);
    let long = format!(
        "query q(${0}: {0}) {{ never(a: ${0}) {{ id }} }}",
        "a".repeat(5_000)
    );
    assert!(check(&long).is_err_and(|refusal| refusal.message.len() < 250));
}

#[test]
fn fragments_are_read_once_however_often_they_are_spread() {
    let mut text = "query q($a: String! = \"x\") { ...f0 }".to_owned();
    for at in 0..30 {
        let spreads = format!("...f{} ", at + 1).repeat(2);
        text += &format!(" fragment f{at} on Query {{ {spreads} never(a: $a) {{ id }} }}");
    }
    let (Ok(types), Ok(document)) = (SchemaTypes::from_sdl(SDL), parse_query(&text)) else {
        panic!("both must be read")
    };
    let said = usages::read(&document, &types);
    let steps = positions::check(&said).map(|steps| steps + said.steps);
    let words = text.split(' ').count();
    assert!(
        steps.as_ref().is_ok_and(|steps| *steps <= words),
        "{steps:?} for {words}"
    );
}
