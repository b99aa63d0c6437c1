//! Who of a crowd follows, asks, blocks and mutes whom.
//!
//! Most follow some fifty others, the better known the rather; some follow two thousand. Follows
//! stand between people whose numbers are apart, all else between those whose numbers are near.

use crate::{
    crowd::{Crowd, DAY, NEAR, Numbers, Thing, draw, is_private},
    error::Result,
    platform::db::Txn,
};

/// Of so many people one follows [`FOLLOWED`], and mutes [`MUTED`].
const CURIOUS_OF: i64 = 1_000;
const FOLLOWED: i64 = 2_000;
const MUTED: i64 = 100;

/// Of so many people one blocks and mutes some.
const SHY_OF: i64 = 50;

/// Room for the numbers of what one person does.
const ROOM: i64 = 4_096;

/// Adds the follows of these people of a crowd, and says how many.
pub async fn add_follows(txn: &Txn, crowd: &Crowd, numbers: &Numbers) -> Result<u64> {
    let most = FOLLOWED.min(crowd.people() / 3);
    let is_curious = format!("n % {CURIOUS_OF} = 1");
    let many = format!(
        "CASE WHEN {is_curious} THEN {most} ELSE 8 + {} % 82 END",
        draw("n", 1)
    );
    let people = crowd.once(&format!(
        "SELECT n, {many} AS many FROM {}",
        crowd.numbers(numbers)
    ));
    let number = format!("n * {ROOM} + each.key");
    let step = (crowd.people() / most).to_string();
    let far = crowd.one_of(&format!("(n + {})", NEAR + 1), &step, "each.key");
    let drawn = format!(
        "SELECT n, {number} AS number, CASE WHEN {is_curious} THEN {far} ELSE {} END AS whom \
         FROM {people} {}",
        crowd.somebody_known(&number, 2),
        crowd.each("many", "each")
    );
    // Whoever was drawn twice is followed once.
    let once = format!(
        "SELECT n, whom, MIN(number) AS number FROM ({drawn}) AS follows \
         WHERE abs(n - whom) > {NEAR} GROUP BY n, whom"
    );
    let told = crowd.once(&format!(
        "SELECT number, whom, {} AS person_id, {} AS followed_id, {} AS at \
         FROM ({once}) AS follows ORDER BY n, whom",
        crowd.person("n"),
        crowd.person("whom"),
        crowd.any_time("number", 3)
    ));
    let following = format!(
        "INSERT INTO following (person_id, followed_id, id, created_at, was_requested) \
         SELECT person_id, followed_id, {}, at, {} FROM {told}",
        crowd.id(Thing::Follow, "at", "number"),
        is_private("whom")
    );
    let done = crowd.write(txn, &following, None).await?;
    let by = format!(
        "SELECT {} AS id FROM {}",
        crowd.person("n"),
        crowd.numbers(numbers)
    );
    let follower = format!(
        "INSERT INTO follower (person_id, follower_id, id, created_at, was_requested) \
         SELECT f.followed_id, f.person_id, f.id, f.created_at, f.was_requested \
         FROM ({by}) AS people JOIN following f ON f.person_id = people.id \
         ORDER BY f.followed_id, f.person_id"
    );
    crowd.write(txn, &follower, None).await?;
    Ok(done)
}

/// Adds blocks, mutes, and requests to follow those of a crowd who let followers in.
pub async fn add_distance(txn: &Txn, crowd: &Crowd, numbers: &Numbers) -> Result<()> {
    let shy = format!(
        "SELECT n FROM {} WHERE n % {SHY_OF} = 1",
        crowd.numbers(numbers)
    );
    let blocks = pairs(crowd, (Thing::Block, 9), &shy, ("3", "each.key + 1"));
    let blocking = format!(
        "INSERT INTO blocking (person_id, blocked_id, id, created_at) \
         SELECT one, other, id, at FROM {blocks}"
    );
    crowd.write(txn, &blocking, None).await?;
    let blocked_by =
        format!("INSERT INTO blocked_by (person_id, blocker_id) SELECT other, one FROM {blocks}");
    crowd.write(txn, &blocked_by, None).await?;
    let many = format!("CASE WHEN n % {CURIOUS_OF} = 1 THEN {MUTED} ELSE 4 END");
    let mutes = pairs(crowd, (Thing::Mute, 8), &shy, (&many, "each.key + 4"));
    let mute = format!(
        "INSERT INTO mute (person_id, muted_id, id, created_at) \
         SELECT one, other, id, at FROM {mutes}"
    );
    crowd.write(txn, &mute, None).await?;
    let private = format!(
        "SELECT n FROM {} WHERE {}",
        crowd.numbers(numbers),
        is_private("n")
    );
    let requests = pairs(crowd, (Thing::Request, 7), &private, ("2", "each.key + 5"));
    let request = format!(
        "INSERT INTO follow_request (person_id, requester_id, id, created_at) \
         SELECT one, other, id, at FROM {requests}"
    );
    crowd.write(txn, &request, None).await?;
    Ok(())
}

/// Rows of `one`, `other`, `id` and `at`, so many days ago: each of the people `n` with `many` others
/// so much further on, as far as there are people.
fn pairs(
    crowd: &Crowd,
    (thing, days): (Thing, i64),
    people: &str,
    (many, further): (&str, &str),
) -> String {
    let at = (crowd.now() - days * DAY).to_string();
    let other = format!("(n + {further})");
    format!(
        "(SELECT {} AS one, {} AS other, {} AS id, {at} AS at FROM ({people}) AS people {} \
         WHERE {other} < {}) AS pairs",
        crowd.person("n"),
        crowd.person(&other),
        crowd.id(thing, &at, &format!("n * {ROOM} + each.key")),
        crowd.each(many, "each"),
        crowd.people()
    )
}
