//! Why an operation did not run, and what clients are told of whatever failed.

use async_graphql::{Response, ServerError, Value};

use super::{
    errors::{BROKEN, ErrorCode, mask, request_error, with_code},
    guard::{self, Refusal},
};
use crate::error::{Code, Error};

/// More errors than these tell nobody anything.
const MAX_ERRORS: usize = 20;

/// Why an operation did not run.
pub struct Refused {
    pub code: ErrorCode,
    pub errors: Vec<ServerError>,
    pub retry_after_seconds: Option<u32>,
}

impl Refused {
    /// A refusal with one error.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            errors: vec![request_error(code, message)],
            retry_after_seconds: None,
        }
    }

    /// The same, with the seconds until it may be tried again: beside the header, for clients that
    /// see only the errors.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        for error in &mut self.errors {
            let extensions = error.extensions.get_or_insert_default();
            extensions.set("retryAfterSeconds", seconds);
        }
        self
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.code {
            guard::Code::ParseFailed => ErrorCode::ParseFailed,
            guard::Code::ValidationFailed => ErrorCode::ValidationFailed,
            guard::Code::BadUserInput => ErrorCode::BadUserInput,
            guard::Code::PayloadTooLarge => ErrorCode::PayloadTooLarge,
            guard::Code::TooComplex => ErrorCode::TooComplex,
        };
        let mut error = ServerError::new(refusal.message, None);
        error.locations = refusal.locations;
        Self {
            code,
            errors: vec![with_code(error, code)],
            retry_after_seconds: None,
        }
    }
}

/// A failure before execution as a refusal.
pub(super) fn refused(error: Error, request_id: &str) -> Refused {
    match error {
        Error::Refused(refusal) => {
            refusal.log(request_id);
            let (code, seconds) = (refusal.code, refusal.retry_after_seconds);
            let refused = Refused::new(code.into(), refusal.message);
            match seconds {
                Some(seconds) => refused.after(seconds),
                None if code == Code::Unavailable => refused.after(1),
                None => refused,
            }
        }
        Error::Internal(cause) => {
            tracing::error!(
                request.id = request_id,
                ?cause,
                "A request failed before its operation ran."
            );
            broken(request_id)
        }
    }
}

/// What a client learns of a panic.
pub(super) fn panicked(request_id: &str) -> Refused {
    tracing::error!(request.id = request_id, "An operation panicked.");
    broken(request_id)
}

/// What a client learns of whatever is our own fault: the id by which the log calls it.
fn broken(request_id: &str) -> Refused {
    let mut refused = Refused::new(ErrorCode::Internal, BROKEN);
    for error in &mut refused.errors {
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("requestId", request_id);
    }
    refused
}

/// Codes and masks the errors of a response. `true`: the request failed validation.
pub(super) fn mask_all(response: &mut Response, request_id: &str) -> bool {
    let is_request_error = response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    response.errors.truncate(MAX_ERRORS);
    let errors = std::mem::take(&mut response.errors).into_iter();
    let masked = errors.map(|error| mask(error, is_request_error, request_id));
    response.errors = masked.collect();
    is_request_error
}
