//! Who may do what in a conversation that they are in, and what texts must be like. Pure: whoever
//! is no member was answered NOT_FOUND before.

use uuid::Uuid;

use crate::{
    accounts::MessagePolicy,
    error::{Code, Error, Result},
    ids::PersonId,
    messaging::entity::{
        conversation::Kind,
        conversation_member::{Role, Standing},
    },
    text,
};

/// The most people of a group.
pub const MAX_MEMBERS: usize = 256;
/// The most people that are named at once.
pub const MAX_NAMED: usize = 50;
const MAX_TITLE: usize = 100;
const MAX_BODY: usize = 4_000;

/// The text of a message; empty only where something else `carries` the message.
///
/// # Errors
/// BAD_USER_INPUT at `body`.
pub fn body(body: Option<&str>, carries: bool) -> Result<String> {
    let min = usize::from(!carries);
    text::check("body", body.unwrap_or_default(), min, MAX_BODY)
}

/// The title of a group.
///
/// # Errors
/// BAD_USER_INPUT at `title`.
pub fn title(title: Option<&str>) -> Result<Option<String>> {
    title
        .map(|title| text::name("title", title, 1, MAX_TITLE))
        .transpose()
}

/// The people whom an input names: others than the caller, each once.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
pub fn check_named(me: PersonId, people: &[PersonId], path: &str) -> Result<()> {
    if people.len() > MAX_NAMED {
        let say = format!("Name at most {MAX_NAMED} people at once.");
        return Err(Error::bad_input(path, say));
    }
    if people.contains(&me) {
        return Err(Error::bad_input(path, "Name others than yourself."));
    }
    let twice = (1..people.len()).find(|n| people[..*n].contains(&people[*n]));
    match twice {
        None => Ok(()),
        Some(n) => {
            let say = "Name each person once.";
            Err(Error::bad_input(&format!("{path}.{n}"), say))
        }
    }
}

/// How somebody comes into a conversation that another person puts them into (R29). `None`: they
/// cannot be put there.
pub fn admitted(policy: MessagePolicy, follows: bool) -> Option<Standing> {
    match (policy, follows) {
        (MessagePolicy::Everyone, _) | (MessagePolicy::Following, true) => Some(Standing::Active),
        (MessagePolicy::Following, false) => Some(Standing::Request),
        (MessagePolicy::Nobody, _) => None,
    }
}

/// What stands for the two of a direct conversation.
pub fn pair(a: PersonId, b: PersonId) -> String {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    format!("{low}:{high}")
}

/// The other one of a [`pair`].
pub fn other_of(pair: &str, person: PersonId) -> Option<PersonId> {
    let (low, high) = pair.split_once(':')?;
    let other = match Uuid::try_parse(low) {
        Ok(low) if low == person.0 => high,
        _ => low,
    };
    Uuid::try_parse(other).ok().map(PersonId)
}

/// Members come and go, and roles and titles change, in groups only.
///
/// # Errors
/// FORBIDDEN.
pub fn is_group(kind: Kind) -> Result<()> {
    match kind {
        Kind::Group => Ok(()),
        Kind::Direct => Err(forbidden(
            "A direct conversation stays between its two people and has no title. Decline or mute \
             it, or block the other one.",
        )),
    }
}

/// Only its sender changes or deletes a message.
///
/// # Errors
/// FORBIDDEN at `messageId`.
pub fn may_change(person: PersonId, sender: PersonId) -> Result<()> {
    if person == sender {
        return Ok(());
    }
    let say = "Only its sender may change or delete a message.";
    Err(Error::refused(Code::Forbidden, say).at("messageId"))
}

/// Only what was not accepted yet can be declined.
///
/// # Errors
/// FORBIDDEN.
pub fn may_decline(standing: Standing) -> Result<()> {
    match standing {
        Standing::Request => Ok(()),
        _ => Err(forbidden(
            "Only a request can be declined. Leave or mute this conversation instead.",
        )),
    }
}

/// The owner and admins change the title and add people (R31).
///
/// # Errors
/// FORBIDDEN.
pub fn may_manage(role: Role) -> Result<()> {
    match role {
        Role::Owner | Role::Admin => Ok(()),
        Role::Member => Err(forbidden("Only the owner and admins may do this.")),
    }
}

/// Admins remove members, the owner removes admins too (R31).
///
/// # Errors
/// FORBIDDEN.
pub fn may_remove(role: Role, other: Role) -> Result<()> {
    if role > other {
        return Ok(());
    }
    Err(forbidden("Only the owner removes admins."))
}

/// Only the owner gives roles (R31).
///
/// # Errors
/// FORBIDDEN.
pub fn may_give_roles(role: Role) -> Result<()> {
    match role {
        Role::Owner => Ok(()),
        _ => Err(forbidden("Only the owner gives roles.")),
    }
}

/// The owner goes last, or hands over before (R31).
///
/// # Errors
/// CONFLICT.
pub fn may_leave(role: Role, has_others: bool) -> Result<()> {
    if role != Role::Owner || !has_others {
        return Ok(());
    }
    let say = "Hand the group over first: make another member its owner.";
    Err(Error::refused(Code::Conflict, say).at("conversationId"))
}

/// A group has room for so many.
///
/// # Errors
/// CONFLICT.
pub fn has_room(members: usize, more: usize) -> Result<()> {
    if members.saturating_add(more) <= MAX_MEMBERS {
        return Ok(());
    }
    let say = format!("A group has at most {MAX_MEMBERS} members.");
    Err(Error::refused(Code::Conflict, say).at("userIds"))
}

fn forbidden(say: &str) -> Error {
    Error::refused(Code::Forbidden, say).at("conversationId")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: PersonId = PersonId(Uuid::from_u128(1));
    const BOB: PersonId = PersonId(Uuid::from_u128(2));
    const CYD: PersonId = PersonId(Uuid::from_u128(3));

    #[test]
    fn a_pair_is_the_same_from_both_sides() {
        assert_eq!(pair(ADA, BOB), pair(BOB, ADA));
        assert_ne!(pair(ADA, BOB), pair(ADA, CYD));
        let two = pair(BOB, CYD);
        assert_eq!(other_of(&two, BOB), Some(CYD));
        assert_eq!(other_of(&two, CYD), Some(BOB));
    }

    #[test]
    fn others_are_named_each_once_and_not_too_many() {
        let check = |people: &[PersonId]| check_named(ADA, people, "p").is_ok();
        assert!(check(&[]) && check(&[CYD, BOB]));
        assert!(!check(&[BOB, ADA]) && !check(&[BOB, CYD, BOB]));
        let many: Vec<_> = (10..)
            .map(|n| PersonId(Uuid::from_u128(n)))
            .take(51)
            .collect();
        assert!(check(&many[1..]) && !check(&many));
    }

    #[test]
    fn a_policy_admits_asks_or_closes() {
        use MessagePolicy::{Everyone, Following, Nobody};
        let came = |policy| [admitted(policy, true), admitted(policy, false)];
        let (active, request) = (Some(Standing::Active), Some(Standing::Request));
        assert_eq!(came(Everyone), [active; 2]);
        assert_eq!(came(Following), [active, request]);
        assert_eq!(came(Nobody), [None; 2]);
    }

    #[test]
    fn a_message_needs_words_unless_it_carries_something() {
        assert_eq!(body(Some(" hello "), false).unwrap(), "hello");
        assert!(body(Some(" "), false).is_err() && body(None, false).is_err());
        assert_eq!(body(None, true).unwrap(), "");
        let long = "é".repeat(MAX_BODY);
        assert!(body(Some(&long), false).is_ok());
        assert!(body(Some(&format!("{long}é")), true).is_err());
    }

    #[test]
    fn a_title_has_words_or_there_is_none() {
        assert_eq!(title(None).unwrap(), None);
        assert_eq!(title(Some(" us ")).unwrap().as_deref(), Some("us"));
        assert!(title(Some(" ")).is_err());
        assert!(title(Some(&"x".repeat(MAX_TITLE + 1))).is_err());
    }

    #[test]
    fn roles_reach_as_far_as_the_rules_say() {
        use Role::{Admin, Member, Owner};
        let allowed = |may: &dyn Fn(Role, Role) -> bool| {
            let roles = [Member, Admin, Owner];
            let pairs = roles.iter().flat_map(|a| roles.map(|b| (*a, b)));
            pairs.filter(|(a, b)| may(*a, *b)).collect::<Vec<_>>()
        };
        assert_eq!(
            allowed(&|a, b| may_remove(a, b).is_ok()),
            [(Admin, Member), (Owner, Member), (Owner, Admin)]
        );
        let may =
            |check: fn(Role) -> Result<()>| [Member, Admin, Owner].map(|role| check(role).is_ok());
        assert_eq!(may(may_manage), [false, true, true]);
        assert_eq!(may(may_give_roles), [false, false, true]);
        assert_eq!(may(|role| may_leave(role, true)), [true, true, false]);
        assert_eq!(may(|role| may_leave(role, false)), [true, true, true]);
    }

    #[test]
    fn only_a_request_is_declined() {
        use Standing::{Active, Declined, Request};
        let may = |check: fn(Standing) -> Result<()>| {
            [Active, Request, Declined].map(|standing| check(standing).is_ok())
        };
        assert_eq!(may(may_decline), [false, true, false]);
    }

    #[test]
    fn the_last_seat_of_a_group_is_taken_and_no_more() {
        assert!(has_room(MAX_MEMBERS - 2, 2).is_ok());
        assert!(has_room(MAX_MEMBERS - 2, 3).is_err());
        assert!(is_group(Kind::Group).is_ok() && is_group(Kind::Direct).is_err());
    }
}
