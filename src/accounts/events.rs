//! What happens to accounts, as the log tells it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AccountContent, MessagePolicy, NotificationKind, Role};
use crate::{
    activity::{Described, Event, Key, Kind, Person, Topic, Visibility},
    clock::Timestamp,
};

/// The kinds of facts about accounts.
pub const EVENTS: &[Described] = &[
    Described::of::<Registered>(),
    Described::of::<SignedIn>(),
    Described::of::<SignedOut>(),
    Described::of::<RoleChanged>(),
    Described::of::<SettingsChanged>(),
    Described::of::<EmailVerified>(),
    Described::of::<PasswordChanged>(),
    Described::of::<SecondFactorEnabled>(),
    Described::of::<SecondFactorDisabled>(),
    Described::of::<IdentityLinked>(),
    Described::of::<IdentityUnlinked>(),
    Described::of::<Suspended>(),
    Described::of::<Unsuspended>(),
    Described::of::<DeletionRequested>(),
    Described::of::<DeletionCancelled>(),
    Described::of::<DataExportRequested>(),
    Described::of::<Erased>(),
];

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "SignInMethod")]
pub enum Method {
    /// By a password.
    Password,
    /// By a token that was mailed to the account's address.
    Letter,
    /// By an identity at a provider, through OpenID Connect.
    Oidc,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "SignOutCause")]
pub enum Cause {
    /// Its person ended it.
    SignOut,
    /// Its person ended it from another session.
    Revoked,
    /// The password was changed or reset.
    PasswordChanged,
    /// Its person has begun so many newer ones.
    Displaced,
    /// One of its refresh tokens was used twice: somebody may have copied it.
    TokenReused,
    /// Staff suspended its person.
    Suspended,
    /// Its person had their account erased.
    Erased,
}

/// How a password became another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "PasswordChange")]
pub enum Change {
    /// By whoever knew the one before.
    Changed,
    /// By whoever reads what is mailed to the account's address.
    Reset,
}

/// The facts, each with the kind, who could know of it, and its data.
macro_rules! facts {
    ($(
        $kind:literal, $visibility:ident, $meaning:literal, $name:ident {
            $($(#[$doc:meta])* $field:ident: $type:ty,)*
        }
    )*) => {$(
        #[doc = $meaning]
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            /// The person whose account it is.
            pub personid: Person,
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Event for $name {
            const KIND: Kind = Kind {
                name: $kind,
                topic: Topic::Users,
                key: Key::Person,
                meaning: $meaning,
            };

            fn aggregate(&self) -> Uuid {
                self.personid.id_or(Uuid::nil())
            }

            fn visibility(&self) -> Visibility {
                Visibility::$visibility
            }
        }
    )*};
}

facts! {
    "user.registered.v1", Public,
    "Somebody made an account. With it they are signed in.",
    Registered {
        /// How they sign in from now on.
        method: Method,
    }

    "user.signed_in.v1", Private,
    "Somebody began another session. The first one, of a new account, is part of `registered`.",
    SignedIn {
        /// How they proved who they are.
        method: Method,
    }

    "user.signed_out.v1", Private,
    "A session ended. One that just runs out is not told.",
    SignedOut {
        /// Why it ended.
        cause: Cause,
    }

    "user.role_changed.v1", Private,
    "Somebody was given another role.",
    RoleChanged {
        /// The role from now on.
        role: Role,
    }

    "user.settings_changed.v1", Private,
    "Somebody changed their settings.",
    SettingsChanged {
        /// Whose new conversations reach them from now on.
        allowmessagesfrom: MessagePolicy,
        /// Whether others see how far they have read.
        sharereadreceipts: bool,
        /// The kinds of notifications that they do not want from now on; absent where those are
        /// the same as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notificationsoff: Option<Vec<NotificationKind>>,
    }

    "user.email_verified.v1", Private,
    "Somebody proved that an address is theirs. It is their account's from then on.",
    EmailVerified {
        /// Whether it took the place of another address.
        isnew: bool,
    }

    "user.password_changed.v1", Private,
    "Somebody has another password. Their other sessions ended.",
    PasswordChanged {
        /// How they could do it.
        how: Change,
    }
    "user.second_factor_enabled.v1", Private,
    "Somebody needs a one-time code beside their password from now on.",
    SecondFactorEnabled {}

    "user.second_factor_disabled.v1", Private,
    "Somebody needs their password alone from now on.",
    SecondFactorDisabled {}

    "user.identity_linked.v1", Private,
    "Somebody who has a password may sign in by a provider too from now on.",
    IdentityLinked {}

    "user.identity_unlinked.v1", Private,
    "Somebody does not sign in by a provider any more.",
    IdentityUnlinked {}

    "user.suspended.v1", Private,
    "Staff suspended somebody: they cannot act, and what they wrote is not shown.",
    Suspended {
        /// When the suspension ends.
        until: Timestamp,
    }

    "user.data_export_requested.v1", Private,
    "Somebody asked for a copy of what is held about them.",
    DataExportRequested {}

    "user.unsuspended.v1", Private,
    "A suspension ended: by staff, or by itself, where nobody acts in it.",
    Unsuspended {}

    "user.deletion_requested.v1", Private,
    "Somebody wants their account erased. Nobody sees them, and they write nothing, from now on.",
    DeletionRequested {
        /// When it is erased, unless they take that back.
        erasesat: Timestamp,
        /// What becomes of what they wrote.
        remains: AccountContent,
    }

    "user.deletion_cancelled.v1", Private,
    "Somebody keeps their account after all: all is as it was.",
    DeletionCancelled {}
}

/// Somebody was erased: nothing tells any more who they were. Drop everything of this `personid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Erased {
    /// Who they were to analysts. It stands here itself, because it is forgotten with this event.
    pub personid: Uuid,
}

impl Event for Erased {
    const KIND: Kind = Kind {
        name: "user.erased.v1",
        topic: Topic::Users,
        key: Key::Aggregate,
        meaning: "Somebody was erased: nothing tells any more who they were. Drop everything of \
                  this `personid`.",
    };

    fn aggregate(&self) -> Uuid {
        self.personid
    }

    fn visibility(&self) -> Visibility {
        Visibility::Private
    }
}
