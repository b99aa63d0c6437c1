//! Tells whoever listens of their notifications, once the rows are there.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::BoxFuture;

use super::{
    about::{self, KINDS},
    consumers::NOTIFICATIONS,
    events::Read,
    policy::{Group, Matter},
    queries::{kept, recipients},
};
use crate::{
    accounts::events::SettingsChanged,
    activity::{Entry, Event},
    error::Result,
    ids::PersonId,
    platform::db::Db,
    realtime::{Hint, Listening, Source, Topic},
    social::events::{Unblocked, Unmuted},
};

/// What makes, changes or hides notifications, and the reading of them.
pub struct Told {
    kinds: Vec<&'static str>,
}

/// What changes only how many are to be read, at once.
const NUMBERS: [&str; 4] = [
    Read::KIND.name,
    SettingsChanged::KIND.name,
    Unblocked::KIND.name,
    Unmuted::KIND.name,
];

impl Told {
    /// All that is told of notifications.
    pub fn new() -> Self {
        Self {
            kinds: KINDS.into_iter().chain(NUMBERS).collect(),
        }
    }
}

impl Default for Told {
    fn default() -> Self {
        Self::new()
    }
}

impl Source for Told {
    fn kinds(&self) -> &[&'static str] {
        &self.kinds
    }

    /// A crowd that does the same to one thing gives one hint for each batch: the last act is
    /// waited for.
    fn hints<'a>(
        &'a self,
        db: &'a Db,
        entries: &'a [Entry],
        listening: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        Box::pin(async move {
            let mut listeners = BTreeSet::from_iter(listening.ids(Topic::Notifications, PersonId));
            listeners.extend(listening.ids(Topic::Viewer, PersonId));
            if listeners.is_empty() {
                return Ok(Vec::new());
            }
            let touched = about::matters(db.background(), entries).await?;
            let matters = BTreeSet::from_iter(touched.iter().map(|(_, matter)| *matter));
            let mut groups = recipients(db.background(), &matters).await?;
            groups.extend(kept(db.background(), &matters).await?);
            groups.retain(|group| listeners.contains(&group.recipient));
            let mut by_matter = BTreeMap::<Matter, Vec<Group>>::new();
            for group in groups {
                by_matter.entry(group.matter).or_default().push(group);
            }
            let mut last = BTreeMap::new();
            for (n, matter) in touched {
                let Some(entry) = entries.get(n) else {
                    continue;
                };
                for group in by_matter.get(&matter).into_iter().flatten() {
                    last.insert((*group, entry.shard), entry);
                }
            }
            let mut hints: Vec<Hint> = last
                .iter()
                .flat_map(|((group, _), entry)| of_group(group, entry))
                .collect();
            for entry in entries {
                hints.extend(of_people(entry, &listeners)?);
            }
            Ok(hints)
        })
    }
}

fn of_group(group: &Group, entry: &Entry) -> [Hint; 2] {
    let person = group.recipient;
    let told = Topic::Notifications(person);
    [
        Hint::after(NOTIFICATIONS, entry, told, group.id().0),
        Hint::after(NOTIFICATIONS, entry, Topic::Viewer(person), person.0),
    ]
}

/// To whoever may have more or less to read without anything having been done to them.
fn of_people(entry: &Entry, listeners: &BTreeSet<PersonId>) -> Result<Vec<Hint>> {
    let mut people: Vec<PersonId> = Vec::new();
    if NUMBERS.contains(&entry.kind.as_str()) {
        people.extend(entry.actor.map(PersonId));
    }
    for gone in about::gone(entry)? {
        people.extend(gone.recipient);
    }
    people.retain(|person| listeners.contains(person));
    Ok(people
        .into_iter()
        .map(|person| Hint::now(Topic::Viewer(person), person.0))
        .collect())
}
