//! Takes somebody out of all comments.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};

use super::{counts, delete::remove};
use crate::{
    activity::{By, record},
    comments::{entity::comment, events::Anonymised, thread},
    error::Result,
    ids::PersonId,
    personal::{Erasure, Leaving},
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    posts,
};

/// How many are looked for at once. Each has a transaction of its own: with it those above it are
/// locked.
const CHUNK: u64 = 100;

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase).
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    loop {
        let next = comment::Entity::find()
            .filter(comment::Column::AuthorId.eq(leaving.person))
            .filter(comment::Column::DeletedAt.is_null())
            .order_by_asc(comment::Column::Id)
            .limit(CHUNK)
            .all(p.db.background())
            .await?;
        if next.is_empty() {
            break;
        }
        for comment in &next {
            one(p, comment, leaving).await?;
        }
    }
    let (person, nobody) = (leaving.person.0.into(), PersonId::NOBODY.0.into());
    p.db.drain(&OWN, &[person, nobody]).await?;
    Ok(Erasure::Done)
}

/// What is left of somebody (`$1`) beside comments that stand; `$2` is nobody.
const OWN: [&str; 2] = [
    "UPDATE comment SET author_id = $2, idempotency_key = NULL, request_hash = NULL WHERE id IN \
     (SELECT id FROM comment WHERE author_id = $1 AND deleted_at IS NOT NULL LIMIT {step})",
    "DELETE FROM comment_mention WHERE person_id = $1 AND comment_id IN \
     (SELECT comment_id FROM comment_mention WHERE person_id = $1 LIMIT {step})",
];

async fn one(p: &Platform, seen: &comment::Model, leaving: Leaving) -> Result<()> {
    let by = By::system(p.now());
    p.db.write_txn(Lane::Background, |txn| async move {
        let chain = thread::lock_upwards(&txn, seen.id).await?;
        let Some(comment) = chain.first().filter(|comment| is_theirs(comment, leaving)) else {
            return Ok(());
        };
        match leaving.is_kept {
            true => anonymise(&txn, comment, by).await,
            false => remove(&txn, &chain, comment, by).await.map(|_| ()),
        }
    })
    .await
}

/// Nobody else has taken it up meanwhile.
fn is_theirs(comment: &comment::Model, leaving: Leaving) -> bool {
    comment.author_id == leaving.person && comment.deleted_at.is_none()
}

/// Makes nobody the author of a comment that is locked. It is counted again, unless staff hides it.
async fn anonymise(txn: &Txn, comment: &comment::Model, by: By) -> Result<()> {
    let is_counted = comment.hidden_at.is_none();
    let author = "UPDATE comment SET author_id = $2, is_counted = $3, idempotency_key = NULL, \
                  request_hash = NULL WHERE id = $1";
    let values = [
        comment.id.0.into(),
        PersonId::NOBODY.0.into(),
        is_counted.into(),
    ];
    txn.execute_raw(Statement::from_sql_and_values(
        txn.backend(),
        author,
        values,
    ))
    .await?;
    let fact = Anonymised {
        commentid: comment.id.0,
        postid: comment.post_id.0,
        visibility: posts::queries::exposure(txn, comment.post_id)
            .await?
            .visibility(),
    };
    let delta = i64::from(is_counted) - i64::from(comment.is_counted);
    record(txn, by, &fact, counts(comment, delta))
}
