//! Which follows stand in public numbers.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use crate::{
    counters::{
        Counter, Deltas,
        marks::{Marked, delta},
    },
    error::Result,
    platform::db::Txn,
};

/// Follows are counted while neither of the two is about to be erased. Whoever is suspended keeps
/// them: they live.
pub struct Follows;

/// How the mark of the follow `f` by `a` of `b` should be. SQL.
const IS_COUNTED: &str = "(a.deleted_at IS NULL AND b.deleted_at IS NULL)";

impl Marked for Follows {
    fn align<'a>(
        &'a self,
        txn: &'a Txn,
        person: Uuid,
        room: usize,
        deltas: &'a mut Deltas,
    ) -> BoxFuture<'a, Result<usize>> {
        async move {
            let outgoing = turn(txn, "f.person_id = $1", person, room, deltas).await?;
            if outgoing == room {
                return Ok(room);
            }
            let incoming = "(f.person_id, f.followed_id) IN (SELECT follower_id, person_id \
                            FROM follower WHERE person_id = $1)";
            Ok(outgoing + turn(txn, incoming, person, room - outgoing, deltas).await?)
        }
        .boxed()
    }
}

/// Turns those of the follows `of` a person that are wrong. A follow that somebody else holds is
/// left until the next time: nobody waits for anybody here, because others hold them in another
/// order.
async fn turn(
    txn: &Txn,
    of: &str,
    person: Uuid,
    room: usize,
    deltas: &mut Deltas,
) -> Result<usize> {
    let lock = match txn.backend() {
        DbBackend::Postgres => "FOR NO KEY UPDATE OF f SKIP LOCKED",
        _ => "",
    };
    let wrong = format!(
        "FROM following f JOIN person a ON a.id = f.person_id \
         JOIN person b ON b.id = f.followed_id WHERE {of} AND f.is_counted <> {IS_COUNTED}"
    );
    let sql = format!(
        "WITH wrong AS MATERIALIZED (SELECT f.person_id, f.followed_id, \
         NOT f.is_counted AS is_counted {wrong} LIMIT {room} {lock}) \
         UPDATE following SET is_counted = wrong.is_counted FROM wrong \
         WHERE following.person_id = wrong.person_id AND following.followed_id = wrong.followed_id \
         RETURNING following.is_counted AS is_counted, following.person_id AS person_id, \
         following.followed_id AS followed_id"
    );
    let statement = Statement::from_sql_and_values(txn.backend(), sql, [person.into()]);
    let turned = txn.query_all_raw(statement).await?;
    for row in &turned {
        let delta = delta(row.try_get("", "is_counted")?);
        deltas.add(row.try_get("", "person_id")?, Counter::Following, delta);
        deltas.add(row.try_get("", "followed_id")?, Counter::Followers, delta);
    }
    if turned.is_empty() {
        let left = format!("SELECT 1 {wrong} LIMIT 1");
        let left = Statement::from_sql_and_values(txn.backend(), left, [person.into()]);
        return Ok(usize::from(txn.query_one_raw(left).await?.is_some()));
    }
    Ok(turned.len())
}

/// The statement that puts right every mark that is wrong.
pub fn wrong() -> String {
    format!(
        "UPDATE following SET is_counted = NOT is_counted WHERE EXISTS (SELECT 1 FROM following f \
         JOIN person a ON a.id = f.person_id JOIN person b ON b.id = f.followed_id \
         WHERE f.person_id = following.person_id AND f.followed_id = following.followed_id \
         AND f.is_counted <> {IS_COUNTED})"
    )
}
