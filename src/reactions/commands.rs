//! Adding and taking back a reaction.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Statement, TryInsertResult, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    Place, Subject,
    entity::{reaction, reaction_group},
};
use crate::{
    accounts::Me,
    clock::Timestamp,
    counters::{Counter, Deltas},
    error::{Code, Error, Result},
    ids::{NodeId, ReactionId},
    platform::{
        Platform,
        db::{Gate, Lane, Txn},
    },
};

/// The most different emojis on one subject.
const MAX_KINDS: u64 = 20;

/// Reads one emoji sequence, in its fully qualified form.
fn emoji(typed: &str) -> Result<&'static str> {
    emojis::get(typed.trim())
        .map(emojis::Emoji::as_str)
        .ok_or_else(|| {
            Error::bad_input(
                "emoji",
                "Send one emoji, such as \u{1F44D} or \u{2764}\u{FE0F}.",
            )
        })
}

/// Reacts to a subject. Reacting twice with one emoji changes nothing. Returns what was reacted to.
///
/// # Errors
/// BAD_USER_INPUT, NOT_FOUND; CONFLICT when the subject holds twenty other emojis already.
pub async fn add<S: Subject>(p: &Platform, me: &Me, subject: NodeId, typed: &str) -> Result<Place> {
    let emoji = emoji(typed)?;
    let now = p.now();
    let reaction = ReactionId(p.new_id(now));
    let _pass = p.db.gate(Gate::Hot(subject.id)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let place = S::lock(&txn, me, subject).await?;
        let row = reaction::Model {
            id: reaction,
            home_id: place.home,
            subject_kind: S::KIND,
            subject_id: place.id,
            person_id: me.id(),
            emoji: emoji.to_owned(),
            created_at: now,
        };
        if insert(&txn, row).await? {
            make_room(&txn, place.id, emoji).await?;
            count::<S>(&txn, place.id, emoji, 1, now).await?;
        }
        Ok(place)
    })
    .await
}

async fn insert(txn: &Txn, row: reaction::Model) -> Result<bool> {
    use reaction::Column::{Emoji, PersonId, SubjectId};
    let once = OnConflict::columns([SubjectId, PersonId, Emoji])
        .do_nothing()
        .to_owned();
    let made = reaction::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(once)
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    Ok(matches!(made, TryInsertResult::Inserted(n) if n > 0))
}

async fn make_room(txn: &Txn, subject: Uuid, emoji: &str) -> Result<()> {
    let others = reaction_group::Entity::find()
        .filter(reaction_group::Column::SubjectId.eq(subject))
        .filter(reaction_group::Column::Count.gt(0))
        .filter(reaction_group::Column::Emoji.ne(emoji))
        .count(&**txn)
        .await?;
    if others >= MAX_KINDS {
        let say = format!("There are {MAX_KINDS} different emojis here already; use one of them.");
        return Err(Error::refused(Code::Conflict, say).at("emoji"));
    }
    Ok(())
}

/// Takes back a reaction, also from what the caller no longer sees (R22); without effect where
/// there is none. Returns what it stood on.
///
/// # Errors
/// BAD_USER_INPUT; NOT_FOUND, where there is nothing to take back and nothing to see.
pub async fn remove<S: Subject>(
    p: &Platform,
    me: &Me,
    subject: NodeId,
    typed: &str,
) -> Result<Place> {
    let emoji = emoji(typed)?;
    let now = p.now();
    let _pass = p.db.gate(Gate::Hot(subject.id)).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let place = S::lock_any(&txn, me, subject).await?;
        let gone = reaction::Entity::delete_many()
            .filter(reaction::Column::SubjectId.eq(place.id))
            .filter(reaction::Column::PersonId.eq(me.id()))
            .filter(reaction::Column::Emoji.eq(emoji))
            .exec(&*txn)
            .await?;
        if gone.rows_affected > 0 {
            count::<S>(&txn, place.id, emoji, -1, now).await?;
        } else {
            S::prove_visible(&txn, me, subject).await?;
        }
        Ok(place)
    })
    .await
}

/// Last in the transaction: the counters that everybody waits for.
async fn count<S: Subject>(
    txn: &Txn,
    subject: Uuid,
    emoji: &str,
    delta: i64,
    now: Timestamp,
) -> Result<()> {
    S::changed(txn, subject, delta).await?;
    let sql = "INSERT INTO reaction_group (subject_id, emoji, count, first_at) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (subject_id, emoji) DO UPDATE SET \
               count = reaction_group.count + excluded.count, first_at = CASE \
               WHEN reaction_group.count = 0 THEN excluded.first_at ELSE reaction_group.first_at END";
    let values = [subject.into(), emoji.into(), delta.into(), now.0.into()];
    txn.execute_raw(Statement::from_sql_and_values(txn.backend(), sql, values))
        .await?;
    let mut deltas = Deltas::default();
    deltas.add(subject, Counter::Reactions, delta);
    deltas.write(txn).await
}

/// Adds many reactions at once, without counting them: for seeding.
pub async fn import(txn: &Txn, reactions: &[reaction::Model]) -> Result<()> {
    let rows = reactions
        .iter()
        .map(|row| row.clone().into_active_model().reset_all());
    reaction::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}
