//! Why a request is refused, in words that its author can act on.
//!
//! The guard knows neither HTTP nor the error codes of the API: it says which of five things went
//! wrong, and the endpoint turns that into a status and an `extensions.code`.

use async_graphql::Pos;

/// The kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The text is not a GraphQL document.
    ParseFailed,
    /// The document is well formed and breaks a rule of the language.
    ValidationFailed,
    /// The request around the document is wrong: it names no operation, or an unknown one, or sends
    /// variables that do not fit.
    BadUserInput,
    /// The text is too long, in bytes or in tokens.
    PayloadTooLarge,
    /// The document asks for too much: too deep, too wide or too dear.
    TooComplex,
}

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What went wrong.
    pub code: Code,
    /// What was exceeded, by how much, and what to change; safe to send to the client.
    pub message: String,
    /// Where in the query text; empty if the reason has no place there.
    pub locations: Vec<Pos>,
}

impl Refusal {
    /// A refusal without a place.
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            locations: Vec::new(),
        }
    }

    /// The same refusal with one more place.
    pub(super) fn at(mut self, pos: Pos) -> Self {
        self.locations.push(pos);
        self
    }

    /// Too much of something. `what` reads as in "The document has 31 aliases"; `advice` is a
    /// sentence.
    pub(super) fn too_complex(what: &str, limit: usize, advice: &str) -> Self {
        Self::new(
            Code::TooComplex,
            format!("{what}; at most {limit} are allowed. {advice}"),
        )
    }
}

/// A name that the client chose, cut to a length that fits a message.
pub(super) fn quoted(name: &str) -> String {
    const LONGEST: usize = 60;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    }
}
