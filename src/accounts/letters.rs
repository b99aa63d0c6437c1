//! What letters say. Pure.

use crate::platform::{Platform, mail::Letter};

/// What a letter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// The token that verifies the address.
    VerifyEmail(&'a str),
    /// Somebody else wants this address, which is verified already.
    AddressInUse,
    /// The token that resets the password.
    ResetPassword(&'a str),
    /// Somebody wants to give the account another address.
    EmailChangeAsked,
    /// The account has another address.
    EmailChanged,
    /// The account has another password.
    PasswordChanged,
    /// Signing in takes a code from now on.
    SecondFactorEnabled,
    /// Signing in takes no code any more.
    SecondFactorDisabled,
    /// The account is going to be erased.
    DeletionAsked,
    /// The account stays after all.
    DeletionCancelled,
    /// Staff suspended the account.
    Suspended,
    /// What the person asked for lies ready.
    ExportReady,
}

/// The letter to `address`, with links into the app where its address is configured.
pub fn letter(p: &Platform, address: &str, content: Content<'_>) -> Letter {
    let (subject, body) = text(p.mail.app_url(), content);
    Letter {
        to: address.to_owned(),
        subject: subject.to_owned(),
        body,
    }
}

fn text(app: Option<&str>, content: Content<'_>) -> (&'static str, String) {
    match content {
        Content::VerifyEmail(token) => (
            "Verify your e-mail address",
            format!(
                "Somebody, probably you, gave this address for an account. To show that it is \
                 yours,\n{}\n\nThis works once, within 24 hours. If it was not you, ignore this \
                 letter: without it nobody can use your address.\n",
                way(app, "verify-email", token)
            ),
        ),
        Content::AddressInUse => (
            "Somebody gave your e-mail address",
            "Somebody gave this address for another account. You have an account with it already, \
             and it stays yours: nothing has changed.\n\nIf it was you, sign in to that account; \
             if you do not know its password any more, ask for a new one.\n"
                .to_owned(),
        ),
        Content::ResetPassword(token) => (
            "Choose a new password",
            format!(
                "Somebody, probably you, asked for a new password for the account with this \
                 address. To choose one,\n{}\n\nThis works once, within an hour, and ends all \
                 sessions of the account. If it was not you, ignore this letter: your password \
                 stays.\n",
                way(app, "reset-password", token)
            ),
        ),
        Content::EmailChangeAsked => notice(
            "Your e-mail address is about to change",
            "Somebody, probably you, wants to give your account another e-mail address. It takes \
             the place of this one as soon as it is verified.",
        ),
        Content::EmailChanged => notice(
            "Your e-mail address has changed",
            "Your account has another e-mail address now. This one is no longer used.",
        ),
        Content::PasswordChanged => notice(
            "Your password has changed",
            "Your account has another password now, and all other sessions have ended.",
        ),
        Content::SecondFactorEnabled => notice(
            "Two-step sign-in is on",
            "Signing in to your account takes a code of your authenticator from now on.",
        ),
        Content::SecondFactorDisabled => notice(
            "Two-step sign-in is off",
            "Signing in to your account takes no code any more.",
        ),
        Content::DeletionAsked
        | Content::DeletionCancelled
        | Content::Suspended
        | Content::ExportReady => of_life(content),
    }
}

/// What becomes of an account, and of what it holds.
fn of_life(content: Content<'_>) -> (&'static str, String) {
    match content {
        Content::DeletionAsked => (
            "Your account will be erased",
            "Your account is going to be erased, as you asked. Nobody sees it from now on. To keep \
             it, sign in and take that back; signing in tells how long you can.\n\nIf it was not \
             you, sign in, take it back and choose a new password now: somebody else has access to \
             your account.\n"
                .to_owned(),
        ),
        Content::DeletionCancelled => notice(
            "Your account stays",
            "Your account is not going to be erased. All is as it was.",
        ),
        Content::Suspended => (
            "Your account is suspended",
            "The staff has suspended your account: you cannot sign in, and what you wrote is not \
             shown. Signing in tells until when.\n"
                .to_owned(),
        ),
        _ => notice(
            "Your data lies ready",
            "What you have asked for, a copy of all that you put here, lies ready in your settings \
             for some days.",
        ),
    }
}

fn notice(subject: &'static str, what: &str) -> (&'static str, String) {
    let body = format!(
        "{what}\n\nIf it was not you, choose a new password now: somebody else has access to your \
         account.\n"
    );
    (subject, body)
}

/// Where a token goes. In a fragment, which browsers send to no server.
fn way(app: Option<&str>, page: &str, token: &str) -> String {
    match app {
        Some(app) => {
            let app = app.trim_end_matches('/');
            format!("open this address:\n\n{app}/{page}#token={token}")
        }
        None => format!("give the app this code:\n\n{token}"),
    }
}
