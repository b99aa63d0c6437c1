//! How a crowd reacts.

use serde_json::{Value, json};

use super::SubjectKind;
use crate::{
    crowd::{Crowd, Thing, draw},
    error::Result,
    platform::db::Txn,
};

/// Room for the numbers of the reactions on one thing.
const ROOM: i64 = 16_384;

/// Adds the reactions of a crowd on some things, and says how many. `subjects` are their rows, as
/// SQL: the `home`, `id` and `number` of each, `many` reactions, fewer than a third of all people,
/// and for how long (`life`) people react from its `at` on. Up to three of `emojis` stand on each.
pub async fn add_crowd(
    txn: &Txn,
    crowd: &Crowd,
    kind: SubjectKind,
    subjects: &str,
    emojis: &[&str],
) -> Result<u64> {
    let (thing, kind) = match kind {
        SubjectKind::Comment => (Thing::OnComment, "COMMENT"),
        _ => (Thing::OnPost, "POST"),
    };
    let told = crowd.once(&format!(
        "SELECT home, id, number, many, at, life, {} AS first, {} AS chance FROM ({subjects}) AS subjects",
        crowd.anybody("number", 15),
        draw("number", 16)
    ));
    let placed = crowd.once(&format!(
        "SELECT home, drawn.id AS id, number * {ROOM} + each.key AS number, at + life / (many + 1) * (each.key + 1) \
         AS at, {} AS person, (first + each.key % 5 / 2) % {} AS emoji_of FROM {told} {}",
        crowd.one_of("first", &format!("(1 + chance % ({} / (many + 1)))", crowd.people()), "each.key"),
        emojis.len(),
        crowd.each("many", "each")
    ));
    let sql = format!(
        "INSERT INTO reaction (id, home_id, subject_kind, subject_id, person_id, emoji, created_at) \
         SELECT {}, home, '{kind}', id, {}, emoji, at FROM {placed} \
         JOIN {} ON listed.place = drawn.emoji_of",
        crowd.id(thing, "at", "number"),
        crowd.person("person"),
        crowd.listed(&["#place", "emoji"])
    );
    let emoji = |(n, emoji): (usize, &&str)| json!([n, emoji]);
    let listed = Value::from_iter(emojis.iter().enumerate().map(emoji));
    crowd.write(txn, &sql, Some(listed)).await
}
