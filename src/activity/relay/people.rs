//! Who people are outside, remembered for a short while.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
    time::Duration,
};

use tokio::time::Instant;
use uuid::Uuid;

use super::lock;
use crate::{activity::personid, error::Result, platform::db::Db};

/// After this long everybody is asked for again: who was erased meanwhile is then known.
const MEMORY: Duration = Duration::from_secs(10);

/// More people than this are not remembered.
const ROOM: usize = 100_000;

/// Remembers who people are outside.
#[derive(Default)]
pub(super) struct People {
    known: Mutex<(Option<Instant>, HashMap<Uuid, Uuid>)>,
}

impl People {
    /// The `personids` of `people`, by one statement at most.
    pub(super) async fn of(&self, db: &Db, people: HashSet<Uuid>) -> Result<HashMap<Uuid, Uuid>> {
        let mut personids = HashMap::with_capacity(people.len());
        let mut unknown = Vec::new();
        {
            let mut known = lock(&self.known);
            let (since, known) = &mut *known;
            if since.is_none_or(|since| since.elapsed() > MEMORY) || known.len() > ROOM {
                known.clear();
                *since = Some(Instant::now());
            }
            for person in people {
                match known.get(&person) {
                    Some(personid) => _ = personids.insert(person, *personid),
                    None => unknown.push(person),
                }
            }
        }
        if !unknown.is_empty() {
            let found = personid::of(db.background(), &unknown).await?;
            lock(&self.known).1.extend(&found);
            personids.extend(found);
        }
        Ok(personids)
    }
}
