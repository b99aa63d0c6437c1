//! What e-mail addresses and passwords must be like. Pure.

use super::NotificationKind;
use crate::{
    error::{Error, Result},
    text,
};

/// Passwords that everybody tries first, folded. Shorter ones are refused by their length.
const COMMON: &[&str] = &[
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "0123456789",
    "11111111",
    "00000000",
    "88888888",
    "87654321",
    "987654321",
    "12341234",
    "123123123",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "qwerty12",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbnm1",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "starwars",
    "whatever",
    "trustno1",
    "letmein1",
    "welcome1",
    "welcome123",
    "admin123",
    "administrator",
    "abcd1234",
    "abc12345",
    "aa123456",
    "a1b2c3d4",
    "computer",
    "internet",
    "michelle",
    "jennifer",
    "changeme",
    "secret123",
    "dragon12",
    "monkey12",
    "master12",
    "hello123",
    "samsung1",
    "liverpool",
    "chocolate",
    "butterfly",
    "alexander",
    "charlie1",
    "qazwsxedc",
    "password!",
    "rookery1",
];

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
            && !typed.contains(char::is_whitespace)
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
    if COMMON.contains(&folded.as_str()) || personal.iter().any(|p| text::fold(p) == folded) {
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
        ] {
            assert!(email("email", wrong).is_err(), "{wrong}");
        }
    }
}
