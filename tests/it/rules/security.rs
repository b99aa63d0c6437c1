//! The tests that SECURITY.md names are there.

use super::sources::sources;

const TEXT: &str = include_str!("../../../SECURITY.md");

/// What stands in backticks in the last cell of each row of a table.
fn named() -> Vec<String> {
    let rows = TEXT
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('`'));
    let mut named = Vec::new();
    for row in rows {
        let cell = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        named.extend(cell.split('`').skip(1).step_by(2).map(str::to_owned));
    }
    named
}

#[test]
fn every_test_that_the_table_of_threats_names_is_there() {
    let sources = sources(&["src", "tests"]);
    let is_file = |name: &str| {
        let path = name.replace("::", "/");
        let parts = [format!("/{path}.rs"), format!("/{path}/")];
        sources.iter().any(|source| {
            parts
                .iter()
                .any(|part| format!("/{}", source.path).contains(part.as_str()))
        })
    };
    let is_function = |name: &str| {
        let text = format!("fn {name}(");
        sources.iter().any(|source| source.text.contains(&text))
    };
    let named = named();
    assert!(named.len() > 60, "{named:?}");
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !name.starts_with(".ci"))
        .filter(|name| {
            let last = name.rsplit("::").next().unwrap().trim_start_matches('…');
            !is_function(last) && !is_file(name.trim_end_matches("::tests"))
        })
        .collect();
    assert_eq!(missing, Vec::<&String>::new());
}
