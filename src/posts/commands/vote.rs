//! Voting in a poll: once, for good.

use sea_orm::{
    ActiveModelTrait, EntityTrait, IntoActiveModel, TryInsertResult, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    accounts::Me,
    activity::{By, Visibility, record},
    counters::{Counter, Deltas},
    error::{Code, Error, Result},
    ids::PostId,
    platform::{
        Platform,
        db::{Count, Gate, Lane, Txn},
    },
    posts::{
        aim::Aim,
        entity::poll_vote,
        events::Voted,
        polls::{Poll, of_posts},
        towards::lock_towards,
    },
};

const PATH: &str = "pollId";

/// Votes for these options of the poll of a post, all at once and once for all. The same vote again
/// changes nothing, also after it closed.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND (no such poll to be seen, or no such option in it), FORBIDDEN (by who
/// asks), CONFLICT (closed, or the caller has chosen otherwise).
pub async fn vote(p: &Platform, me: &Me, id: PostId, options: &[Uuid]) -> Result<()> {
    let now = p.now();
    let _pass = p.db.gate(Gate::Hot(id.0)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let aim = Aim::at(&txn, id, PATH).await?;
        lock_towards(&txn, me, &[], aim.people()).await?;
        aim.lock(&txn, me, PATH).await?;
        let poll = of_posts(&*txn, &[id]).await?.remove(&id);
        let poll = poll.ok_or_else(|| Error::not_found(PATH))?;
        let choices = poll.choose(options)?;
        if has_chosen(&txn, me, &poll, choices).await? {
            return Ok(());
        }
        poll.may_vote(me.id(), now)?;
        let row = poll_vote::Model {
            post_id: id,
            person_id: me.id(),
            choices,
            created_at: now,
        };
        if !insert(&txn, row).await? {
            // Another server was faster: it is judged by what that one wrote.
            has_chosen(&txn, me, &poll, choices).await?;
            return Ok(());
        }
        let fact = Voted {
            postid: id.0,
            personid: me.id().into(),
            choices: choices.count_ones(),
            visibility: Visibility::Private,
        };
        let by = By::person(me.id(), now);
        record(&txn, by, &fact, counts(&poll, choices))
    })
    .await
}

/// Whether the caller has voted, and for just this.
///
/// # Errors
/// CONFLICT where they chose otherwise.
async fn has_chosen(txn: &Txn, me: &Me, poll: &Poll, choices: i64) -> Result<bool> {
    let vote = poll_vote::Entity::find_by_id((poll.post, me.id()));
    match vote.one(&**txn).await? {
        None => Ok(false),
        Some(vote) if vote.choices == choices => Ok(true),
        Some(_) => {
            let say = "You have voted already; a vote is not changed.";
            Err(Error::refused(Code::Conflict, say).at(PATH))
        }
    }
}

async fn insert(txn: &Txn, row: poll_vote::Model) -> Result<bool> {
    let once = OnConflict::columns([poll_vote::Column::PostId, poll_vote::Column::PersonId])
        .do_nothing()
        .to_owned();
    let made = poll_vote::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(once)
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    Ok(matches!(made, TryInsertResult::Inserted(n) if n > 0))
}

fn counts(poll: &Poll, choices: i64) -> Vec<Count> {
    let mut deltas = Deltas::default();
    deltas.add(poll.post.0, Counter::Votes, 1);
    for option in poll.chosen(choices) {
        deltas.add(option.id, Counter::Votes, 1);
    }
    deltas.counts()
}
