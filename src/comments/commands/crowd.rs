//! What a crowd answers to its posts.
//!
//! Of eight comments in a row under a post four stand on the first level, and four below the first
//! of them, as deep as the fourth level. Some are deleted: those that nobody answered are gone, and
//! the others hold what stands below them.

use serde_json::{Value, json};

use crate::{
    crowd::{Crowd, DAY, Numbers, Thing, draw},
    error::Result,
    platform::db::Txn,
    posts,
};

/// Room for the numbers of the comments under one post.
const ROOM: i64 = 4_096;

/// Rows of the post's `n`, `post_id`, `at`, `life` and `comments`, and of the comment's `place` there
/// from 0 on, `number`, `is_deleted` and `score`.
fn drawn(crowd: &Crowd, numbers: &Numbers) -> String {
    let placed = crowd.once(&format!(
        "SELECT n, drawn.id AS post_id, at, life, comments, each.key AS place, \
         n * {ROOM} + each.key AS number FROM {} {}",
        posts::commands::answered(crowd, numbers),
        crowd.each("comments", "each")
    ));
    let told = crowd.once(&format!(
        "SELECT n, post_id, at, life, comments, place, number, \
         (place % 8 = 3 AND (n + place) % 23 = 0) OR (place % 8 = 4 AND (n + place) % 31 = 0) \
         AS is_deleted, {} AS chance FROM {placed}",
        draw("number", 11)
    ));
    crowd.once(&format!(
        "SELECT n, post_id, at, life, comments, place, number, is_deleted, \
         CASE WHEN is_deleted OR chance % 5 > 1 THEN 0 ELSE 1 + chance / 5 % 3 END AS score \
         FROM {told}"
    ))
}

/// When the comment at a place was written.
fn at(place: &str) -> String {
    format!("(at + life / (comments + 1) * ({place} + 1))")
}

/// The id of the comment at a place.
fn id(crowd: &Crowd, place: &str) -> String {
    crowd.id(Thing::Comment, &at(place), &format!("n * {ROOM} + {place}"))
}

/// Adds the comments under these posts of a crowd, whose texts are `lines`, and says how many.
pub async fn add_crowd(
    txn: &Txn,
    crowd: &Crowd,
    numbers: &Numbers,
    lines: &[String],
) -> Result<u64> {
    let parent = |below: i64| id(crowd, &format!("(place - {below})"));
    let sql = format!(
        "INSERT INTO comment (id, post_id, parent_id, author_id, depth, body, score, created_at, \
         deleted_at, is_gone) \
         SELECT {}, post_id, CASE place % 8 WHEN 4 THEN {} WHEN 5 THEN {} WHEN 6 THEN {} \
         WHEN 7 THEN {} END, {}, \
         CASE place % 8 WHEN 4 THEN 1 WHEN 5 THEN 2 WHEN 6 THEN 1 WHEN 7 THEN 3 ELSE 0 END, \
         CASE WHEN is_deleted THEN '' ELSE body END, score, {}, \
         CASE WHEN is_deleted THEN {} END, \
         is_deleted AND NOT (place % 8 = 4 AND place + 1 < comments) \
         FROM {} JOIN {} ON listed.line = {} % {} ORDER BY number",
        id(crowd, "place"),
        parent(4),
        parent(1),
        parent(6),
        parent(2),
        crowd.person(&crowd.anybody("number", 13)),
        at("place"),
        crowd.now(),
        drawn(crowd, numbers),
        crowd.listed(&["#line", "body"]),
        draw("number", 14),
        lines.len()
    );
    let line = |(n, body): (usize, &String)| json!([n, body]);
    let listed = Value::from_iter(lines.iter().enumerate().map(line));
    crowd.write(txn, &sql, Some(listed)).await
}

/// The comments that people react to, as [`reactions::crowd`](crate::reactions::crowd) takes them.
pub fn liked(crowd: &Crowd, numbers: &Numbers) -> String {
    let told = crowd.once(&format!(
        "SELECT post_id AS home, {} AS id, number, score AS many, {} AS at FROM {} WHERE score > 0",
        id(crowd, "place"),
        at("place"),
        drawn(crowd, numbers)
    ));
    let ago = format!("{} - at", crowd.now());
    format!(
        "SELECT home, id, number, many, at, {} AS life FROM {told}",
        crowd.least(&ago, &(2 * DAY).to_string())
    )
}
