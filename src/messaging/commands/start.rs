//! Starting a conversation.

use super::{
    admit::{Asking, admit},
    answer::take_up,
    insert_members, own_membership, rules,
};
use crate::{
    accounts::Me,
    activity::{By, record},
    error::{Error, Result},
    idempotency::Key,
    ids::{self, ConversationId, MemberId, PersonId},
    messaging::{
        entity::{
            conversation::{self, Kind},
            conversation_member::{self, Role, Standing},
        },
        events::Started,
    },
    people,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    posts::events::many,
    social::locks::{Hold, lock_pairs},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult,
    sea_query::OnConflict,
};

const PATH: &str = "memberIds";

/// What a new conversation is made of.
pub struct NewConversation<'a> {
    pub kind: Kind,
    /// The others: exactly one for a direct conversation.
    pub members: &'a [PersonId],
    /// Of a group.
    pub title: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
}

impl NewConversation<'_> {
    /// # Errors
    /// BAD_USER_INPUT.
    fn check(&self, me: &Me) -> Result<(Option<String>, Option<Key>)> {
        rules::check_named(me.id(), self.members, PATH)?;
        let title = rules::title(self.title)?;
        if self.kind == Kind::Direct {
            if title.is_some() {
                let say = "A direct conversation has no title.";
                return Err(Error::bad_input("title", say));
            }
            if self.members.len() != 1 {
                let say = "A direct conversation has exactly one other member.";
                return Err(Error::bad_input(PATH, say));
            }
        }
        let members: Vec<_> = self.members.iter().map(PersonId::to_string).collect();
        let kind = format!("{:?}", self.kind);
        let request = [
            kind.as_str(),
            title.as_deref().unwrap_or(""),
            &members.join(" "),
        ];
        let key = Key::check(self.idempotency_key, &request)?;
        Ok((title, key))
    }

    fn pair(&self, me: &Me) -> Option<String> {
        let other = self.members.first().filter(|_| self.kind == Kind::Direct)?;
        Some(rules::pair(me.id(), *other))
    }
}

/// Starts a conversation. A direct one that the two have already is taken up again: the caller
/// accepts it by that. With a key that was used before: the conversation that it made.
///
/// # Errors
/// BAD_USER_INPUT, IDEMPOTENCY_MISMATCH; NOT_FOUND for whoever cannot be put into it, and for what
/// the key made where the caller is no member of it any more; RATE_LIMITED where they asked too many
/// people lately.
pub async fn start(p: &Platform, me: &Me, new: NewConversation<'_>) -> Result<ConversationId> {
    let (title, key) = new.check(me)?;
    let _flight = match &key {
        Some(key) => Some(p.db.gate(key.gate(me.id(), "startConversation")).await?),
        None => None,
    };
    let now = p.now();
    let row = conversation::Model {
        id: ConversationId(p.new_id(now)),
        kind: new.kind,
        title,
        pair: new.pair(me),
        creator_id: me.id(),
        outside_id: ids::outside(),
        last_sequence: 0,
        created_at: now,
        updated_at: now,
        idempotency_key: key.as_ref().map(|key| key.key.clone()),
        request_hash: key.as_ref().map(|key| key.request_hash.clone()),
    };
    let everybody = [me.id()].into_iter().chain(new.members.iter().copied());
    let seats: Vec<_> = everybody
        .map(|person| (person, MemberId(p.new_id(now))))
        .collect();
    let (row, key, seats) = (&row, key.as_ref(), seats.as_slice());
    let asking = &Asking::new(p, me);
    p.db.write_txn(Lane::Request, |txn| async move {
        let others = new.members;
        lock_pairs(&txn, Hold::Shared, me.id(), others.iter().copied()).await?;
        if let Some(first) = first_made(&txn, me, row, key).await? {
            return Ok(first);
        }
        if let Some(known) = known_pair(&txn, me, row, others).await? {
            return Ok(known);
        }
        let standings = admit(&txn, me, others, PATH).await?;
        asking.throttle(standings.iter().copied())?;
        if !insert(&txn, row).await? {
            // Somebody was faster: the other of the two, or another server.
            if let Some(first) = first_made(&txn, me, row, key).await? {
                return Ok(first);
            }
            let known = known_pair(&txn, me, row, others).await?;
            return known.ok_or_else(|| Error::internal("a conversation met another one"));
        }
        insert_members(&txn, &founders(row, seats, &standings)).await?;
        let fact = Started::at(row, row.kind, many(seats.len()));
        record(&txn, By::person(me.id(), row.created_at), &fact, [])?;
        Ok(row.id)
    })
    .await
}

/// The members that a conversation begins with: the caller first, then the others as they come.
fn founders(
    row: &conversation::Model,
    seats: &[(PersonId, MemberId)],
    standings: &[Standing],
) -> Vec<conversation_member::Model> {
    let own = match row.kind {
        Kind::Direct => Role::Member,
        Kind::Group => Role::Owner,
    };
    let caller = (own, Standing::Active);
    let others = standings.iter().map(|standing| (Role::Member, *standing));
    let came = [caller].into_iter().chain(others);
    seats
        .iter()
        .zip(came)
        .map(
            |((person, id), (role, standing))| conversation_member::Model {
                conversation_id: row.id,
                person_id: *person,
                id: *id,
                role,
                standing,
                joined_at: row.created_at,
                reads_after: 0,
                read_up_to: 0,
                is_muted: false,
                muted_until: None,
                added_by_id: row.creator_id,
                was_asked: standing == Standing::Request,
            },
        )
        .collect()
}

/// `false` where a unique index holds another row already.
async fn insert(txn: &Txn, row: &conversation::Model) -> Result<bool> {
    let row = row.clone().into_active_model().reset_all();
    let made = conversation::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(&**txn)
        .await?;
    Ok(matches!(made, TryInsertResult::Inserted(n) if n > 0))
}

/// The conversation that this key made before, if the caller is in it still.
///
/// # Errors
/// IDEMPOTENCY_MISMATCH, NOT_FOUND.
async fn first_made(
    txn: &Txn,
    me: &Me,
    row: &conversation::Model,
    key: Option<&Key>,
) -> Result<Option<ConversationId>> {
    let Some(key) = key else { return Ok(None) };
    let first = conversation::Entity::find()
        .filter(conversation::Column::CreatorId.eq(row.creator_id))
        .filter(conversation::Column::IdempotencyKey.eq(key.key.as_str()))
        .one(&**txn)
        .await?;
    let Some(first) = first else { return Ok(None) };
    let is_in = own_membership(txn, me, first.id).await?.is_some();
    key.repeat(first.request_hash.as_deref(), !is_in)?;
    Ok(Some(first.id))
}

/// The direct conversation that the two have already, now accepted by the caller. Whom the other
/// one admits matters at the beginning only.
///
/// # Errors
/// NOT_FOUND, for somebody beyond a block or not there any more.
async fn known_pair(
    txn: &Txn,
    me: &Me,
    row: &conversation::Model,
    others: &[PersonId],
) -> Result<Option<ConversationId>> {
    let Some(pair) = &row.pair else {
        return Ok(None);
    };
    let known = conversation::Entity::find()
        .filter(conversation::Column::Pair.eq(pair.as_str()))
        .one(&**txn)
        .await?;
    let Some(known) = known else { return Ok(None) };
    let reachable = people::queries::reachable(txn, me.viewer(), others).await?;
    if reachable.is_empty() {
        return Err(Error::not_found(&format!("{PATH}.0")));
    }
    take_up(txn, me, &known, row.created_at).await?;
    Ok(Some(known.id))
}
