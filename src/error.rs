//! The one error type of queries and commands: what the caller may act on, and what is our fault.

use std::{fmt, sync::Arc};

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, sqlx};

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
    /// What of ours is the reason, for the log; the caller is not told.
    pub cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Refusal {
    /// At the edge, once: says what of ours made it necessary, if anything did.
    pub fn log(&self, request_id: &str) {
        if let Some(cause) = &self.cause {
            tracing::warn!(request.id = request_id, %cause, "The database could not be had.");
        }
    }
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
            cause: None,
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
            cause: None,
        }))
    }

    /// Our fault, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// The database cannot be had now: not reached, going down, or full.
    pub fn outage(cause: DbErr) -> Self {
        let say = match cause {
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => {
                metrics::counter!("rookery_db_acquire_timeouts_total").increment(1);
                "The database is busy. Try again in a moment."
            }
            _ => "The database cannot be had right now. Try again in a moment.",
        };
        Self::refused(Code::Unavailable, say).because(cause)
    }

    /// The same refusal with what of ours is the reason.
    #[must_use]
    pub fn because(mut self, cause: DbErr) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.cause = Some(Arc::new(cause));
        }
        self
    }

    /// What failed, in words for the operator.
    pub fn reason(&self) -> String {
        match self {
            Self::Refused(refusal) => match &refusal.cause {
                Some(cause) => format!("{} ({cause})", refusal.message),
                None => refusal.message.clone(),
            },
            Self::Internal(cause) => cause.to_string(),
        }
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

/// Whether the database could not be had for this: the statement is not to blame.
pub fn is_outage(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) =
        error
    else {
        return matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_));
    };
    match &**cause {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(cause) => cause.code().is_some_and(|code| tells_of_outage(&code)),
        _ => false,
    }
}

/// The same by the code: five characters are PostgreSQL's, fewer digits SQLite's.
fn tells_of_outage(code: &str) -> bool {
    match code {
        // Read only: a standby that was the primary before.
        "25006" |
        // Ended: idle in a transaction.
        "25P03" |
        // Out of disk, memory or connections.
        "53100" | "53200" | "53300" |
        // Ended by an administrator, after a crash, not yet up, idle; and the disk fails.
        "57P01" | "57P02" | "57P03" | "57P05" | "58030" => true,
        // Connections.
        code if code.len() == 5 => code.starts_with("08"),
        // The low byte of an extended code: the disk fails, it is full, the file cannot be opened.
        code => code.parse::<u32>().is_ok_and(|code| [10, 13, 14].contains(&(code & 0xff))),
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_outage(&error) {
            return Self::outage(error);
        }
        match database_code(&error).as_deref() {
            // 57014: statement_timeout.
            Some("57014") => {
                Self::refused(Code::Timeout, "This took too long. Ask for less at a time.")
            }
            _ => Self::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn failed(cause: sqlx::Error) -> DbErr {
        DbErr::Query(RuntimeErr::SqlxError(Arc::new(cause)))
    }

    #[test]
    fn a_database_that_cannot_be_had_is_no_fault_of_the_statement() {
        let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
        for error in [
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
            DbErr::Conn(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Io(reset())))),
            DbErr::Exec(RuntimeErr::SqlxError(Arc::new(sqlx::Error::PoolClosed))),
            failed(sqlx::Error::Io(reset())),
            failed(sqlx::Error::PoolTimedOut),
            failed(sqlx::Error::WorkerCrashed),
        ] {
            let inside = error.to_string();
            let told = Error::from(error);
            let Error::Refused(refusal) = &told else {
                panic!("{told:?}")
            };
            assert_eq!(refusal.code, Code::Unavailable, "{inside}");
            assert!(!refusal.message.contains(&inside), "{}", refusal.message);
            // The operator is told.
            assert!(told.reason().contains(&inside), "{}", told.reason());
        }
        for error in [
            failed(sqlx::Error::ColumnNotFound("body".into())),
            DbErr::Type("no number".into()),
        ] {
            assert!(matches!(error.into(), Error::Internal(_)));
        }
    }

    #[test]
    fn codes_of_full_and_dying_databases_are_outages_and_those_of_statements_are_not() {
        // SQLite: IOERR, IOERR_WRITE, IOERR_SHMSIZE, FULL, CANTOPEN.
        let outages = ["10", "778", "4874", "13", "14"];
        let of_postgres = [
            "08006", "25006", "25P03", "53100", "53300", "57P01", "57P02", "57P03",
        ];
        for code in outages.iter().chain(&of_postgres) {
            assert!(tells_of_outage(code), "{code}");
        }
        // Busy, constraint, corrupt; deadlock, serialization, lock timeout, unique, statement
        // timeout, no such column.
        let others = ["5", "517", "2067", "11"];
        let of_postgres = ["40P01", "40001", "55P03", "23505", "57014", "42703"];
        for code in others.iter().chain(&of_postgres) {
            assert!(!tells_of_outage(code), "{code}");
        }
    }
}
