//! What a crowd posts, reposts and quotes.
//!
//! One post in twenty is by a public account and PUBLIC, and stays: these are what is reposted and
//! quoted, and one in a hundred of them is known everywhere. Others answer what they may see: not
//! posts for followers, nor those by private accounts.

use serde_json::{Value, json};

use crate::{
    crowd::{Crowd, DAY, Numbers, Thing, draw, few, is_private, rather_few},
    error::Result,
    platform::db::Txn,
    posts::policy::Text,
};

/// Of twenty posts, the one that others take up, the quote and the plain repost.
const TAKEN_UP: i64 = 10;
const QUOTE: i64 = 13;
const REPOST: i64 = 15;

/// The number of the first post: it is taken up.
pub const FIRST: i64 = TAKEN_UP;

/// Of so many posts one is deleted.
const DELETED_OF: i64 = 89;

/// Of so many posts one is known everywhere.
const KNOWN_OF: i64 = 2_000;

/// The condition that a post `n` is of those.
fn is(which: i64) -> String {
    format!("n % 20 = {which}")
}

/// When the `n`th post was published.
fn at(crowd: &Crowd, n: &str) -> String {
    crowd.at(n, FIRST + crowd.posts())
}

/// The id of the `n`th post.
fn id(crowd: &Crowd, n: &str) -> String {
    crowd.id(Thing::Post, &at(crowd, n), n)
}

/// Of `many` things in a row the `n`th names a post that others take up and that was there before.
/// Nothing where there is none. SQL.
pub fn known_before(crowd: &Crowd, n: &str, many: i64) -> String {
    let before = format!("({n} * {} / {many})", crowd.posts() / 20);
    let post = format!("(20 * {before} - {TAKEN_UP})");
    format!("CASE WHEN {before} > 1 THEN {} END", id(crowd, &post))
}

/// Rows of `n`, `at`, `author`, `level`, `is_gone` and `line`: which of `lines` texts it says.
fn drawn(crowd: &Crowd, numbers: &Numbers, lines: usize) -> String {
    let somebody = crowd.somebody_known("n", 5);
    let first = crowd.once(&format!(
        "SELECT n, {} AS at, {somebody} AS anybody, {} % 100 AS chance FROM {}",
        at(crowd, "n"),
        draw("n", 6),
        crowd.numbers(numbers)
    ));
    let (taken_up, repost) = (is(TAKEN_UP), is(REPOST));
    crowd.once(&format!(
        "SELECT n, at, {} % {lines} AS line, CASE WHEN {taken_up} AND {} THEN anybody - 1 \
         ELSE anybody END AS author, CASE WHEN {taken_up} OR {repost} OR chance > 9 THEN 'PUBLIC' \
         WHEN chance > 5 THEN 'UNLISTED' ELSE 'FOLLOWERS' END AS level, \
         n % {DELETED_OF} = 0 AND NOT ({taken_up} OR {repost}) AS is_gone FROM {first}",
        draw("n", 8),
        is_private("anybody")
    ))
}

/// A text and its language.
pub type Line = (String, &'static str);

/// Adds these posts of a crowd, whose texts are among `lines`, and says how many. `pulled`: of more
/// followers posts are looked for by those who read.
pub async fn add_crowd(
    txn: &Txn,
    crowd: &Crowd,
    numbers: &Numbers,
    lines: &[Line],
    pulled: u32,
) -> Result<u64> {
    let (repost, quote) = (is(REPOST), is(QUOTE));
    let twenty = rather_few(&draw("n", 7), "(n / 20)");
    let original = id(crowd, &format!("(20 * (n / 20 - {twenty}) + {TAKEN_UP})"));
    let deleted = crowd.least(&format!("at + {DAY}"), &crowd.now().to_string());
    let sql = format!(
        "INSERT INTO post (id, author_id, body, visibility, created_at, deleted_at, created_by, \
         quote_of_id, repost_of_id, language, fan_out, is_fanned_out) \
         SELECT {}, {}, CASE WHEN is_gone OR {repost} THEN '' ELSE body END, level, at, \
         CASE WHEN is_gone THEN {deleted} END, \
         CASE WHEN {repost} THEN 'repost' ELSE 'createPost' END, \
         CASE WHEN {quote} THEN {original} END, CASE WHEN {repost} THEN {original} END, \
         CASE WHEN NOT (is_gone OR {repost}) THEN language END, \
         CASE WHEN known.id IS NULL THEN 'PUSH' ELSE 'PULL' END, NOT is_gone \
         FROM {} JOIN {} ON listed.place = drawn.line LEFT JOIN (SELECT person_id AS id \
         FROM follower GROUP BY person_id HAVING COUNT(*) > {pulled}) AS known \
         ON known.id = {} WHERE TRUE ORDER BY n ON CONFLICT DO NOTHING",
        crowd.id(Thing::Post, "at", "n"),
        crowd.person("author"),
        drawn(crowd, numbers, lines.len()),
        crowd.listed(&["#place", "body", "language"]),
        crowd.person("author"),
    );
    let line = |(n, (body, language)): (usize, &Line)| json!([n, body, language]);
    let listed = Value::from_iter(lines.iter().enumerate().map(line));
    // Who had reposted the same before does not do it again.
    let done = crowd.write(txn, &sql, Some(listed)).await?;
    add_hashtags(txn, crowd, numbers, lines).await?;
    Ok(done)
}

/// The town has used all of these hashtags before.
async fn add_hashtags(txn: &Txn, crowd: &Crowd, numbers: &Numbers, lines: &[Line]) -> Result<()> {
    let mut tags = Vec::new();
    for (n, (body, _)) in lines.iter().enumerate() {
        for (position, tag) in Text::check(body, false)?.hashtags.iter().enumerate() {
            tags.push(json!([n, tag, position]));
        }
    }
    let sql = format!(
        "INSERT INTO post_hashtag (hashtag_id, post_id, position, created_at, is_counted, is_public) \
         SELECT hashtag.id, {}, position, at, level = 'PUBLIC' AND NOT {}, level = 'PUBLIC' \
         FROM {} JOIN {} ON listed.place = drawn.line JOIN hashtag ON hashtag.name = listed.tag \
         WHERE NOT is_gone AND NOT {}",
        crowd.id(Thing::Post, "at", "n"),
        is_private("author"),
        drawn(crowd, numbers, lines.len()),
        crowd.listed(&["#place", "tag", "#position"]),
        is(REPOST)
    );
    crowd.write(txn, &sql, Some(Value::from(tags))).await?;
    Ok(())
}

/// The posts that others answer, as rows of `n`, `id`, `at`, `life`: for how long they do, `comments`
/// and `reactions`: how many. SQL.
pub fn answered(crowd: &Crowd, numbers: &Numbers) -> String {
    let known = format!("n % {KNOWN_OF} = 1010");
    let people = crowd.people();
    let many = |salt, top, most: i64| {
        let few = few(&draw("n", salt), top);
        format!("CASE WHEN {known} THEN {most} ELSE {few} END")
    };
    let ago = format!("{} - at", crowd.now());
    crowd.once(&format!(
        "SELECT n, {} AS id, at, {} AS life, {} AS comments, {} AS reactions FROM {} \
         WHERE level <> 'FOLLOWERS' AND NOT is_gone AND NOT {} AND NOT {}",
        crowd.id(Thing::Post, "at", "n"),
        crowd.least(&ago, &(20 * DAY).to_string()),
        many(9, 23, (people / 2).min(1_500)),
        many(10, 24, (people / 3).min(3_000)),
        drawn(crowd, numbers, 1),
        is(REPOST),
        is_private("author")
    ))
}

/// The posts that people react to, as [`reactions::crowd`](crate::reactions::crowd) takes them.
pub fn liked(crowd: &Crowd, numbers: &Numbers) -> String {
    format!(
        "SELECT id AS home, id, n AS number, reactions AS many, at, life FROM {}",
        answered(crowd, numbers)
    )
}

/// The posts that can be found by their words, as rows of `id`, `at`, `level` and `line`. SQL.
pub fn worded(crowd: &Crowd, numbers: &Numbers, lines: usize) -> String {
    format!(
        "(SELECT {} AS id, at, level, line FROM {} WHERE level <> 'UNLISTED' AND NOT is_gone \
         AND NOT {}) AS posts",
        crowd.id(Thing::Post, "at", "n"),
        drawn(crowd, numbers, lines),
        is(REPOST)
    )
}
