//! Who a person is outside: a random id, kept in one place and forgotten when they are erased.

use std::{collections::HashMap, time::Duration};

use sea_orm::{ConnectionTrait, DbBackend, Statement, sea_query::Query};
use uuid::Uuid;

use super::{
    event::PERSON_MARK,
    heads,
    positions::{execute, statement},
    retention,
};
use crate::{
    error::{Error, Result},
    ids::PersonId,
    platform::db::{Db, Lane, Place, Txn, is_one_of},
};

/// Gives a person their id outside, once, in the transaction that makes their account. `personid`
/// is made outside of it, by [`outside`](crate::ids::outside).
pub async fn create(txn: &Txn, person: PersonId, personid: Uuid) -> Result<()> {
    let sql = "INSERT INTO personid (person_id, personid) VALUES ($1, $2)";
    execute(txn, sql, [person.0.into(), personid.into()]).await?;
    Ok(())
}

/// The ids outside of those of `people` who have one. Who is missing was erased.
pub async fn of(connection: &impl ConnectionTrait, people: &[Uuid]) -> Result<HashMap<Uuid, Uuid>> {
    let known = Query::select()
        .columns(["person_id", "personid"])
        .from("personid")
        .and_where(is_one_of(
            connection.get_database_backend(),
            "person_id",
            people,
        ))
        .take();
    let rows = connection.query_all(&known).await?;
    let pair = |row: &sea_orm::QueryResult| {
        Ok((row.try_get("", "person_id")?, row.try_get("", "personid")?))
    };
    rows.iter().map(pair).collect()
}

/// Forgets who a person is outside. From here on nobody can tell.
pub async fn forget(txn: &Txn, person: PersonId) -> Result<()> {
    let sql = "DELETE FROM personid WHERE person_id = $1";
    execute(txn, sql, [person.0.into()]).await?;
    Ok(())
}

/// A follower of the log that has not moved for so long, and that nobody runs, is given up.
const GIVEN_UP: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How many positions of the log are looked through in one transaction.
const STEP: i64 = 2_000;

/// Takes a person out of what the log keeps, and out of what is parked: as who did it, and in the
/// data. Says how many events named them.
pub async fn blank(db: &Db, person: PersonId) -> Result<u64> {
    let find = match db.backend() {
        DbBackend::Postgres => "strpos(payload, $2)",
        _ => "instr(payload, $2)",
    };
    let set = "actor = CASE WHEN actor = $1 THEN NULL ELSE actor END, \
               payload = replace(payload, $2, 'null')";
    let mark = format!("\"{PERSON_MARK}{person}\"");
    let values = [person.0.into(), mark.into()];
    change(db, set, &format!("actor = $1 OR {find} > 0"), &values).await
}

/// Takes a person out of what events are about, and of what they add to public numbers. Only once
/// whoever follows the log has passed them: by this it finds the key under which they go out.
async fn blank_keys(db: &Db, person: PersonId) -> Result<u64> {
    let find = match db.backend() {
        DbBackend::Postgres => "strpos(counts, $3)",
        _ => "instr(counts, $3)",
    };
    let set = "aggregate = CASE WHEN aggregate = $1 THEN $2 ELSE aggregate END, \
               home = CASE WHEN home = $1 THEN $2 ELSE home END, \
               counts = replace(counts, $3, $4)";
    let nil = Uuid::nil();
    let values = [
        person.0.into(),
        nil.into(),
        person.to_string().into(),
        nil.to_string().into(),
    ];
    let which = format!("aggregate = $1 OR home = $1 OR {find} > 0");
    change(db, set, &which, &values).await
}

/// Changes what is parked and what is kept, a part of the log in each transaction.
async fn change(db: &Db, set: &str, which: &str, values: &[sea_orm::Value]) -> Result<u64> {
    let parked = format!("UPDATE activity_parked SET {set} WHERE ({which})");
    let parked = parked.as_str();
    let mut changed = db
        .write_txn(Lane::Background, |txn| async move {
            execute(&txn, parked, values.iter().cloned()).await
        })
        .await?;
    let [shard, after, upto] = [1, 2, 3].map(|n| values.len() + n);
    let kept = format!(
        "UPDATE activity SET {set} WHERE ({which}) AND shard = ${shard} AND position > ${after} \
         AND position <= ${upto}"
    );
    let kept = kept.as_str();
    for head in heads::read(db.background()).await? {
        let mut position = oldest(db, head.shard).await?.unwrap_or(head.position + 1) - 1;
        while position < head.position {
            let range = [head.shard.into(), position.into(), (position + STEP).into()];
            let all: Vec<sea_orm::Value> = values.iter().cloned().chain(range).collect();
            let all = &all;
            changed += db
                .write_txn(Lane::Background, |txn| async move {
                    execute(&txn, kept, all.iter().cloned()).await
                })
                .await?;
            position += STEP;
        }
    }
    Ok(changed)
}

async fn oldest(db: &Db, shard: i32) -> Result<Option<i64>> {
    let sql = "SELECT MIN(position) AS oldest FROM activity WHERE shard = $1";
    let statement = Statement::from_sql_and_values(db.backend(), sql, [shard.into()]);
    let row = db.background().query_one_raw(statement).await?;
    Ok(row
        .map(|row| row.try_get("", "oldest"))
        .transpose()?
        .flatten())
}

/// Erases who a person was outside, once nothing is recorded of them any more: takes them out of
/// the log, waits until whoever follows it has passed what there was, and then calls `record` with their
/// `personid` in the transaction that forgets it. The fact that `record` writes carries the
/// `personid` itself, as its aggregate: afterwards it could not be found.
///
/// `false` if somebody has not come that far within `patience`: nothing is forgotten then, and the
/// same call may be repeated. `true` also for somebody who is forgotten already.
pub async fn erase<F>(db: &Db, person: PersonId, patience: Duration, record: F) -> Result<bool>
where
    F: Fn(&Txn, Uuid) -> Result<()> + Send + Sync,
{
    blank(db, person).await?;
    let noted = heads::read(db.background()).await?;
    let passing = async {
        while !have_passed(db, &noted).await? {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok::<_, Error>(())
    };
    match tokio::time::timeout(patience, passing).await {
        Ok(passed) => passed?,
        Err(_) => return Ok(false),
    }
    let record = &record;
    db.write_txn(Lane::Background, |txn| async move {
        let sql = "SELECT personid FROM personid WHERE person_id = $1";
        let row = txn.query_one_raw(statement(&txn, sql, [person.0.into()]));
        if let Some(row) = row.await? {
            record(&txn, row.try_get("", "personid")?)?;
            forget(&txn, person).await?;
        }
        Ok(())
    })
    .await?;
    blank_keys(db, person).await?;
    Ok(true)
}

/// Whether whoever follows the log, the relay of every cluster included, has come to `places`. A
/// cluster that was given up is waited for no more.
async fn have_passed(db: &Db, places: &[Place]) -> Result<bool> {
    let handled = retention::handled(db, GIVEN_UP).await?;
    Ok(handled.iter().all(|place| {
        let noted = places.iter().find(|noted| noted.shard == place.shard);
        noted.is_none_or(|noted| place.position >= noted.position)
    }))
}
