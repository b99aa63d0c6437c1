//! Adding and taking back a reaction.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    Statement, TryInsertResult, sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    Outside, Place, Subject,
    entity::reaction,
    events::{Added, CodePoints, Removed},
    in_group,
};
use crate::{
    accounts::Me,
    activity::{By, record},
    counters::{Counter, Deltas},
    error::{Code, Error, Result},
    ids::{NodeId, ReactionId},
    platform::{
        Platform,
        db::{Count, Gate, Lane, Txn},
    },
};

/// The most different emojis on one subject.
const MAX_KINDS: i64 = 20;

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
    let _pass = p.db.gate(Gate::Hot(S::crowd(subject))).await?;
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
            is_counted: true,
        };
        if insert(&txn, row).await? {
            make_room(&txn, place.id, emoji).await?;
            let outside = S::outside(&txn, place).await?;
            let fact = Added {
                subjectid: place.id,
                subjectkind: S::KIND,
                postid: outside.home,
                personid: me.id().into(),
                emoji: CodePoints::of(emoji),
                visibility: outside.visibility,
                home: place.home,
            };
            record(
                &txn,
                By::person(me.id(), now),
                &fact,
                counts(place, emoji, 1),
            )?;
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

/// Refuses the emoji that was just inserted where it is one kind too many. The subject is locked, so
/// nobody adds another meanwhile. From one kind to the next by the index, however many there are of
/// each.
async fn make_room(txn: &Txn, subject: Uuid, emoji: &str) -> Result<()> {
    let sql = format!(
        "WITH RECURSIVE kinds(emoji, n) AS (\
         SELECT (SELECT emoji FROM reaction WHERE subject_id = $1 ORDER BY emoji LIMIT 1), 0 \
         UNION ALL SELECT (SELECT r.emoji FROM reaction r WHERE r.subject_id = $1 \
         AND r.emoji > kinds.emoji ORDER BY r.emoji LIMIT 1), kinds.n + 1 \
         FROM kinds WHERE kinds.emoji IS NOT NULL AND kinds.n < {MAX_KINDS}) \
         SELECT COUNT(*) AS others FROM kinds WHERE emoji <> $2"
    );
    let values = [subject.into(), emoji.into()];
    let statement = Statement::from_sql_and_values(txn.backend(), sql, values);
    let others: i64 = match txn.query_one_raw(statement).await? {
        Some(row) => row.try_get("", "others")?,
        None => 0,
    };
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
    let _pass = p.db.gate(Gate::Hot(S::crowd(subject))).await?;
    p.db.write_txn(Lane::Request, |txn| async move {
        let place = S::lock_any(&txn, me, subject).await?;
        let gone = reaction::Entity::delete_many()
            .filter(reaction::Column::SubjectId.eq(place.id))
            .filter(reaction::Column::PersonId.eq(me.id()))
            .filter(reaction::Column::Emoji.eq(emoji))
            .exec_with_returning(&*txn)
            .await?;
        if let Some(gone) = gone.first() {
            let outside = S::outside(&txn, place).await?;
            let fact = Removed {
                subjectid: place.id,
                subjectkind: S::KIND,
                postid: outside.home,
                personid: me.id().into(),
                emoji: CodePoints::of(emoji),
                visibility: outside.visibility,
                home: place.home,
            };
            let delta = if gone.is_counted { -1 } else { 0 };
            record(
                &txn,
                By::person(me.id(), now),
                &fact,
                counts(place, emoji, delta),
            )?;
        } else {
            S::prove_visible(&txn, me, subject).await?;
        }
        Ok(place)
    })
    .await
}

fn counts(place: Place, emoji: &str, delta: i64) -> Vec<Count> {
    let mut deltas = Deltas::default();
    deltas.add(place.id, Counter::Reactions, delta);
    deltas.add_count(in_group(place.id, emoji, delta));
    deltas.counts()
}

/// Adds many reactions at once, without counting them: for seeding. `outside` says how events tell
/// of a home.
pub async fn import(
    txn: &Txn,
    reactions: &[reaction::Model],
    outside: impl Fn(Uuid) -> Outside,
) -> Result<()> {
    let rows = reactions
        .iter()
        .map(|row| row.clone().into_active_model().reset_all());
    reaction::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    for row in reactions {
        let outside = outside(row.home_id);
        let fact = Added {
            subjectid: row.subject_id,
            subjectkind: row.subject_kind,
            postid: outside.home,
            personid: row.person_id.into(),
            emoji: CodePoints::of(&row.emoji),
            visibility: outside.visibility,
            home: row.home_id,
        };
        record(txn, By::person(row.person_id, row.created_at), &fact, [])?;
    }
    Ok(())
}
