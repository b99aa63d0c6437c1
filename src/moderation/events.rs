//! What happens to reports, and to what staff hides, as the log tells it. None of it says more of a
//! conversation than that a message is in one: where something lives, the log alone knows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    entity::report::{Reason, Resolution, SubjectKind},
    subject::Subject,
};
use crate::{
    activity::{Described, Event, Key, Kind, Person, Topic, Visibility},
    ids::ReportId,
};

/// The kinds of facts about moderation.
pub const EVENTS: &[Described] = &[
    Described::of::<Opened>(),
    Described::of::<Resolved>(),
    Described::of::<ContentHidden>(),
    Described::of::<ContentRestored>(),
];

/// Facts about reports. Those about one thing stay in order; a person is told by whose it is, and
/// there the report stands for them.
macro_rules! of_reports {
    ($($kind:literal, $meaning:literal, $name:ident, $(#[$doc:meta])* $field:ident: $type:ty;)*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The report.
            pub reportid: Uuid,
            /// What was reported; absent where it is a person.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub subjectid: Option<Uuid>,
            /// What sort of thing was reported.
            pub subjectkind: SubjectKind,
            /// Whose it is; the person, where one was reported.
            pub ownerid: Person,
            $(#[$doc])* pub $field: $type,
            /// What the subject lives with.
            #[serde(skip)]
            home: Uuid,
        }

        impl $name {
            /// The fact about this report of that subject.
            pub fn of(report: ReportId, subject: &Subject, $field: $type) -> Self {
                let is_person = subject.kind == SubjectKind::Person;
                Self {
                    reportid: report.0,
                    subjectid: (!is_person).then_some(subject.id),
                    subjectkind: subject.kind,
                    ownerid: subject.owner.into(),
                    $field,
                    home: if is_person { report.0 } else { subject.home },
                }
            }
        }

        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Moderation,
                key: Key::Aggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.subjectid.unwrap_or(self.reportid)
            }

            fn home(&self) -> Uuid {
                self.home
            }

            fn visibility(&self) -> Visibility {
                Visibility::Private
            }
        }
    )*};
}

of_reports! {
    "report.opened.v1", "Somebody told staff of something.", Opened,
    /// What they find wrong.
    cause: Reason;
    "report.resolved.v1", "Staff decided about a report.", Resolved,
    /// What came of it.
    resolution: Resolution;
}

/// Facts about what staff does to a thing.
macro_rules! of_content {
    ($($kind:literal, $meaning:literal, $name:ident;)*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The post, comment, message or upload.
            pub subjectid: Uuid,
            /// What sort of thing it is.
            pub subjectkind: SubjectKind,
            /// Whose it is.
            pub authorid: Person,
            /// What the subject lives with.
            #[serde(skip)]
            home: Uuid,
        }

        impl From<&Subject> for $name {
            fn from(subject: &Subject) -> Self {
                Self {
                    subjectid: subject.id,
                    subjectkind: subject.kind,
                    authorid: subject.owner.into(),
                    home: subject.home,
                }
            }
        }

        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Moderation,
                key: Key::Aggregate,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.subjectid
            }

            fn home(&self) -> Uuid {
                self.home
            }

            fn visibility(&self) -> Visibility {
                Visibility::Private
            }
        }
    )*};
}

of_content! {
    "report.content_hidden.v1",
    "Staff hid something from all but its author and staff. It may have been reported, or not.",
    ContentHidden;
    "report.content_restored.v1",
    "Staff showed something again that it had hidden.",
    ContentRestored;
}
