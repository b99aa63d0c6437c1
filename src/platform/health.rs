//! What around this process does not work just now, and whether the process is about to stop.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use metrics::gauge;

/// A part without which the product goes on, with less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Events wait in the log.
    Kafka,
    /// Media can neither be uploaded nor made ready.
    Store,
    /// Letters wait.
    Mail,
    /// Nobody signs in by a provider of identities.
    Oidc,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Kafka, Self::Store, Self::Mail, Self::Oidc];

    /// Its name in figures and in `/readyz`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kafka => "kafka",
            Self::Store => "store",
            Self::Mail => "mail",
            Self::Oidc => "oidc",
        }
    }
}

/// How long it is believed that a part does not work, in seconds, when nobody has tried it again
/// meanwhile.
const BELIEVED: u64 = 60;

/// Seconds since the first time that this was asked, from one on.
fn seconds() -> u64 {
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGUN.elapsed().as_secs() + 1
}

/// The health of one process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// When it was last said that it does not work, by the order of [`Part::ALL`].
    down: [AtomicU64; Part::ALL.len()],
    is_stopping: AtomicBool,
}

impl Health {
    /// What whoever works with `part` tells by.
    pub fn flag(&self, part: Part) -> Flag {
        Flag {
            health: self.clone(),
            part,
        }
    }

    /// The parts that do not work.
    pub fn degraded(&self) -> Vec<Part> {
        let down = Part::ALL.into_iter().zip(&self.0.down);
        let now = seconds();
        // Zero: it works.
        let is_down = |said: u64| said > 0 && now.saturating_sub(said) < BELIEVED;
        down.filter(|(_, said)| is_down(said.load(Ordering::Relaxed)))
            .map(|(part, _)| part)
            .collect()
    }

    /// From here on no new work should be sent to this process.
    pub fn stop(&self) {
        self.0.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Whether it is about to stop.
    pub fn is_stopping(&self) -> bool {
        self.0.is_stopping.load(Ordering::Relaxed)
    }

    /// Shows every part in the figures, also those that always worked.
    pub fn show(&self) {
        let degraded = self.degraded();
        for part in Part::ALL {
            let is_down = f64::from(u8::from(degraded.contains(&part)));
            gauge!("rookery_degraded", "part" => part.name()).set(is_down);
        }
    }
}

/// Tells whether one part works.
#[derive(Clone, Debug)]
pub struct Flag {
    health: Health,
    part: Part,
}

impl Flag {
    /// A flag that nobody looks at.
    pub fn unseen(part: Part) -> Self {
        Health::default().flag(part)
    }

    /// It works, or it does not. The log hears of each change once.
    pub fn set(&self, is_down: bool) {
        let index = Part::ALL.iter().position(|part| *part == self.part);
        let Some(down) = index.and_then(|index| self.health.0.down.get(index)) else {
            return;
        };
        let part = self.part.name();
        let said = if is_down { seconds() } else { 0 };
        match (down.swap(said, Ordering::Relaxed) > 0, is_down) {
            (false, true) => tracing::warn!(part, "A part does not work: we go on without."),
            (true, false) => tracing::info!(part, "A part works again."),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_fails_is_named_until_it_works_again() {
        let health = Health::default();
        let (mail, kafka) = (health.flag(Part::Mail), health.flag(Part::Kafka));
        mail.set(true);
        kafka.set(true);
        mail.set(true);
        assert_eq!(health.degraded(), [Part::Kafka, Part::Mail]);
        kafka.set(false);
        assert_eq!(health.degraded(), [Part::Mail]);
        assert!(!health.is_stopping());
    }
}
