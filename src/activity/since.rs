//! Where in the log a time is: for commands that read it from there.

use sea_orm::{ConnectionTrait, Statement};

use super::{heads, status::reader};
use crate::{
    clock::Timestamp,
    error::Result,
    platform::db::{Db, Place, Session},
};

/// Events of one shard are recorded almost in the order of time: commits that wait for each other
/// may stand the other way round.
const DISORDER: std::time::Duration = std::time::Duration::from_secs(60);

/// The last place of each shard behind which everything stands that was recorded at `time` or
/// later. A little that is older may stand there too.
pub async fn places(db: &Db, time: Timestamp) -> Result<Vec<Place>> {
    let connection = reader(db);
    let time = time.minus(DISORDER);
    let mut places = Vec::new();
    for head in heads::read(&connection).await? {
        let position = search(&connection, head, time).await?;
        places.push(Place { position, ..head });
    }
    Ok(places)
}

/// Halves the shard until it has the last position before `time`.
async fn search(connection: &Session, head: Place, time: Timestamp) -> Result<i64> {
    let (mut before, mut end) = (0, head.position);
    while before < end {
        let middle = before + (end - before) / 2;
        match next(connection, head.shard, middle).await? {
            Some((position, at)) if at < time => before = position,
            _ => end = middle,
        }
    }
    Ok(before)
}

/// The first event behind a position, and when it was recorded.
async fn next(connection: &Session, shard: i32, after: i64) -> Result<Option<(i64, Timestamp)>> {
    let sql = "SELECT position, recorded_at FROM activity WHERE shard = $1 AND position > $2 \
               ORDER BY position LIMIT 1";
    let values = [shard.into(), after.into()];
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    let Some(row) = connection.query_one_raw(statement).await? else {
        return Ok(None);
    };
    Ok(Some((
        row.try_get("", "position")?,
        row.try_get("", "recorded_at")?,
    )))
}
