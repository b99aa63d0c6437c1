//! The one error type of queries and commands: what the caller may act on, and what is our fault.

use std::{fmt, sync::Arc};

use sea_orm::{DbErr, RuntimeErr};

/// What went wrong, in the words of the schema's contract. Codes of [`Error::Refused`] reach the
/// client as `userErrors` of a mutation or as `extensions.code` of a top-level error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    BadUserInput,
    BadCursor,
    NotFound,
    Forbidden,
    Conflict,
    HandleTaken,
    IdempotencyMismatch,
    InvalidCredentials,
    TotpRequired,
    TokenInvalid,
    EmailNotVerified,
    Suspended,
    Unauthenticated,
    RateLimited,
    Timeout,
    Unavailable,
    /// A subscription has missed something: fetch again, then subscribe.
    ResumeExpired,
}

/// A refusal: its text is safe to show and says what to change.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub code: Code,
    pub message: String,
    /// Where inside `input` the fault lies; empty for the whole input.
    pub path: Vec<String>,
    /// When the same call may succeed, in seconds; only for [`Code::RateLimited`].
    pub retry_after_seconds: Option<u32>,
}

/// Why a query or command did not do its work.
#[derive(Clone, Debug)]
pub enum Error {
    /// The caller can act on this one.
    Refused(Box<Refusal>),
    /// Our fault. Logged once at the edge; the caller learns a code and a request id only.
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

/// Shorthand for what queries and commands return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A refusal of the whole input.
    pub fn refused(code: Code, message: impl Into<String>) -> Self {
        Self::Refused(Box::new(Refusal {
            code,
            message: message.into(),
            path: Vec::new(),
            retry_after_seconds: None,
        }))
    }

    /// An input that is wrong at `path` (dots part the segments, e.g. `poll.options.2`).
    pub fn bad_input(path: &str, message: impl Into<String>) -> Self {
        Self::refused(Code::BadUserInput, message).at(path)
    }

    /// Nothing there, or nothing for this viewer: the same answer (R1).
    pub fn not_found(path: &str) -> Self {
        Self::refused(
            Code::NotFound,
            "There is no such thing, or you may not see it.",
        )
        .at(path)
    }

    /// No valid session.
    pub fn unauthenticated() -> Self {
        Self::refused(
            Code::Unauthenticated,
            "Sign in first: send a valid access token as `Authorization: Bearer …`.",
        )
    }

    /// More has happened than a subscription can still tell.
    pub fn resume_expired() -> Self {
        Self::refused(
            Code::ResumeExpired,
            "This subscription has missed something. Fetch again, then subscribe.",
        )
    }

    /// Too many writers for one thing, or a spent budget.
    pub fn rate_limited(message: impl Into<String>, retry_after_seconds: u32) -> Self {
        Self::Refused(Box::new(Refusal {
            code: Code::RateLimited,
            message: message.into(),
            path: Vec::new(),
            retry_after_seconds: Some(retry_after_seconds),
        }))
    }

    /// Our fault, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// The same refusal, placed at `path` inside the input.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.path = path
                .split('.')
                .filter(|s| !s.is_empty())
                .map(str::to_owned)
                .collect();
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => f.write_str(&refusal.message),
            Self::Internal(_) => f.write_str("internal error"),
        }
    }
}

impl std::error::Error for Error {}

/// The SQLSTATE that PostgreSQL gave for this failure, or SQLite's result code.
pub fn database_code(error: &DbErr) -> Option<String> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)) => e
            .as_database_error()
            .and_then(|e| e.code())
            .map(|code| code.into_owned()),
        _ => None,
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match (&error, database_code(&error).as_deref()) {
            (DbErr::ConnectionAcquire(_), _) => Self::refused(
                Code::Unavailable,
                "The database is busy. Try again in a moment.",
            ),
            // 57014: statement_timeout.
            (_, Some("57014")) => {
                Self::refused(Code::Timeout, "This took too long. Ask for less at a time.")
            }
            _ => Self::internal(error),
        }
    }
}
