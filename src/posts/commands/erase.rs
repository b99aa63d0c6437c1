//! Takes somebody out of all posts.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
    sea_query::{Expr, ExprTrait, LockType},
};
use uuid::Uuid;

use super::{delete::remove, draft, repost};
use crate::{
    activity::{By, Visibility as Exposure, record},
    clock::Timestamp,
    counters::{Counter, Deltas, marks::delta},
    error::Result,
    ids::{DraftId, PersonId},
    people::queries::is_open,
    personal::{Erasure, Leaving},
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    posts::{
        entity::{poll_option, poll_vote, post},
        events::{Anonymised, VoteRemoved},
        queries,
    },
};

/// Posts of one transaction: each has a dozen rows in other tables, and on SQLite everybody waits.
const CHUNK: u64 = 5;

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase). Of whoever leaves what they
/// wrote, posts stay that everybody could see: nobody could be let in to see the others.
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    while posts(p, leaving, false).await? > 0 {}
    if leaving.is_kept {
        while posts(p, leaving, true).await? > 0 {}
    }
    while votes(p, leaving.person).await? > 0 {}
    while drafts(p, leaving.person).await? > 0 {}
    let (person, nobody) = (leaving.person.0.into(), PersonId::NOBODY.0.into());
    p.db.drain(&OWN, &[person, nobody]).await?;
    Ok(Erasure::Done)
}

/// What is left of somebody (`$1`) beside posts that stand; `$2` is nobody.
const OWN: [&str; 7] = [
    "UPDATE post SET author_id = $2, idempotency_key = NULL, request_hash = NULL WHERE id IN \
     (SELECT id FROM post WHERE author_id = $1 AND deleted_at IS NOT NULL LIMIT {step})",
    "UPDATE post_mention SET author_id = $2 WHERE author_id = $1 AND post_id IN \
     (SELECT post_id FROM post_mention WHERE author_id = $1 LIMIT {step})",
    "DELETE FROM post_mention WHERE person_id = $1 AND post_id IN \
     (SELECT post_id FROM post_mention WHERE person_id = $1 LIMIT {step})",
    "DELETE FROM bookmark WHERE person_id = $1 AND post_id IN \
     (SELECT post_id FROM bookmark WHERE person_id = $1 LIMIT {step})",
    "DELETE FROM thread_mute WHERE person_id = $1 AND post_id IN \
     (SELECT post_id FROM thread_mute WHERE person_id = $1 LIMIT {step})",
    "DELETE FROM pinned_post WHERE person_id = $1",
    "DELETE FROM draft WHERE author_id = $1 AND id IN \
     (SELECT id FROM draft WHERE author_id = $1 LIMIT {step})",
];

/// Erases the next posts, or makes nobody their author. Says how many there were.
async fn posts(p: &Platform, leaving: Leaving, is_kept: bool) -> Result<usize> {
    use post::Column::{AuthorId, DeletedAt, Id, RepostOfId, Visibility};
    let by = By::system(p.now());
    p.db.write_txn(Lane::Background, |txn| async move {
        let author = (post::Entity, AuthorId);
        let stays = Expr::col(RepostOfId)
            .is_null()
            .and(queries::is_open((post::Entity, Visibility)))
            .and(is_open(author));
        let mut next = post::Entity::find()
            .filter(AuthorId.eq(leaving.person))
            .filter(DeletedAt.is_null())
            .order_by_asc(Id)
            .limit(CHUNK)
            .lock(LockType::NoKeyUpdate);
        if leaving.is_kept && !is_kept {
            next = next.filter(stays.not());
        }
        let next = next.all(&*txn).await?;
        for post in &next {
            match (is_kept, post.repost_of_id) {
                (true, _) => anonymise(&txn, post, by).await?,
                (false, Some(original)) => repost::end(&txn, post, original, by).await?,
                (false, None) => remove(&txn, post, by).await?,
            }
        }
        Ok(next.len())
    })
    .await
}

/// Makes nobody the author of a post that is locked. It is counted again, unless staff hides it.
async fn anonymise(txn: &Txn, post: &post::Model, by: By) -> Result<()> {
    let is_counted = post.hidden_at.is_none();
    let author = "UPDATE post SET author_id = $2, is_counted = $3, idempotency_key = NULL, \
                  request_hash = NULL WHERE id = $1";
    let values = [
        post.id.0.into(),
        PersonId::NOBODY.0.into(),
        is_counted.into(),
    ];
    txn.execute_raw(Statement::from_sql_and_values(
        txn.backend(),
        author,
        values,
    ))
    .await?;
    let hashtags = "UPDATE post_hashtag SET is_counted = NOT is_counted WHERE post_id = $1 \
                    AND is_counted <> (is_public AND $2) RETURNING hashtag_id, is_counted";
    let values = [post.id.0.into(), is_counted.into()];
    let hashtags = Statement::from_sql_and_values(txn.backend(), hashtags, values);
    let mut deltas = Deltas::default();
    for row in txn.query_all_raw(hashtags).await? {
        let hashtag: Uuid = row.try_get("", "hashtag_id")?;
        deltas.add(
            hashtag,
            Counter::Posts,
            delta(row.try_get("", "is_counted")?),
        );
    }
    let (before, after) = (i64::from(post.is_counted), i64::from(is_counted));
    deltas.add(post.author_id.0, Counter::Posts, -before);
    deltas.add(PersonId::NOBODY.0, Counter::Posts, after);
    if let Some(quoted) = post.quote_of_id {
        deltas.add(quoted.0, Counter::Quotes, after - before);
    }
    let fact = Anonymised {
        postid: post.id.0,
        visibility: queries::exposure(txn, post.id).await?.visibility(),
    };
    record(txn, by, &fact, deltas.counts())
}

/// Takes back the next votes, and says how many there were.
async fn votes(p: &Platform, person: PersonId) -> Result<usize> {
    let now = p.now();
    p.db.write_txn(Lane::Background, |txn| async move {
        let next = poll_vote::Entity::find()
            .filter(poll_vote::Column::PersonId.eq(person))
            .order_by_asc(poll_vote::Column::PostId)
            .limit(CHUNK)
            .all(&*txn)
            .await?;
        for vote in &next {
            take_back(&txn, vote, now).await?;
        }
        Ok(next.len())
    })
    .await
}

async fn take_back(txn: &Txn, vote: &poll_vote::Model, now: Timestamp) -> Result<()> {
    let gone = poll_vote::Entity::delete_by_id((vote.post_id, vote.person_id));
    if gone.exec(&**txn).await?.rows_affected == 0 {
        return Ok(());
    }
    let options = poll_option::Entity::find().filter(poll_option::Column::PostId.eq(vote.post_id));
    let mut deltas = Deltas::default();
    deltas.add(vote.post_id.0, Counter::Votes, -1);
    for option in options.all(&**txn).await? {
        if vote.choices >> option.position & 1 == 1 {
            deltas.add(option.id, Counter::Votes, -1);
        }
    }
    let fact = VoteRemoved {
        postid: vote.post_id.0,
        visibility: Exposure::Private,
    };
    record(txn, By::system(now), &fact, deltas.counts())
}

/// Erases the next drafts, and says how many there were.
async fn drafts(p: &Platform, person: PersonId) -> Result<usize> {
    let now = p.now();
    p.db.write_txn(Lane::Background, |txn| async move {
        let sql = format!(
            "SELECT id FROM draft WHERE author_id = $1 AND deleted_at IS NULL LIMIT {CHUNK}"
        );
        let next = Statement::from_sql_and_values(txn.backend(), sql, [person.0.into()]);
        let next = txn.query_all_raw(next).await?;
        for row in &next {
            let id: DraftId = row.try_get("", "id")?;
            draft::erase(&txn, id, now).await?;
        }
        Ok(next.len())
    })
    .await
}
