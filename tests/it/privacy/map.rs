//! The map of data in SECURITY.md.

use rookery::{app::personal_data, privacy::words};

const DOCUMENT: &str = include_str!("../../../SECURITY.md");

#[test]
fn the_map_in_the_document_is_what_the_registry_says() {
    let now = words::with_map(DOCUMENT, &personal_data()).expect("a place for the map");
    assert!(
        now == DOCUMENT,
        "refresh it: cargo run -- privacy map --write SECURITY.md"
    );
}

#[test]
fn every_table_and_every_time_that_can_be_set_is_on_the_map() {
    let personal = personal_data();
    let map = words::map(&personal);
    for held in words::held(&personal) {
        assert!(
            map.contains(&format!("| `{}` | ", held.table)),
            "{}",
            held.table
        );
    }
    for setting in ["ROOKERY_DELETION_GRACE_DAYS", "ROOKERY_EXPORT_DAYS"] {
        assert!(map.contains(setting), "{setting}");
    }
}
