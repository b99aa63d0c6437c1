//! Tells whoever listens what happens in their conversations.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{
    events::{
        Accepted, Declined, MemberAdded, MemberRemoved, MessageDeleted, MessageEdited, MessageSent,
        Muted, Read, Renamed, RoleChanged, Started, Unmuted,
    },
    loaders::{Membership, members_among},
};
use crate::{
    activity::{Entry, Event, Person},
    counters::Counters,
    error::Result,
    ids::{ConversationId, MemberId, PersonId},
    platform::db::Db,
    reactions::{
        SubjectKind,
        events::{Added, Removed},
    },
    realtime::{Hint, Listening, Source, Topic},
    social::events::{Blocked, Unblocked},
};

/// What happens in conversations, by conversation and by member.
pub struct Conversations;

/// More than so many who read within one batch are a crowd.
const CROWD: usize = 8;

/// What members are told where messages became tombstones or are whole again: those that `entries`
/// are about, each of which lives with its conversation.
pub async fn turned(db: &Db, entries: &[Entry], listening: &Listening<'_>) -> Result<Vec<Hint>> {
    let known = Known::of(db, entries, listening).await?;
    let mut hints = Vec::new();
    for entry in entries {
        let about = About::of(entry, &known);
        hints.push(about.changed(entry.aggregate));
        hints.extend(about.to_members().chain(about.numbers()));
    }
    Ok(hints)
}

/// What is known of the conversations that events are about.
#[derive(Default)]
struct Known {
    /// Members by conversation, of those who listen.
    members: HashMap<ConversationId, Vec<PersonId>>,
    /// The memberships of those who have read, where others may know it.
    readers: HashMap<ConversationId, HashMap<PersonId, MemberId>>,
}

impl Known {
    async fn of(db: &Db, entries: &[Entry], listening: &Listening<'_>) -> Result<Self> {
        let mut listeners = BTreeSet::from_iter(listening.ids(Topic::Conversations, PersonId));
        listeners.extend(listening.ids(Topic::Viewer, PersonId));
        let mut known = Self::default();
        if listeners.is_empty() {
            return Ok(known);
        }
        let read = entries.iter().filter(|entry| entry.kind == Read::KIND.name);
        let readers = read.filter_map(|entry| entry.actor.map(PersonId));
        let readers = BTreeSet::from_iter(readers);
        let people: Vec<_> = readers.union(&listeners).copied().collect();
        let homes = entries.iter().map(|entry| ConversationId(entry.home));
        let homes: Vec<_> = BTreeSet::from_iter(homes).into_iter().collect();
        for member in members_among(db, &homes, &people).await? {
            let Membership {
                conversation,
                person,
                id,
                shows_reading,
            } = member;
            if shows_reading && readers.contains(&person) {
                let readers = known.readers.entry(conversation).or_default();
                readers.insert(person, id);
            }
            if listeners.contains(&person) {
                let members = known.members.entry(conversation).or_default();
                members.push(person);
            }
        }
        Ok(known)
    }
}

impl Source for Conversations {
    fn kinds(&self) -> &[&'static str] {
        &[
            Started::KIND.name,
            Renamed::KIND.name,
            MemberAdded::KIND.name,
            MemberRemoved::KIND.name,
            RoleChanged::KIND.name,
            Accepted::KIND.name,
            Declined::KIND.name,
            Muted::KIND.name,
            Unmuted::KIND.name,
            Read::KIND.name,
            MessageSent::KIND.name,
            MessageEdited::KIND.name,
            MessageDeleted::KIND.name,
            Added::KIND.name,
            Removed::KIND.name,
            Blocked::KIND.name,
            Unblocked::KIND.name,
        ]
    }

    /// Only those who listen are asked whether they are members, all in one statement.
    fn hints<'a>(
        &'a self,
        db: &'a Db,
        entries: &'a [Entry],
        listening: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        Box::pin(async move {
            let known = Known::of(db, entries, listening).await?;
            let mut hints = Vec::new();
            for entry in entries {
                About::of(entry, &known).tell(entry, &mut hints)?;
            }
            Ok(hints)
        })
    }
}

/// What one event is about, and who listens.
struct About<'a> {
    conversation: ConversationId,
    members: &'a [PersonId],
    actor: Option<PersonId>,
    /// The actor's membership, where they have read and others may know it.
    reader: Option<MemberId>,
    /// Many have read at once.
    is_crowd: bool,
}

impl<'a> About<'a> {
    fn of(entry: &Entry, known: &'a Known) -> Self {
        let conversation = ConversationId(entry.home);
        let actor = entry.actor.map(PersonId);
        let readers = known.readers.get(&conversation);
        let reader = readers.zip(actor).and_then(|(all, actor)| all.get(&actor));
        Self {
            conversation,
            members: known.members.get(&conversation).map_or(&[], Vec::as_slice),
            actor,
            reader: reader.copied(),
            is_crowd: readers.is_some_and(|readers| readers.len() > CROWD),
        }
    }

    fn tell(&self, entry: &Entry, hints: &mut Vec<Hint>) -> Result<()> {
        let kind = entry.kind.as_str();
        if kind == MessageSent::KIND.name {
            let sent: MessageSent = entry.read()?;
            let topic = Topic::Messages(self.conversation);
            hints.push(Hint::now(topic, sent.messageid));
            hints.extend(self.to_members());
            // One's own messages are never unread.
            hints.extend(self.numbers().filter(|hint| Some(hint.id) != entry.actor));
        } else if kind == MessageEdited::KIND.name {
            let edited: MessageEdited = entry.read()?;
            hints.push(self.changed(edited.messageid));
        } else if kind == MessageDeleted::KIND.name {
            let deleted: MessageDeleted = entry.read()?;
            hints.push(self.changed(deleted.messageid));
            hints.extend(self.to_members().chain(self.numbers()));
        } else if kind == MemberRemoved::KIND.name {
            let removed: MemberRemoved = entry.read()?;
            hints.extend(self.out(removed.memberid.0));
            hints.extend(self.to_members());
        } else if kind == Declined::KIND.name {
            hints.extend(self.out(self.actor));
        } else if [Added::KIND.name, Removed::KIND.name].contains(&kind) {
            hints.extend(self.reacted(entry)?);
        } else if kind == Blocked::KIND.name {
            let Blocked {
                blockerid,
                blockedid,
                ..
            } = entry.read()?;
            hints.extend(own_numbers([blockerid, blockedid]));
        } else if kind == Unblocked::KIND.name {
            let Unblocked {
                blockerid,
                blockedid,
                ..
            } = entry.read()?;
            hints.extend(own_numbers([blockerid, blockedid]));
        } else if kind == Read::KIND.name {
            hints.extend(self.to_actor());
            hints.extend(own_numbers(self.actor.map(Person::from)));
            hints.extend(self.receipts());
        } else if [Muted::KIND.name, Unmuted::KIND.name].contains(&kind) {
            hints.extend(self.to_actor());
        } else {
            hints.extend(self.to_members());
            let own = self.actor.filter(|_| kind == Accepted::KIND.name);
            hints.extend(own_numbers(own.map(Person::from)));
        }
        Ok(())
    }

    fn changed(&self, message: Uuid) -> Hint {
        Hint::now(Topic::ChangedMessages(self.conversation), message)
    }

    /// To each member that the conversation is not what it was.
    fn to_members(&self) -> impl Iterator<Item = Hint> {
        let id = self.conversation.0;
        let members = self.members.iter();
        members.map(move |member| Hint::now(Topic::Conversations(*member), id))
    }

    /// To the one who did something for themselves, on every device.
    fn to_actor(&self) -> impl Iterator<Item = Hint> {
        self.to_members()
            .filter(|hint| self.actor.map(Topic::Conversations) == Some(hint.topic))
    }

    /// To each other member that somebody has read. It names the membership: whether the reading
    /// is for them is decided where they look (R28, R29). Of a crowd nobody can tell who it was:
    /// one look at the conversation is enough.
    fn receipts(&self) -> impl Iterator<Item = Hint> {
        let others = self.members.iter().filter(|m| Some(**m) != self.actor);
        let id = self.reader.map(|reader| match self.is_crowd {
            true => self.conversation.0,
            false => reader.0,
        });
        others.filter_map(move |member| Some(Hint::now(Topic::Conversations(*member), id?)))
    }

    /// To each member that they may have more or less to read.
    fn numbers(&self) -> impl Iterator<Item = Hint> {
        let members = self.members.iter();
        members.map(|member| Hint::now(Topic::Viewer(*member), member.0))
    }

    /// Somebody is out. Everybody who listens inside looks whether it is them: their access ends
    /// now, not with the next message.
    fn out(&self, person: Option<PersonId>) -> Vec<Hint> {
        let id = self.conversation.0;
        let mut hints = vec![
            Hint::now(Topic::Messages(self.conversation), id),
            Hint::now(Topic::ChangedMessages(self.conversation), id),
            Hint::now(Topic::Typing(self.conversation), id),
        ];
        if let Some(person) = person {
            hints.push(Hint::now(Topic::LeftConversations(person), id));
            hints.push(Hint::now(Topic::Viewer(person), person.0));
        }
        hints
    }

    /// A reaction shows once it is counted.
    fn reacted(&self, entry: &Entry) -> Result<Option<Hint>> {
        let added: Added = entry.read()?;
        if added.subjectkind != SubjectKind::Message {
            return Ok(None);
        }
        let topic = Topic::ChangedMessages(self.conversation);
        Ok(Some(Hint::after(
            Counters::NAME,
            entry,
            topic,
            added.subjectid,
        )))
    }
}

fn own_numbers(people: impl IntoIterator<Item = Person>) -> impl Iterator<Item = Hint> {
    let people = people.into_iter().filter_map(|person| person.0);
    people.map(|person| Hint::now(Topic::Viewer(person), person.0))
}
