//! Which way imports point, and whose tables are whose.

use super::sources::{Source, sources};

/// Modules from the top down. One may name what stands on a later line; on one line none names
/// another. The `graphql.rs` files of the domains count as `graphql`.
const LEVELS: [&[&str]; 28] = [
    &["main", "cli"],
    &["app"],
    &["http"],
    &["worker"],
    &["graphql"],
    &["feed", "search", "trends", "privacy"],
    &["notifications"],
    &["moderation"],
    &["messaging", "comments"],
    &["posts"],
    &["people"],
    &["media"],
    &["reactions"],
    &["social"],
    &["accounts"],
    &["realtime"],
    &["counters"],
    &["activity"],
    &["crowd", "idempotency", "personal"],
    &["platform"],
    &["page"],
    &["seal"],
    &["text"],
    &["error"],
    &["ids"],
    &["clock"],
    &["migrations"],
    &["lib"],
];

fn level(module: &str) -> usize {
    let at = LEVELS.iter().position(|level| level.contains(&module));
    at.unwrap_or_else(|| panic!("`{module}` has no place in the import order"))
}

/// The modules that a text names as `crate::module`, in groups too.
fn named(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.extend(first_name(rest));
            continue;
        };
        let mut depth = 0;
        let mut start = 0;
        for (end, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    names.extend(first_name(&group[start..end]));
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    names.extend(first_name(&group[start..end]));
                    start = end + 1;
                }
                _ => {}
            }
        }
    }
    names
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty() && name.starts_with(char::is_lowercase)).then_some(name)
}

fn is_graphql(source: &Source) -> bool {
    source.module() == "graphql"
        || source.path.ends_with("/graphql.rs")
        || source.path.contains("/graphql/")
}

#[test]
fn imports_point_downwards_only() {
    let mut wrong = Vec::new();
    for source in sources(&["src"]) {
        let own = if is_graphql(&source) {
            "graphql"
        } else {
            source.module()
        };
        if own == "lib" {
            continue;
        }
        for name in named(&source.text) {
            // A domain names its own parts; macros of the crate root have no module.
            if name == source.module() || (own == "graphql" && name == "graphql") {
                continue;
            }
            if level(&name) <= level(own) {
                wrong.push(format!("{} names crate::{name}", source.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "upwards or sideways:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_import_test_sees_groups_and_would_see_an_upward_import() {
    let text = "use crate::{\n a::{b, c},\n d, e::F };\nfn x() { crate::g::h() }";
    assert_eq!(named(text), ["a", "d", "e", "g"]);
    assert!(level("posts") <= level("comments") + 1 && level("comments") < level("posts"));
}

/// Files in which a domain may ask its own tables: its queries and loaders, and the files that
/// these were split into. Besides them everything in `commands`.
const DOORS: [&str; 13] = [
    "aim.rs",
    "queries.rs",
    "lists.rs",
    "loaders.rs",
    "commands.rs",
    "sessions.rs",
    "subject.rs",
    "thread.rs",
    "relations.rs",
    "recount.rs",
    "mod.rs",
    "entity.rs",
    "personal.rs",
];

#[test]
fn every_table_is_asked_by_its_owner_only() {
    let mut wrong = Vec::new();
    for source in sources(&["src"]) {
        let file = source.path.rsplit('/').next().unwrap();
        for call in [
            "Entity::find",
            "Entity::insert",
            "Entity::update",
            "Entity::delete",
        ] {
            for (at, _) in source.text.match_indices(call) {
                let before = &source.text[..at];
                let table = before
                    .trim_end_matches("::")
                    .rsplit(|c: char| !c.is_alphanumeric() && c != '_');
                let table = table.into_iter().next().unwrap_or_default();
                let entity = format!("src/{}/entity.rs", source.module());
                let owns = sources_text(&entity)
                    .is_some_and(|text| text.contains(&format!("pub mod {table} ")));
                let is_command = source.path.contains("/commands/");
                if !owns || !(is_command || DOORS.contains(&file)) {
                    wrong.push(format!("{}: {table}::{call}", source.path));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "not the owner's door:\n{}",
        wrong.join("\n")
    );
}

fn sources_text(path: &str) -> Option<String> {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).ok()
}

#[test]
fn nothing_that_a_request_runs_names_kafka() {
    // What may: the port and its configuration, what follows the log, and the commands of operators.
    let may = [
        "src/platform/kafka/",
        "src/platform/config/",
        "src/platform/mod.rs",
        "src/activity/relay/",
        "src/activity/mod.rs",
        "src/worker/",
        "src/app.rs",
        "src/cli/",
        "src/lib.rs",
    ];
    let mut named = 0;
    for source in sources(&["src"]) {
        let code = source
            .text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        // The word alone is a stream of anything, where that is imported.
        let is_any = source.text.contains("futures_util::");
        let word = |line: &str| {
            let mut words = line.split(|c: char| !c.is_alphanumeric());
            !is_any && words.any(|word| word == "Stream")
        };
        let names = ["rdkafka", "kafka::", "Stream"];
        let mut names = names.iter().filter(|name| match **name {
            "Stream" => code.clone().any(word),
            name => code.clone().any(|line| line.contains(name)),
        });
        if let Some(name) = names.next() {
            named += 1;
            let is_known = may.iter().any(|place| source.path.starts_with(place));
            assert!(is_known, "{} names {name}", source.path);
        }
    }
    assert!(named > 8, "Kafka is named in {named} files");
}
