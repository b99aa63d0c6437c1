//! Takes somebody out of all relations.

use sea_orm::{ConnectionTrait, Statement};

use crate::{
    error::Result,
    personal::{Erasure, Leaving},
    platform::Platform,
};

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase). Follows go once they are
/// counted no more, so that no number has to be changed with them.
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    let person = [leaving.person.0.into()];
    let counted = "SELECT 1 WHERE EXISTS (SELECT 1 FROM following WHERE person_id = $1 \
                   AND is_counted) OR EXISTS (SELECT 1 FROM follower r JOIN following f \
                   ON f.person_id = r.follower_id AND f.followed_id = r.person_id \
                   WHERE r.person_id = $1 AND f.is_counted)";
    let db = p.db.background();
    let counted = Statement::from_sql_and_values(p.db.backend(), counted, person.clone());
    if db.query_one_raw(counted).await?.is_some() {
        return Ok(Erasure::Waiting("public numbers still count follows"));
    }
    for both in [FOLLOWS, FOLLOWERS, BLOCKS, BLOCKERS] {
        p.db.drain(&both, &person).await?;
    }
    p.db.drain(&ASKS_AND_MUTES, &person).await?;
    Ok(Erasure::Done)
}

/// Of a relation that stands in two tables, the row with the other one goes first: it is found by
/// the person's own.
const FOLLOWS: [&str; 2] = [
    "DELETE FROM follower WHERE follower_id = $1 AND person_id IN (SELECT followed_id \
     FROM following WHERE person_id = $1 ORDER BY followed_id LIMIT {step})",
    "DELETE FROM following WHERE person_id = $1 AND followed_id IN (SELECT followed_id \
     FROM following WHERE person_id = $1 ORDER BY followed_id LIMIT {step})",
];
const FOLLOWERS: [&str; 2] = [
    "DELETE FROM following WHERE followed_id = $1 AND person_id IN (SELECT follower_id \
     FROM follower WHERE person_id = $1 ORDER BY follower_id LIMIT {step})",
    "DELETE FROM follower WHERE person_id = $1 AND follower_id IN (SELECT follower_id \
     FROM follower WHERE person_id = $1 ORDER BY follower_id LIMIT {step})",
];
const BLOCKS: [&str; 2] = [
    "DELETE FROM blocked_by WHERE blocker_id = $1 AND person_id IN (SELECT blocked_id \
     FROM blocking WHERE person_id = $1 ORDER BY blocked_id LIMIT {step})",
    "DELETE FROM blocking WHERE person_id = $1 AND blocked_id IN (SELECT blocked_id \
     FROM blocking WHERE person_id = $1 ORDER BY blocked_id LIMIT {step})",
];
const BLOCKERS: [&str; 2] = [
    "DELETE FROM blocking WHERE blocked_id = $1 AND person_id IN (SELECT blocker_id \
     FROM blocked_by WHERE person_id = $1 ORDER BY blocker_id LIMIT {step})",
    "DELETE FROM blocked_by WHERE person_id = $1 AND blocker_id IN (SELECT blocker_id \
     FROM blocked_by WHERE person_id = $1 ORDER BY blocker_id LIMIT {step})",
];
const ASKS_AND_MUTES: [&str; 4] = [
    "DELETE FROM follow_request WHERE person_id = $1 AND requester_id IN (SELECT requester_id \
     FROM follow_request WHERE person_id = $1 LIMIT {step})",
    "DELETE FROM follow_request WHERE requester_id = $1 AND person_id IN (SELECT person_id \
     FROM follow_request WHERE requester_id = $1 LIMIT {step})",
    "DELETE FROM mute WHERE person_id = $1 AND muted_id IN (SELECT muted_id FROM mute \
     WHERE person_id = $1 LIMIT {step})",
    "DELETE FROM mute WHERE muted_id = $1 AND person_id IN (SELECT person_id FROM mute \
     WHERE muted_id = $1 LIMIT {step})",
];
