//! Rules of moderation that need no database.

use crate::{
    accounts::{Role, Staff},
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::PersonId,
    text,
};

/// Longest reason, note, or comment on a report, in characters.
const MAX_TEXT: usize = 1_000;

/// The end of a suspension that has none: 9999-12-30T00:00:00Z, the last midnight that a moment can
/// be written at in the log.
pub const FURTHER_NOTICE: Timestamp = Timestamp(253_402_128_000_000_000);

/// Why staff does something: for the audit log.
///
/// # Errors
/// BAD_USER_INPUT at `reason`.
pub fn reason(typed: &str) -> Result<String> {
    text::check("reason", typed, 1, MAX_TEXT)
}

/// A text that may be left out; an empty one is none.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
pub fn remark(path: &str, typed: Option<&str>) -> Result<Option<String>> {
    let typed = typed.map(|typed| text::check(path, typed, 0, MAX_TEXT));
    Ok(typed.transpose()?.filter(|text| !text.is_empty()))
}

/// When a suspension ends: until further notice where nothing is given.
///
/// # Errors
/// BAD_USER_INPUT at `until`.
pub fn until(typed: Option<Timestamp>, now: Timestamp) -> Result<Timestamp> {
    match typed {
        Some(until) if until <= now => {
            let say = "Give a moment in the future, or none for a suspension until further notice.";
            Err(Error::bad_input("until", say))
        }
        Some(until) => Ok(until.min(FURTHER_NOTICE)),
        None => Ok(FURTHER_NOTICE),
    }
}

fn forbidden(say: &str, path: &str) -> Error {
    Error::refused(Code::Forbidden, say).at(path)
}

/// Whether staff suspends somebody of this role, or ends that. Nobody suspends themselves or an
/// admin; only an admin suspends a moderator.
///
/// # Errors
/// FORBIDDEN at `path`.
pub fn may_suspend(staff: &Staff, person: PersonId, role: Role, path: &str) -> Result<()> {
    if staff.id() == Some(person) {
        return Err(forbidden("Nobody suspends themselves.", path));
    }
    match role {
        Role::Member => Ok(()),
        Role::Moderator if staff.is_admin() => Ok(()),
        Role::Moderator => Err(forbidden("Only an admin may suspend a moderator.", path)),
        Role::Admin => Err(forbidden("Nobody suspends an admin.", path)),
    }
}

/// Whether staff gives somebody a role: only admins do, and never to themselves.
///
/// # Errors
/// FORBIDDEN, at `userId` for oneself.
pub fn may_set_role(staff: &Staff, person: PersonId) -> Result<()> {
    if !staff.is_admin() {
        let say = "Only an admin gives roles to others.";
        return Err(Error::refused(Code::Forbidden, say));
    }
    match staff.id() == Some(person) {
        true => Err(forbidden("Nobody changes their own role.", "userId")),
        false => Ok(()),
    }
}
