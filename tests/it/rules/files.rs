//! Files that stay readable.

use super::sources::sources;

#[test]
fn no_file_is_longer_than_500_lines() {
    let long: Vec<_> = sources(&["src", "tests", "migrations"])
        .into_iter()
        .map(|source| (source.text.lines().count(), source.path))
        .filter(|(lines, _)| *lines > 500)
        .collect();
    assert!(long.is_empty(), "split these by action: {long:#?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> = sources(&["src", "tests", "migrations"])
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert!(
        silent.is_empty(),
        "begin these with a `//!` line: {silent:#?}"
    );
}

#[test]
fn no_name_hides_what_is_inside() {
    let vague = [
        "utils", "util", "helper", "helpers", "manager", "service", "common", "misc",
    ];
    let wrong: Vec<_> = sources(&["src", "tests"])
        .into_iter()
        .map(|source| source.path)
        .filter(|path| path.split(['/', '.']).any(|part| vague.contains(&part)))
        .collect();
    assert!(wrong.is_empty(), "name these by what they do: {wrong:#?}");
}
