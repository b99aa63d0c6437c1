//! What e-mail addresses and passwords must be like. Pure.

use std::{collections::HashSet, sync::LazyLock};

use super::NotificationKind;
use crate::{
    error::{Error, Result},
    text,
};

/// Passwords that everybody tries first, folded. Shorter ones are refused by their length.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("common_passwords.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// An e-mail address as it was typed, and folded to find it by.
///
/// # Errors
/// BAD_USER_INPUT at `path` when it cannot be an address.
pub fn email(path: &str, typed: &str) -> Result<(String, String)> {
    let typed = text::check(path, typed, 3, 254)?;
    let plausible = typed.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.contains('@')
            && domain.split('.').all(|label| !label.is_empty())
            && !typed.contains(|c: char| c.is_whitespace() || "<>()[]\\,;:\"".contains(c))
    });
    if !plausible {
        return Err(Error::bad_input(
            path,
            "Give an e-mail address such as name@example.org.",
        ));
    }
    let key = text::fold(&typed);
    Ok((typed, key))
}

/// No kind of notification is switched twice at once.
///
/// # Errors
/// BAD_USER_INPUT at `notificationPreferences` and its place.
pub fn named_once(changes: &[(NotificationKind, bool)]) -> Result<()> {
    for (n, (kind, _)) in changes.iter().enumerate() {
        if changes[..n].iter().any(|(before, _)| before == kind) {
            let say = "This kind is named twice. Name each once.";
            let path = format!("notificationPreferences.{n}.kind");
            return Err(Error::bad_input(&path, say));
        }
    }
    Ok(())
}

/// Checks a new password: 8 to 128 characters, not a common one and none of `personal`.
///
/// # Errors
/// BAD_USER_INPUT at `path`.
pub fn new_password(path: &str, password: &str, personal: &[&str]) -> Result<()> {
    let length = password.chars().count();
    if !(8..=128).contains(&length) {
        let say = format!("A password has 8 to 128 characters; this one has {length}.");
        return Err(Error::bad_input(path, say));
    }
    let folded = text::fold(password);
    if COMMON.contains(folded.as_str()) || personal.iter().any(|p| text::fold(p) == folded) {
        let say = "This password is among the first that an attacker tries. Choose another.";
        return Err(Error::bad_input(path, say));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_short_and_personal_passwords_are_refused() {
        assert!(new_password("password", "correct horse", &["mara_lind"]).is_ok());
        for wrong in ["short", "Password123", "MARA_LIND", &"x".repeat(129)] {
            assert!(
                new_password("password", wrong, &["mara_lind"]).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn more_than_three_thousand_common_passwords_are_refused_however_they_are_written() {
        assert!(COMMON.len() > 3_000, "{} are known", COMMON.len());
        let mut lines = include_str!("common_passwords.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert!(lines.clone().is_sorted(), "in order");
        let wrong = lines.find(|line| text::fold(line) != **line || line.chars().count() < 8);
        assert_eq!(wrong, None, "folded, and of 8 or more characters");
        for common in [
            "password",
            "00000000",
            "Michelle",
            "QWERTYUIOP",
            "ｐａｓｓｗｏｒｄ",
            "iloveyou",
        ] {
            assert!(new_password("password", common, &[]).is_err(), "{common}");
        }
    }

    #[test]
    fn an_address_needs_a_name_and_a_domain() {
        assert_eq!(
            email("email", " Me@Example.ORG ").unwrap().1,
            "me@example.org"
        );
        for wrong in [
            "me",
            "@example.org",
            "me@",
            "a@b@c",
            "a b@c.d",
            "me@ex..org",
            "<me@example.org>",
            "me@[127.0.0.1]",
            "a,b@example.org",
            "\"me\"@example.org",
        ] {
            assert!(email("email", wrong).is_err(), "{wrong}");
        }
    }
}
