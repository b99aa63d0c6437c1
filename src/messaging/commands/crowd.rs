//! What a crowd says in private: four talks in five are between two, the others among up to twelve.
//!
//! In most a few dozen messages stand, in some a thousand. One in forty was not accepted yet.

use serde_json::{Value, json};

use crate::{
    crowd::{Crowd, DAY, Numbers, Thing, draw, rather_few},
    error::Result,
    platform::db::Txn,
    posts,
};

/// Room for the numbers of the messages of one talk.
const ROOM: i64 = 4_096;

/// A request, to the second of two.
const IS_ASKED: &str = "n % 40 = 1";

/// The message is deleted.
const IS_GONE: &str = "place % 61 = 60";

/// Rows of `n`, `at`, `is_group`, `many` members, of whom `first` is the first and the next are `step`
/// further on each; `last`, the number of its messages, and `life`: for how long people talk.
fn drawn(crowd: &Crowd, numbers: &Numbers) -> String {
    let at = crowd.at("n", crowd.talks());
    let ago = format!("{} - {at}", crowd.now());
    let first = crowd.once(&format!(
        "SELECT n, {at} AS at, n % 5 = 0 AS is_group, {} AS life, {} AS known, {} AS chance, \
         CASE WHEN n % 1000 = 500 THEN 1000 ELSE 1 + {} END AS last FROM {}",
        crowd.least(&ago, &(60 * DAY).to_string()),
        crowd.somebody_known("n", 17),
        draw("n", 18),
        rather_few(&draw("n", 20), "57"),
        crowd.numbers(numbers)
    ));
    // Two of a kind of pairs are further apart than those of the kind before: no pair twice.
    let people = crowd.people();
    let pair = format!("10 + (n - n / 5) / {people} * 3 + chance % 3");
    crowd.once(&format!(
        "SELECT n, at, life, last, CASE WHEN is_group THEN known ELSE (n - n / 5) % {people} \
         END AS first, CASE WHEN is_group THEN 1 + chance % {} ELSE {pair} END AS step, \
         CASE WHEN is_group THEN 3 + chance / 16 % 10 ELSE 2 END AS many, is_group FROM {first}",
        people / 14
    ))
}

fn id(crowd: &Crowd) -> String {
    crowd.id(Thing::Talk, "at", "n")
}

/// Who is the `k`th member.
fn member(crowd: &Crowd, k: &str) -> String {
    crowd.one_of("first", "step", k)
}

/// When the message at a place was sent.
fn sent(place: &str) -> String {
    format!("(at + life / (last + 1) * ({place}))")
}

/// Adds these conversations of a crowd with their members and messages, whose texts are `lines`, and
/// says how many messages. Groups have one of `titles`.
pub async fn add_crowd(
    txn: &Txn,
    crowd: &Crowd,
    numbers: &Numbers,
    (titles, lines): (&[&str], &[String]),
) -> Result<u64> {
    add_talks(txn, crowd, numbers, titles).await?;
    add_members(txn, crowd, numbers).await?;
    let placed = crowd.once(&format!(
        "SELECT n, at, first, step, many, last, life, each.key + 1 AS place, \
         n * {ROOM} + each.key + 1 AS number FROM {} {}",
        drawn(crowd, numbers),
        crowd.each("last", "each")
    ));
    let id_at = |place: &str, number: &str| crowd.id(Thing::Message, &sent(place), number);
    let sender = format!(
        "CASE WHEN {IS_ASKED} THEN 0 ELSE {} % many END",
        draw("number", 23)
    );
    let sql = format!(
        "INSERT INTO message (id, conversation_id, sequence, sender_id, body, reply_to_id, \
         shared_post_id, created_at, deleted_at) \
         SELECT {}, {}, place, {}, CASE WHEN {IS_GONE} THEN '' ELSE body END, \
         CASE WHEN place % 9 = 5 AND NOT {IS_GONE} THEN {} END, \
         CASE WHEN place % 50 = 7 AND NOT {IS_GONE} THEN {} END, {}, CASE WHEN {IS_GONE} THEN {} END \
         FROM {placed} JOIN {} ON listed.line = {} % {} ORDER BY number",
        id_at("place", "number"),
        id(crowd),
        crowd.person(&member(crowd, &sender)),
        id_at("place - 2", "number - 2"),
        posts::commands::known_before(crowd, "n", crowd.talks()),
        sent("place"),
        crowd.now(),
        crowd.listed(&["#line", "body"]),
        draw("number", 24),
        lines.len()
    );
    let line = |(n, body): (usize, &String)| json!([n, body]);
    let listed = Value::from_iter(lines.iter().enumerate().map(line));
    crowd.write(txn, &sql, Some(listed)).await
}

async fn add_talks(txn: &Txn, crowd: &Crowd, numbers: &Numbers, titles: &[&str]) -> Result<()> {
    let other = member(crowd, "1");
    let name = |n: &str| crowd.id_text(Thing::Person, &crowd.joined(n), n);
    let sql = format!(
        "INSERT INTO conversation (id, kind, title, pair, creator_id, outside_id, last_sequence, \
         created_at, updated_at) \
         SELECT {}, CASE WHEN is_group THEN 'GROUP' ELSE 'DIRECT' END, \
         CASE WHEN is_group THEN title || ' ' || n END, \
         CASE WHEN NOT is_group THEN {} || ':' || {} END, {}, {}, last, at, {} \
         FROM {} JOIN {} ON listed.place = n % {}",
        id(crowd),
        name(&crowd.least("first", &other)),
        name(&crowd.greatest("first", &other)),
        crowd.person("first"),
        crowd.outside("n", 50),
        sent("last"),
        drawn(crowd, numbers),
        crowd.listed(&["#place", "title"]),
        titles.len()
    );
    let title = |(n, title): (usize, &&str)| json!([n, title]);
    let listed = Value::from_iter(titles.iter().enumerate().map(title));
    crowd.write(txn, &sql, Some(listed)).await?;
    Ok(())
}

/// Two in three have read everything, the others all but a few messages; who is asked has read none.
async fn add_members(txn: &Txn, crowd: &Crowd, numbers: &Numbers) -> Result<()> {
    let number = "n * 16 + each.key";
    let is_asked = format!("{IS_ASKED} AND each.key = 1");
    let unread = format!("last - {} % 6", draw(number, 22));
    let sql = format!(
        "INSERT INTO conversation_member (conversation_id, person_id, id, role, standing, joined_at, \
         reads_after, read_up_to, added_by_id, was_asked) \
         SELECT {}, {}, {}, CASE WHEN is_group AND each.key = 0 THEN 'OWNER' \
         WHEN is_group AND each.key = 1 THEN 'ADMIN' ELSE 'MEMBER' END, \
         CASE WHEN {is_asked} THEN 'REQUEST' ELSE 'ACTIVE' END, at, 0, \
         CASE WHEN {is_asked} THEN 0 WHEN {} % 3 = 0 THEN {} ELSE last END, {}, {is_asked} FROM {} {}",
        id(crowd),
        crowd.person(&member(crowd, "each.key")),
        crowd.id(Thing::Member, "at", number),
        draw(number, 21),
        crowd.greatest(&unread, "0"),
        crowd.person("first"),
        drawn(crowd, numbers),
        crowd.each("many", "each")
    );
    crowd.write(txn, &sql, None).await?;
    Ok(())
}
