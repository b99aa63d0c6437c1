//! What is limited, and to how much.

use std::time::Duration;

use super::rate::Rate;
use crate::{error::Error, platform::config::LimitsConfig};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What all servers count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Passwords tried on one account, whether or not there is one.
    SignInAccount,
    /// Passwords tried from one address.
    SignInAddress,
    /// People who join from one address.
    SignUp,
    /// Letters that somebody asks for to one e-mail address, or to verify those of one account.
    Letter,
}

impl Limit {
    /// Names its buckets in the database.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SignInAccount => "sign-in-account",
            Self::SignInAddress => "sign-in-address",
            Self::SignUp => "sign-up",
            Self::Letter => "letter",
        }
    }

    pub(super) fn rate(self, limits: &LimitsConfig) -> Rate {
        match self {
            Self::SignInAccount => Rate::new(limits.sign_ins_per_account, MINUTE),
            Self::SignInAddress => Rate::new(limits.sign_ins_per_address, MINUTE),
            Self::SignUp => Rate::new(limits.sign_ups_per_address, HOUR),
            Self::Letter => Rate::new(limits.letters_per_address, HOUR),
        }
    }

    /// Says nothing about whether there is such an account.
    pub(super) fn refusal(self, seconds: u32) -> Error {
        let say = match self {
            Self::SignInAccount | Self::SignInAddress => "There were too many attempts to sign in.",
            Self::SignUp => "Too many people have joined from here lately.",
            Self::Letter => "Too many letters have gone to this address lately.",
        };
        Error::rate_limited(say, seconds)
    }
}

/// What each server counts for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LocalLimit {
    /// Following, and asking to.
    Follow,
    /// People asked whether they take messages.
    MessageRequest,
    Search,
    /// Uploads announced.
    Upload,
    /// Things of which staff is told.
    Report,
}

impl LocalLimit {
    pub(super) fn rate(self, limits: &LimitsConfig) -> Rate {
        match self {
            Self::Follow => Rate::new(limits.follows_per_minute, MINUTE),
            Self::MessageRequest => Rate::new(limits.message_requests_per_hour, HOUR),
            Self::Search => Rate::new(limits.searches_per_minute, MINUTE),
            Self::Upload => Rate::new(limits.uploads_per_hour, HOUR),
            Self::Report => Rate::new(limits.reports_per_hour, HOUR),
        }
    }

    pub(super) fn refusal(self, seconds: u32) -> Error {
        let say = match self {
            Self::Follow => "You follow people too fast.",
            Self::MessageRequest => "You have asked many people lately whether they take messages.",
            Self::Search => "There were too many searches.",
            Self::Upload => "You have begun many uploads lately.",
            Self::Report => "You have reported many things lately.",
        };
        Error::rate_limited(say, seconds)
    }
}
