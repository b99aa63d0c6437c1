//! Why a letter was not taken. No text here names an address or repeats what a server said of one.

use std::fmt;

use lettre::transport::smtp;

use crate::platform::breaker::Outage;

/// Why a letter was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailError {
    /// Whether the same letter will never be taken. Otherwise it may be, in a while.
    pub is_permanent: bool,
    is_outage: bool,
    why: String,
}

/// Answers about who sends, not about the letter: its address may be right.
const ABOUT_THE_SENDER: [&str; 4] = ["530", "534", "535", "538"];

impl MailError {
    /// Nobody has such an address.
    pub(super) fn address() -> Self {
        Self {
            is_permanent: true,
            is_outage: false,
            why: "the address cannot be written to".to_owned(),
        }
    }

    /// The other side does not work.
    pub(super) fn outage(why: &str) -> Self {
        Self {
            is_permanent: false,
            is_outage: true,
            why: why.to_owned(),
        }
    }

    /// Before the letter was begun.
    pub(super) fn greeting(error: &smtp::Error) -> Self {
        let why = match error.status() {
            Some(code) => format!("the mail server lets nobody in: it answers {code}"),
            None if error.is_tls() => "the mail server cannot be trusted: TLS failed".to_owned(),
            None if error.is_client() => {
                "the mail server offers no way in that is configured".to_owned()
            }
            None => "the mail server cannot be reached".to_owned(),
        };
        Self::outage(&why)
    }

    /// While the letter was handed over.
    pub(super) fn handing_over(error: &smtp::Error) -> Self {
        // An address beyond ASCII, before a server that knows no such thing.
        if error.is_client() {
            return Self::address();
        }
        let Some(code) = error.status().map(|code| code.to_string()) else {
            return Self::outage("the mail server was lost on the way");
        };
        let is_about_sender = ABOUT_THE_SENDER.contains(&code.as_str());
        Self {
            is_permanent: error.is_permanent() && !is_about_sender,
            // 421: it closes.
            is_outage: is_about_sender || code == "421",
            why: format!("the mail server answers {code}"),
        }
    }
}

impl Outage for MailError {
    fn is_outage(&self) -> bool {
        self.is_outage
    }

    fn known() -> Self {
        Self::outage("the mail server failed several times in a row")
    }
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for MailError {}
