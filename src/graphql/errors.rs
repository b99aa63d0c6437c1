//! Errors as clients see them: what a mutation refuses as data, everything else with a code.

use std::future::Future;

use async_graphql::{Enum, ServerError, SimpleObject};

use crate::error::{Code, Error, Refusal, Result};

/// Why a mutation did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// A value is not acceptable; `path` says which, `message` what to change.
    BadUserInput,
    /// There is no such thing, or the caller may not see it: not to be told apart.
    NotFound,
    /// The caller may see it but not do this to it.
    Forbidden,
    /// The thing's present state does not allow it.
    Conflict,
    /// Somebody else has this handle, or gave it up less than thirty days ago.
    HandleTaken,
    /// The idempotency key was used before with other input.
    IdempotencyMismatch,
    /// Login and password do not belong together.
    InvalidCredentials,
    /// Login and password are right; a code of the authenticator is needed too, as `totp`.
    TotpRequired,
    /// The token is unknown, has ended or was used before.
    TokenInvalid,
    /// The account's e-mail address has to be verified first.
    EmailNotVerified,
    /// The account is suspended; `message` says until when.
    Suspended,
    /// Too often, or too many at once; `retryAfterSeconds` says when to come back.
    RateLimited,
    /// The server could not do it just now. Trying again is safe for creates with a key.
    Unavailable,
}

/// Something that a mutation refused, for the person who asked to act on.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// What kind of refusal it is, for programs.
    code: UserErrorCode,
    /// What to change, in English, for people.
    message: String,
    /// Where inside `input` the fault lies, e.g. ["body"]; null for the whole input.
    path: Option<Vec<String>>,
    /// Seconds until the same call may succeed; set for RATE_LIMITED only.
    retry_after_seconds: Option<i32>,
}

/// What every mutation's payload is.
pub trait Payload {
    /// The payload of a refusal: nothing but errors.
    fn refused(errors: Vec<UserError>) -> Self;
}

/// Declares a mutation's payload: its results, all null in a refusal, and `userErrors`.
macro_rules! payload {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }
    ) => {
        $(#[$doc])*
        #[derive(Default, async_graphql::SimpleObject)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Option<$ty>,)*
            /// What was refused, and why; empty when it was done.
            pub user_errors: Vec<$crate::graphql::errors::UserError>,
        }

        impl $crate::graphql::errors::Payload for $name {
            fn refused(user_errors: Vec<$crate::graphql::errors::UserError>) -> Self {
                Self { $($field: None,)* user_errors }
            }
        }
    };
}
pub(crate) use payload;

/// A refusal as `userErrors`; what belongs to the top level stays an error.
pub fn refused(error: Error) -> Result<Vec<UserError>> {
    let refusal = match error {
        Error::Refused(refusal) => refusal,
        internal => return Err(internal),
    };
    match user_error_code(refusal.code) {
        Some(code) => Ok(vec![user_error(code, *refusal)]),
        None => Err(Error::Refused(refusal)),
    }
}

fn user_error(code: UserErrorCode, refusal: Refusal) -> UserError {
    UserError {
        code,
        message: refusal.message,
        path: (!refusal.path.is_empty()).then_some(refusal.path),
        retry_after_seconds: refusal
            .retry_after_seconds
            .and_then(|s| i32::try_from(s).ok()),
    }
}

fn user_error_code(code: Code) -> Option<UserErrorCode> {
    Some(match code {
        Code::BadUserInput => UserErrorCode::BadUserInput,
        Code::NotFound => UserErrorCode::NotFound,
        Code::Forbidden => UserErrorCode::Forbidden,
        Code::Conflict => UserErrorCode::Conflict,
        Code::HandleTaken => UserErrorCode::HandleTaken,
        Code::IdempotencyMismatch => UserErrorCode::IdempotencyMismatch,
        Code::InvalidCredentials => UserErrorCode::InvalidCredentials,
        Code::TokenInvalid => UserErrorCode::TokenInvalid,
        Code::TotpRequired => UserErrorCode::TotpRequired,
        Code::EmailNotVerified => UserErrorCode::EmailNotVerified,
        Code::Suspended => UserErrorCode::Suspended,
        Code::RateLimited => UserErrorCode::RateLimited,
        Code::Unavailable => UserErrorCode::Unavailable,
        Code::BadCursor | Code::Unauthenticated | Code::Timeout | Code::ResumeExpired => {
            return None;
        }
    })
}

/// `extensions.code` of a top-level error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    ParseFailed,
    ValidationFailed,
    BadUserInput,
    BadCursor,
    Unauthenticated,
    Forbidden,
    /// Of a subscription: there is no such thing, or the caller may not see it.
    NotFound,
    /// Of a subscription: it has missed something.
    ResumeExpired,
    RateLimited,
    TooComplex,
    PayloadTooLarge,
    /// A document was called by a hash that nothing is known by: send its text along.
    PersistedQueryNotFound,
    Timeout,
    Unavailable,
    Internal,
}

impl ErrorCode {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::ParseFailed,
        Self::ValidationFailed,
        Self::BadUserInput,
        Self::BadCursor,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::ResumeExpired,
        Self::RateLimited,
        Self::TooComplex,
        Self::PayloadTooLarge,
        Self::PersistedQueryNotFound,
        Self::Timeout,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Its text in the contract.
    pub fn text(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::BadCursor => "BAD_CURSOR",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::ResumeExpired => "RESUME_EXPIRED",
            Self::RateLimited => "RATE_LIMITED",
            Self::TooComplex => "QUERY_TOO_COMPLEX",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

impl From<Code> for ErrorCode {
    fn from(code: Code) -> Self {
        match code {
            Code::BadCursor => Self::BadCursor,
            Code::Forbidden => Self::Forbidden,
            Code::NotFound => Self::NotFound,
            Code::ResumeExpired => Self::ResumeExpired,
            Code::Unauthenticated => Self::Unauthenticated,
            Code::RateLimited => Self::RateLimited,
            Code::Timeout => Self::Timeout,
            Code::Unavailable => Self::Unavailable,
            _ => Self::BadUserInput,
        }
    }
}

/// An error of the request itself, before or beside its fields.
pub fn request_error(code: ErrorCode, message: impl Into<String>) -> ServerError {
    with_code(ServerError::new(message, None), code)
}

/// The same error carrying `code`.
pub fn with_code(mut error: ServerError, code: ErrorCode) -> ServerError {
    error
        .extensions
        .get_or_insert_default()
        .set("code", code.text());
    error
}

/// What clients are told of whatever is our own fault.
pub const BROKEN: &str =
    "Something broke on our side. Try again; if it stays, report the request id.";

/// Gives an error of execution its code, and hides the text of what is our own fault.
///
/// An error without a source came from validation or from reading arguments: its text is safe.
pub fn mask(mut error: ServerError, is_request_error: bool, request_id: &str) -> ServerError {
    if error
        .extensions
        .as_ref()
        .is_some_and(|values| values.get("code").is_some())
    {
        return error;
    }
    let refusal = match error.source::<Error>() {
        Some(Error::Refused(refusal)) => Some(refusal.clone()),
        _ => None,
    };
    if let Some(refusal) = refusal {
        refusal.log(request_id);
        let extensions = error.extensions.get_or_insert_default();
        if let Some(seconds) = refusal.retry_after_seconds {
            extensions.set("retryAfterSeconds", seconds);
        }
        if !refusal.path.is_empty() {
            extensions.set("path", refusal.path.clone());
        }
        return with_code(error, refusal.code.into());
    }
    if error.source.is_none() {
        let code = match is_request_error {
            true => ErrorCode::ValidationFailed,
            false => ErrorCode::BadUserInput,
        };
        return with_code(error, code);
    }
    match error.source::<Error>() {
        Some(Error::Internal(cause)) => {
            tracing::error!(request.id = request_id, path = ?error.path, ?cause, "A field failed.");
        }
        _ => {
            let cause = &error.message;
            tracing::error!(request.id = request_id, path = ?error.path, cause, "A field failed.");
        }
    }
    error.message = BROKEN.to_owned();
    error.source = None;
    error
        .extensions
        .get_or_insert_default()
        .set("requestId", request_id);
    with_code(error, ErrorCode::Internal)
}

/// What a nullable field returns. async-graphql catches a failure at the nullable *type* only: a
/// `Result` around it would fail the parent too.
pub type Nullable<T> = Option<Result<T>>;

/// The field's value, null where there is none, and null with an error where it failed.
pub async fn nullable<T>(field: impl Future<Output = Result<Option<T>>>) -> Nullable<T> {
    field.await.transpose()
}
