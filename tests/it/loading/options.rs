//! Every list field below many parents, and what its optional parts cost.

use serde_json::json;

use super::town::Town;

/// List fields with the parents they hang on, `{page}` for what is selected of them.
const LISTS: [(&str, &str); 10] = [
    (
        "explore(first: $n) { nodes { id comments(ARGS) {page} } }",
        "nodes { body }",
    ),
    (
        "explore(first: $n) { nodes { id comments(order: NEWEST, ARGS) {page} } }",
        "nodes { body }",
    ),
    (
        "explore(first: $n) { nodes { id comments(order: TOP, ARGS) {page} } }",
        "nodes { body }",
    ),
    (
        "explore(first: $n) { nodes { id reactions(ARGS) {page} } }",
        "nodes { emoji }",
    ),
    (
        "explore(first: $n) { nodes { id edits(ARGS) {page} } }",
        "nodes { body }",
    ),
    (
        "explore(first: $n) { nodes { id author { posts(ARGS) {page} } } }",
        "nodes { body }",
    ),
    (
        "explore(first: $n) { nodes { id author { followers(ARGS) {page} } } }",
        "nodes { handle }",
    ),
    (
        "explore(first: $n) { nodes { id author { following(ARGS) {page} } } }",
        "nodes { handle }",
    ),
    (
        "explore(first: $n) { nodes { id hashtags { posts(ARGS) {page} } } }",
        "nodes { body }",
    ),
    (
        "explore(first: $n) { nodes { id comments(first: $n) { nodes { replies(ARGS) {page} \
         reactions(ARGS) {page} } } } }",
        "nodes { id }",
    ),
];

fn query(list: &str, args: &str, page: &str, after: &str) -> String {
    let args = format!("{args}{after}");
    let list = list
        .replace("ARGS", &args)
        .replace("{page}", &format!("{{ {page} }}"));
    format!("query($n: Int) {{ {list} }}")
}

#[tokio::test]
async fn every_list_below_many_parents_costs_as_much_as_below_one() {
    let town = Town::build().await;
    for (list, nodes) in LISTS {
        for args in ["first: $n", "last: $n"] {
            let cost = town
                .constant(&town.app.guest(), &query(list, args, nodes, ""))
                .await;
            assert!(cost <= 6, "{cost} for {list}");
        }
    }
}

#[tokio::test]
async fn the_flag_in_the_reading_direction_and_the_cursors_cost_nothing() {
    let town = Town::build().await;
    let guest = town.app.guest();
    for (list, nodes) in LISTS {
        let plain = town
            .constant(&guest, &query(list, "first: $n", nodes, ""))
            .await;
        let page =
            format!("{nodes} edges {{ cursor }} pageInfo {{ hasNextPage endCursor startCursor }}");
        let with_flag = town
            .constant(&guest, &query(list, "first: $n", &page, ""))
            .await;
        assert_eq!(with_flag, plain, "{list}");
        let page = format!("{nodes} pageInfo {{ hasPreviousPage hasNextPage }}");
        let with_both = town
            .constant(&guest, &query(list, "last: $n", &page, ""))
            .await;
        assert_eq!(
            with_both, plain,
            "without a cursor there is nothing on the other side: {list}"
        );
    }
}

#[tokio::test]
async fn the_flag_against_the_reading_direction_costs_one_statement_however_many_parents() {
    let town = Town::build().await;
    let guest = town.app.guest();
    for (list, nodes) in LISTS {
        let lists = list.matches("{page}").count();
        // Any place in the order will do, here the newest row's there is.
        let inner = format!("edges {{ cursor }} {nodes}");
        let found = town
            .cost(
                &guest,
                &query(list, "first: $n", &inner, ""),
                json!({ "n": 5 }),
            )
            .await
            .1;
        let text = found["explore"].to_string();
        // With two kinds of lists in one query a cursor fits only one of them.
        if lists > 1 {
            continue;
        }
        let cursor = text
            .split("\"cursor\":\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let after = format!(", after: \"{cursor}\"");
        let before = format!(", before: \"{cursor}\"");
        let page = |flags: &str| format!("{nodes} pageInfo {{ endCursor {flags} }}");
        for (size, cursor, free, dear) in [
            ("first: $n", &after, "hasNextPage", "hasPreviousPage"),
            ("last: $n", &before, "hasPreviousPage", "hasNextPage"),
        ] {
            let count = async |flags: &str, n: usize| {
                let query = query(list, size, &page(flags), cursor);
                town.cost(&guest, &query, json!({ "n": n })).await.0
            };
            for n in [2, 10] {
                assert_eq!(count(free, n).await, count("", n).await, "{list}");
                assert_eq!(count(dear, n).await, count("", n).await + 1, "{list}");
            }
            assert_eq!(count(dear, 2).await, count(dear, 10).await, "{list}");
        }
    }
}

#[tokio::test]
async fn a_total_count_costs_one_statement_however_many_parents() {
    let town = Town::build().await;
    let guest = town.app.guest();
    for (list, nodes) in LISTS {
        if nodes == "nodes { body }" && list.contains("posts(") {
            continue;
        }
        let lists = list.matches("{page}").count();
        let plain = town
            .constant(&guest, &query(list, "first: $n", nodes, ""))
            .await;
        let page = format!("{nodes} totalCount");
        let counted = town
            .constant(&guest, &query(list, "first: $n", &page, ""))
            .await;
        assert_eq!(counted, plain + lists, "{list}");
    }
}
