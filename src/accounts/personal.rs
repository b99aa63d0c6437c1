//! What accounts hold about people.

use futures_util::future::{BoxFuture, FutureExt};
use sea_orm::ColumnTrait;

use super::{
    commands,
    entity::{account, email_address, identity, letter, notification_off, session, totp},
};
use crate::{
    error::Result,
    personal::{Copied, Erasure, Held, Leaving, PersonalData, WITH_ACCOUNT, read},
    platform::Platform,
};

/// What accounts hold about people.
pub struct Accounts;

impl PersonalData for Accounts {
    fn held(&self) -> &'static [Held] {
        HELD
    }

    fn erase<'a>(&'a self, p: &'a Platform, who: Leaving) -> BoxFuture<'a, Result<Erasure>> {
        commands::erase(p, who).boxed()
    }
}

const HELD: &[Held] = &[
    Held {
        table: "account",
        people: &["person_id"],
        what: "The e-mail address, whether and when it was verified, a hash of the password, the \
             role, who may write messages, whether others see what was read, and when the account \
             is to be erased.",
        why: "To sign in, to reach its holder, and to keep to what they decided.",
        kept: WITH_ACCOUNT,
        copy: Copied::By(
            |db, who, after| read::<account::Entity>(db, account::Column::PersonId.eq(who), after),
            &[(
                "password_hash",
                "It is a secret, and only a hash of it is there.",
            )],
        ),
    },
    Held {
        table: "email_address",
        people: &["person_id"],
        what: "Whose a verified e-mail address is.",
        why: "So that nobody else signs in by it.",
        kept: WITH_ACCOUNT,
        copy: Copied::By(
            |db, who, after| {
                read::<email_address::Entity>(db, email_address::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "identity",
        people: &["person_id"],
        what: "What a provider of identities calls the person.",
        why: "To sign in by that provider.",
        kept: "Until it is unlinked, at most as long as the account.",
        copy: Copied::By(
            |db, who, after| {
                read::<identity::Entity>(db, identity::Column::PersonId.eq(who), after)
            },
            &[],
        ),
    },
    Held {
        table: "session",
        people: &["person_id"],
        what: "Where the person signed in, by what program, and when it was used last.",
        why: "To keep them signed in, and to show and end that.",
        kept: WITH_ACCOUNT,
        copy: Copied::By(
            |db, who, after| read::<session::Entity>(db, session::Column::PersonId.eq(who), after),
            &[],
        ),
    },
    Held {
        table: "refresh_token",
        people: &[],
        what: "Hashes of the tokens that renew a session.",
        why: "To renew a session, and to notice a stolen one.",
        kept: "30 days after it was made; erased with the account before.",
        copy: Copied::No("It is a secret, and only a hash of it is there."),
    },
    Held {
        table: "notification_off",
        people: &["person_id"],
        what: "Kinds of notifications that the person does not want.",
        why: "To keep to what they decided.",
        kept: WITH_ACCOUNT,
        copy: Copied::By(
            |db, who, after| {
                read::<notification_off::Entity>(
                    db,
                    notification_off::Column::PersonId.eq(who),
                    after,
                )
            },
            &[],
        ),
    },
    Held {
        table: "mailed_token",
        people: &["person_id"],
        what: "Hashes of tokens that were mailed, and the address they went to.",
        why: "To verify an address, or to reset a password.",
        kept: "At most a day or an hour, as long as the token is good; erased with the account \
             before.",
        copy: Copied::No("It is a secret, and only a hash of it is there."),
    },
    Held {
        table: "letter",
        people: &["person_id"],
        what: "Letters that wait to be mailed: their kind and their address.",
        why: "To mail them.",
        kept: "Until it is mailed, at most a day; erased with the account before.",
        copy: Copied::By(
            |db, who, after| read::<letter::Entity>(db, letter::Column::PersonId.eq(who), after),
            &[],
        ),
    },
    Held {
        table: "totp",
        people: &["person_id"],
        what: "The authenticator: its sealed secret, since when it is asked for, and wrong codes \
             since.",
        why: "To ask for a second factor.",
        kept: "Until it is disabled, at most as long as the account.",
        copy: Copied::By(
            |db, who, after| read::<totp::Entity>(db, totp::Column::PersonId.eq(who), after),
            &[
                ("secret", "It is a secret."),
                ("key_id", "It is about the secret."),
            ],
        ),
    },
    Held {
        table: "recovery_code",
        people: &["person_id"],
        what: "Hashes of the codes that stand in for the authenticator.",
        why: "To sign in without the authenticator.",
        kept: "Until it is used or the second factor disabled, at most as long as the account.",
        copy: Copied::No("It is a secret, and only a hash of it is there."),
    },
    Held {
        table: "oidc_sign_in",
        people: &[],
        what: "Whom a provider of identities says somebody is who is on the way back from it.",
        why: "To end a sign-in that has begun.",
        kept: "Ten minutes.",
        copy: Copied::No("It is nobody's yet: who it is comes out when the sign-in ends."),
    },
];
