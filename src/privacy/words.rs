//! What is held about people, in words: for whoever reads their copy, and for `SECURITY.md`.

use std::fmt::Write as _;

use crate::{
    clock::Timestamp,
    personal::{Copied, Held, PersonalData},
};

/// What the map of data stands between in `SECURITY.md`.
const BEGIN: &str = "<!-- rookery privacy map: begin -->";
const END: &str = "<!-- rookery privacy map: end -->";

/// What is kept for a time that can be set, or by itself: what, how long, by which setting.
const TIMES: &[[&str; 3]] = &[
    ["events", "7 days", "`ROOKERY_EVENT_RETENTION_HOURS`"],
    [
        "an account that was deleted, until it is erased",
        "14 days",
        "`ROOKERY_DELETION_GRACE_DAYS`",
    ],
    [
        "the copy of somebody's data",
        "7 days",
        "`ROOKERY_EXPORT_DAYS`",
    ],
    [
        "home feeds of those who were not here",
        "30 days",
        "`ROOKERY_FEED_SEEN_DAYS`",
    ],
    ["uploads that hang on nothing", "24 hours", ""],
    ["refresh tokens, and so sessions without use", "30 days", ""],
    ["letters that cannot be mailed", "24 hours", ""],
    [
        "handles that were given up, until others may take them",
        "30 days",
        "",
    ],
    [
        "buckets of limits, as keyed hashes",
        "until they are full again, at most a day",
        "",
    ],
];

/// What is held, table by table.
pub fn held(personal: &[&'static dyn PersonalData]) -> impl Iterator<Item = &'static Held> + use<> {
    let held: Vec<_> = personal.iter().map(|domain| domain.held()).collect();
    held.into_iter().flatten()
}

/// What somebody gets a copy of.
pub fn copied(
    personal: &[&'static dyn PersonalData],
) -> impl Iterator<Item = &'static Held> + use<> {
    held(personal).filter(|held| matches!(held.copy, Copied::By(..)))
}

/// What the file of a table is called.
pub fn file(held: &Held) -> String {
    format!("{}.json", held.table)
}

/// Explains a copy to whoever opens it, written at `now`, without the files in `missing`.
pub fn readme(
    personal: &[&'static dyn PersonalData],
    missing: &[String],
    now: Timestamp,
) -> String {
    let mut text = format!(
        "A COPY OF YOUR DATA\n\nWritten at {}.\n\n\
         Every .json file holds what is about you in one table: an array with an object for each\n\
         row. Moments are in UTC. Ids stand for people and things: yours is the `id` in\n\
         person.json. What others wrote is not yours and not here.\n\n\
         media/ holds the pictures and films that you uploaded and that can be looked at, each\n\
         under its id in media.json.\n",
        now.rfc3339()
    );
    if !missing.is_empty() {
        text.push_str("These could not be found:\n");
        missing.iter().for_each(|name| line(&mut text, name));
    }
    text.push_str("\n\nTHE FILES\n");
    for held in copied(personal) {
        let Copied::By(_, withheld) = held.copy else {
            continue;
        };
        line(&mut text, &format!("\n{}", file(held)));
        line(&mut text, &format!("  {}", held.what));
        line(&mut text, &format!("  What for: {}", held.why));
        line(&mut text, &format!("  How long: {}", held.kept));
        for (column, reason) in withheld {
            line(&mut text, &format!("  Without {column}: {reason}"));
        }
    }
    text.push_str("\n\nWHAT IS NOT HERE\n");
    for held in held(personal) {
        let Copied::No(reason) = held.copy else {
            continue;
        };
        line(&mut text, &format!("\n{}: {}", held.table, held.what));
        line(&mut text, &format!("  Why not: {reason}"));
        line(&mut text, &format!("  What for: {}", held.why));
        line(&mut text, &format!("  How long: {}", held.kept));
    }
    text
}

fn line(text: &mut String, words: &str) {
    text.push_str(words);
    text.push('\n');
}

/// The map of data, in Markdown.
pub fn map(personal: &[&'static dyn PersonalData]) -> String {
    let mut text = String::from("| table | what it holds | what for | how long | in the copy |\n");
    text.push_str("|---|---|---|---|---|\n");
    for held in held(personal) {
        let copy = match held.copy {
            Copied::By(_, []) => "yes".to_owned(),
            Copied::By(_, withheld) => {
                let columns: Vec<_> = withheld.iter().map(|(column, _)| *column).collect();
                format!("yes, without {}", columns.join(", "))
            }
            Copied::No(reason) => format!("no. {reason}"),
        };
        let Held {
            table,
            what,
            why,
            kept,
            ..
        } = held;
        // A text takes whatever is written to it.
        let _ = writeln!(text, "| `{table}` | {what} | {why} | {kept} | {copy} |");
    }
    text.push_str("\nWhat is kept for a time:\n\n| what | setting | how long |\n|---|---|---|\n");
    for [what, time, setting] in TIMES {
        let setting = if setting.is_empty() { "none" } else { setting };
        let _ = writeln!(text, "| {what} | {setting} | {time} |");
    }
    text
}

/// `document` with the map as it is now in its place; `None` where it has no place for it.
pub fn with_map(document: &str, personal: &[&'static dyn PersonalData]) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let map = map(personal);
    Some(format!("{before}{BEGIN}\n\n{map}\n{END}{after}"))
}
