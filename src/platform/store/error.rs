//! Why the store did not do what it was asked. No text here names a key, a URL or a secret.

use std::fmt;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use crate::{error::Code, platform::breaker::Outage};

/// Shorthand for what the store returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The store is down, slow or overloaded: the same call may succeed in a while.
    Unavailable(&'static str),
    /// There is no such object.
    Missing,
    /// The object is longer than the caller takes.
    TooLong,
    /// The object is not the one that was asked for: it has been written again since.
    Changed,
    /// The store refuses, or this server is at fault.
    Other(String),
}

impl Error {
    /// Whether it is the store that does not work, not this call.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl Outage for Error {
    fn known() -> Self {
        Self::Unavailable("it failed several times in a row")
    }

    fn is_outage(&self) -> bool {
        self.is_unavailable()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the object store is unavailable: {why}"),
            Self::Missing => f.write_str("no such object"),
            Self::TooLong => f.write_str("the object is too long"),
            Self::Changed => f.write_str("the object has changed"),
            Self::Other(why) => write!(f, "the object store: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// What its caller is told: to try again, where that may help.
impl From<Error> for crate::error::Error {
    fn from(error: Error) -> Self {
        match error.is_unavailable() {
            true => {
                tracing::warn!(%error, "The object store did not do what it was asked.");
                let say = "Pictures and films cannot be reached right now. Try again in a moment.";
                Self::refused(Code::Unavailable, say)
            }
            false => Self::internal(error),
        }
    }
}

impl<E: ProvideErrorMetadata> From<SdkError<E>> for Error {
    fn from(error: SdkError<E>) -> Self {
        match &error {
            SdkError::TimeoutError(_) => Self::Unavailable("it does not answer in time"),
            SdkError::DispatchFailure(failure) if !failure.is_user() => {
                Self::Unavailable("it cannot be reached")
            }
            SdkError::ResponseError(_) => Self::Unavailable("its answer cannot be read"),
            SdkError::ServiceError(answer) => {
                from_status(answer.raw().status().as_u16(), answer.err().code())
            }
            _ => Self::Other("the request cannot be made".to_owned()),
        }
    }
}

fn from_status(status: u16, code: Option<&str>) -> Error {
    match status {
        404 => Error::Missing,
        412 => Error::Changed,
        408 | 429 => Error::Unavailable("it is overloaded"),
        // What it does not know will not be known later.
        501 => Error::Other("it answers 501".to_owned()),
        500.. => Error::Unavailable("it fails"),
        _ => {
            let is_word = |code: &&str| code.chars().all(|c| c.is_ascii_alphanumeric());
            let code = code.filter(is_word).unwrap_or("no code");
            Error::Other(format!("it answers {status}, {code}"))
        }
    }
}
