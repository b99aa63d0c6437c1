//! Prices, one rule at a time.

use async_graphql::Variables;
use serde_json::{Value, json};

use super::super::{Code, Limits, SchemaTypes};
use super::{INTROSPECTION_QUERY, accepted, assert_refused, guard, variables};

fn cost(query: &str) -> u32 {
    accepted(query).cost
}

fn cost_with(query: &str, sent: Value) -> u32 {
    let limits = Limits {
        cost: u32::MAX,
        ..Limits::default()
    };
    match guard(limits).check(query, None, &variables(sent)) {
        Ok(judged) => judged.cost,
        Err(refusal) => panic!("{refusal}"),
    }
}

#[test]
fn scalars_are_free_and_an_object_costs_one() {
    assert_eq!(cost("{ schemaVersion __typename }"), 0);
    assert_eq!(cost("{ viewer { id handle } }"), 1);
    assert_eq!(
        cost("mutation { createPost(input: {body: \"\"}) { post { author { id } } } }"),
        3
    );
    assert_eq!(cost("subscription { postAdded { tags author { id } } }"), 2);
}

#[test]
fn a_page_costs_its_size_times_one_item() {
    assert_eq!(cost("{ explore(first: 10) { nodes { id } } }"), 11);
    assert_eq!(
        cost(
            "{ explore(first: 10) { edges { cursor node { id author { id } } } pageInfo { hasNextPage } } }"
        ),
        22
    );
    assert_eq!(cost("{ explore(first: 10) { edges { cursor } } }"), 11);
    assert_eq!(
        cost("{ explore(first: 10) { edges { cursor } nodes { id } } }"),
        11
    );
    // Its rows are read also where nothing of them is asked.
    assert_eq!(
        cost("{ explore(first: 10) { pageInfo { hasNextPage } } }"),
        12
    );
    assert_eq!(cost("{ explore(first: 10) { __typename } }"), 11);
    assert_eq!(cost("{ explore { nodes { id } } }"), 21);
    assert_eq!(
        cost("{ explore(last: 7, first: null) { nodes { id } } }"),
        8
    );
    assert_eq!(
        cost("{ explore(first: 5) { nodes { comments(first: 3) { nodes { author { id } } } } } }"),
        1 + 5 * (1 + 1 + 3 * 2)
    );
}

#[test]
fn the_size_of_a_page_is_clamped() {
    for (first, n) in [("0", 1), ("-5", 1), ("1000", 100), ("2147483647", 100)] {
        assert_eq!(
            cost(&format!(
                "{{ explore(first: {first}) {{ nodes {{ id }} }} }}"
            )),
            1 + n,
            "{first}"
        );
    }
}

#[test]
fn the_size_of_a_page_may_be_a_variable() {
    let query = "query($n: Int = 3) { explore(first: $n) { nodes { id } } }";
    assert_eq!(cost_with(query, json!({"n": 50})), 51);
    assert_eq!(cost_with(query, json!({})), 4);
    assert_eq!(cost_with(query, json!({"n": null})), 21);
    assert_eq!(
        cost_with(
            "query($n: Int) { explore(first: $n) { nodes { id } } }",
            json!({})
        ),
        21
    );
    assert_eq!(
        cost_with(
            "{ explore(first: $undefined) { nodes { id } } }",
            json!({"undefined": 100})
        ),
        21
    );
}

#[test]
fn a_total_count_has_a_price_outside_the_page() {
    assert_eq!(
        cost(
            "{ node(id: 1) { ... on Post { reactions(first: 10) { totalCount nodes { emoji } } } } }"
        ),
        1 + 1 + 50 + 10
    );
}

#[test]
fn a_plain_list_is_taken_to_have_five_items() {
    assert_eq!(
        cost("subscription { postAdded { mentions { handle } } }"),
        1 + 1 + 5
    );
}

#[test]
fn nodes_cost_as_many_as_are_asked_for() {
    assert_eq!(cost("{ nodes(ids: [1, 2, 3]) { id } }"), 4);
    assert_eq!(cost("{ nodes(ids: []) { id } }"), 2);
    assert_eq!(cost("{ nodes(ids: 1) { id } }"), 2);
    assert_eq!(
        cost_with(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({"ids": vec![1; 40]})
        ),
        41
    );
    assert_eq!(
        cost_with(
            "query($id: ID!) { nodes(ids: [$id, $id]) { id } }",
            json!({"id": 1})
        ),
        3
    );
}

#[test]
fn an_abstract_type_costs_as_much_as_its_dearest_member() {
    let members = "... on User { posts(first: 4) { nodes { id } } } ... on Post { author { id } }";
    assert_eq!(cost(&format!("{{ node(id: 1) {{ {members} }} }}")), 1 + 5);
    assert_eq!(
        cost(&format!(
            "{{ search(query: \"a\", first: 10) {{ nodes {{ {members} }} }} }}"
        )),
        1 + 10 * (1 + 5)
    );
    let common = "{ node(id: 1) { ... on Reactable { reactions(first: 2) { nodes { emoji } } } ... on Post { author { id } } } }";
    assert_eq!(cost(common), 1 + 3 + 1);
    let twice = "{ node(id: 1) { ... on Post { author { id } } ... { ... on Post { mentions { id } } } ...U } } fragment U on User { id }";
    assert_eq!(cost(twice), 1 + 1 + 6);
}

#[test]
fn fragments_cost_what_they_hold_wherever_they_are_spread() {
    let query = "{ explore(first: 10) { ...Page } viewer { posts(first: 2) { ...Page } } }
        fragment Page on PostConnection { nodes { ...P } }
        fragment P on Post { author { id } }";
    assert_eq!(cost(query), (1 + 10 * 2) + 1 + (1 + 2 * 2));
}

#[test]
fn only_the_chosen_operation_counts() {
    let query = "query a { viewer { id } } query b { explore(first: 100) { nodes { id } } }";
    let guard = guard(Limits::default());
    let cost = |name| {
        guard
            .check(query, Some(name), &Variables::default())
            .map(|judged| judged.cost)
    };
    assert_eq!((cost("a"), cost("b")), (Ok(1), Ok(101)));
}

#[test]
fn what_costs_too_much_is_refused_however_large_the_number() {
    let nested = |depth: usize| {
        let page = "nodes { comments(first: 100) { ".repeat(depth);
        format!(
            "{{ explore(first: 100) {{ {page} nodes {{ id }} {} }} }}",
            "} }".repeat(depth)
        )
    };
    assert_refused(&nested(1), Code::TooComplex, "costs 10201; at most 5000");
    assert_refused(&nested(6), Code::TooComplex, "costs 4294967295");
}

#[test]
fn unknown_names_are_free_and_left_to_validation() {
    assert_eq!(
        cost("{ nothing { first { second } } viewer { ...on Nobody { a { b } } } }"),
        1
    );
}

#[test]
fn introspection_is_priced_by_the_same_rules() {
    assert_eq!(
        cost("{ __type(name: \"User\") { fields { name } } }"),
        1 + 1 + 5
    );
    let whole = cost(INTROSPECTION_QUERY);
    assert!((2_000..4_000).contains(&whole), "{whole}");
}

#[test]
fn a_schema_text_may_name_its_roots_and_extend_types() {
    let sdl = "schema { query: Root } type Root { a: Root } extend type Root { b: [Root!]! }";
    let Ok(types) = SchemaTypes::from_sdl(sdl) else {
        panic!("the schema must be read")
    };
    let guard = super::super::Guard::new(types, Limits::default());
    assert_eq!(
        guard
            .check("{ a { b { c } } }", None, &Variables::default())
            .map(|judged| judged.cost),
        Ok(1 + 1 + 5)
    );
    assert!(SchemaTypes::from_sdl("type").is_err());
    assert!(SchemaTypes::from_sdl("type Other { a: Int }").is_err());
}
