//! Telling the log of polls that have closed. That they are closed, the clock tells everybody.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use crate::{
    activity::{By, record},
    clock::Timestamp,
    error::Result,
    ids::PostId,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    posts::{
        entity::{poll, post},
        events::PollClosed,
        queries,
    },
};

/// How many polls are told of at most in one turn.
const TURN: u64 = 100;

/// Records of polls whose time has come that they closed, each once, whoever else does so at the
/// same moment. Says how many there were to look at.
pub async fn close_due(p: &Platform) -> Result<usize> {
    let now = p.now();
    let due = poll::Entity::find()
        .filter(poll::Column::ClosesAt.lte(now))
        .filter(poll::Column::ClosedRecordedAt.is_null())
        .order_by_asc(poll::Column::ClosesAt)
        .limit(TURN)
        .all(p.db.background())
        .await?;
    for poll in &due {
        p.db.write_txn(Lane::Background, |txn| async move {
            close(&txn, poll.post_id, now).await
        })
        .await?;
    }
    Ok(due.len())
}

/// Only whoever changes the row records the fact. The post of a poll that is open in this sense is
/// not deleted: who deletes it changes the row too.
async fn close(txn: &Txn, id: PostId, now: Timestamp) -> Result<()> {
    let changed = poll::Entity::update_many()
        .col_expr(poll::Column::ClosedRecordedAt, Expr::value(now))
        .filter(poll::Column::PostId.eq(id))
        .filter(poll::Column::ClosedRecordedAt.is_null())
        .exec_with_returning(&**txn)
        .await?;
    let (Some(poll), Some(post)) = (
        changed.first(),
        post::Entity::find_by_id(id).one(&**txn).await?,
    ) else {
        return Ok(());
    };
    let fact = PollClosed {
        postid: id.0,
        authorid: post.author_id.into(),
        closesat: poll.closes_at,
        visibility: queries::exposure(txn, id).await?.visibility(),
    };
    record(txn, By::system(now), &fact, [])
}
