//! What the log of events holds about people.

use crate::personal::{Copied, DERIVED, Held, PersonalData, WITH_ACCOUNT};

/// What the log of events holds about people.
pub struct LogOfEvents;

impl PersonalData for LogOfEvents {
    fn held(&self) -> &'static [Held] {
        HELD
    }
}

const HELD: &[Held] = &[
    Held {
        table: "activity",
        people: &["aggregate", "home", "actor"],
        what: "What happened: of what kind, when, to what and by whom. No text, no address.",
        why: "So that counters, feeds, notifications and analysis follow what happens.",
        kept: "7 days, unless ROOKERY_EVENT_RETENTION_HOURS says otherwise. With the account \
             events name the person no more.",
        copy: Copied::No(
            "It is what the other tables say already, as events, and is gone in a week.",
        ),
    },
    Held {
        table: "activity_parked",
        people: &["aggregate", "home", "actor"],
        what: "Events that something could not follow.",
        why: "To try them again once that is mended.",
        kept: "Until it is mended. With the account they name the person no more.",
        copy: Copied::No(
            "It is what the other tables say already, as events, and is gone in a week.",
        ),
    },
    Held {
        table: "activity_rebuild",
        people: &["after_id"],
        what: "Up to whom or what something derived has been made anew.",
        why: "To go on there.",
        kept: "Until that is done.",
        copy: Copied::No(DERIVED),
    },
    Held {
        table: "personid",
        people: &["person_id"],
        what: "By what random number analysis knows the person.",
        why: "So that analysis counts people without knowing who they are.",
        kept: WITH_ACCOUNT,
        copy: Copied::No("It would tell who is who in what analysis holds."),
    },
];
