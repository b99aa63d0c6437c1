//! What a runner has before it: the shards that it holds, and how far it has come in each.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::{handler::Run, log::Entry, positions::Held};

/// The shards that a runner holds.
#[derive(Default)]
pub struct Desk {
    pub(super) shards: BTreeMap<i32, Shard>,
    /// Shards that were given back because of what they hold.
    pub(super) refused: BTreeMap<i32, Instant>,
    pub(super) ticked: Option<Instant>,
}

pub(super) struct Shard {
    pub(super) held: Held,
    /// Behind what is handled or uninteresting; not stored yet where it is ahead of `held`.
    pub(super) at: i64,
    pub(super) not_before: Option<Instant>,
}

impl Desk {
    pub(super) fn take(&mut self, held: Held) {
        let shard = Shard {
            held,
            at: held.position,
            not_before: None,
        };
        self.shards.insert(held.shard, shard);
    }

    pub(super) fn reached(&mut self, shard: i32, position: i64, not_before: Option<Instant>) {
        if let Some(shard) = self.shards.get_mut(&shard) {
            shard.held.position = position;
            shard.at = position;
            shard.not_before = not_before;
        }
    }

    /// One run for each shard that has events. A shard without any is behind its head at once.
    pub(super) fn part(
        &mut self,
        entries: Vec<Entry>,
        ends: &BTreeMap<i32, i64>,
        batch: u64,
    ) -> Vec<Run> {
        let mut events: BTreeMap<i32, Vec<Entry>> = BTreeMap::new();
        for entry in entries {
            events.entry(entry.shard).or_default().push(entry);
        }
        let mut runs = Vec::new();
        for (shard, head) in ends {
            let Some(state) = self.shards.get_mut(shard) else {
                continue;
            };
            let Some(events) = events.remove(shard) else {
                state.at = *head;
                continue;
            };
            let last = events.last().map_or(*head, |last| last.position);
            let is_cut = events.len() as u64 >= batch;
            runs.push(Run {
                held: state.held,
                end: if is_cut { last } else { last.max(*head) },
                events,
            });
        }
        runs
    }
}
