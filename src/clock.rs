//! Time as an input: commands and queries ask a [`Clock`], never the system.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use sea_orm::DeriveValueType;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A moment in UTC as microseconds since 1970. Stored as BIGINT, so that both engines order and
/// round it alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, DeriveValueType)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This moment and `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// This moment less `duration`.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)))
    }

    /// Whole seconds since 1970, as tokens carry them.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// RFC 3339 in UTC. Empty for a moment outside the years -9999 to 9999, which no row holds.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0)
            .map(|t| t.to_string())
            .unwrap_or_default()
    }
}

/// As in RFC 3339.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment: jiff::Timestamp = text.parse().map_err(D::Error::custom)?;
        Ok(Self(moment.as_microsecond()))
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Where the present comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is moved: for tests and for seeding the past.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start`.
    pub fn fixed(start: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(start.0)))
    }

    /// The present.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that may ask the system"
    )]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Fixed(at) => Timestamp(at.load(Ordering::SeqCst)),
            Self::System => match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(since) => Timestamp(micros(since)),
                Err(before) => Timestamp(-micros(before.duration())),
            },
        }
    }

    /// Waits until the present is `at` or later.
    pub async fn reach(&self, at: Timestamp) {
        // The system's clock may be put right meanwhile; a fixed one is moved without notice.
        let look = match self {
            Self::System => Duration::from_secs(60),
            Self::Fixed(_) => Duration::from_millis(20),
        };
        while let Ok(left) = u64::try_from(at.0.saturating_sub(self.now().0))
            && left > 0
        {
            tokio::time::sleep(Duration::from_micros(left).min(look)).await;
        }
    }

    /// Moves a fixed clock on by `duration`; the system's clock is left alone.
    pub fn advance(&self, duration: Duration) {
        if let Self::Fixed(at) = self {
            at.fetch_add(micros(duration), Ordering::SeqCst);
        }
    }
}
