//! The parser of async-graphql, with its errors in plain words.
//!
//! Its own messages are drawings of several lines that name grammar rules; API clients show errors
//! on one line.

use async_graphql::Pos;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::{Error, parse_query};

use super::refusal::quoted;
use super::{Code, Refusal};

/// Parses a text whose nesting `scan` has accepted.
pub(super) fn parse(query: &str) -> Result<ExecutableDocument, Refusal> {
    parse_query(query).map_err(|error| refusal(&error))
}

fn refusal(error: &Error) -> Refusal {
    let locations: Vec<Pos> = error.positions().collect();
    let (code, message) = match error {
        Error::Syntax { message, start, .. } => (
            Code::ParseFailed,
            format!("Syntax error at {start}: {}.", reason(message)),
        ),
        Error::MultipleOperations { .. } => (
            Code::ValidationFailed,
            "An operation without a name must be the only one in its document.".to_owned(),
        ),
        Error::OperationDuplicated { operation, .. } => (
            Code::ValidationFailed,
            format!("Two operations are called {}.", quoted(operation)),
        ),
        Error::FragmentDuplicated { fragment, .. } => (
            Code::ValidationFailed,
            format!("Two fragments are called {}.", quoted(fragment)),
        ),
        Error::MissingOperation => (
            Code::ValidationFailed,
            "The document has fragments but no operation to run.".to_owned(),
        ),
        Error::RecursionLimitExceeded => (
            Code::TooComplex,
            "The query is nested too deeply. Nest selections less deeply.".to_owned(),
        ),
        other => (
            Code::ParseFailed,
            format!("The query cannot be parsed: {other}."),
        ),
    };
    Refusal {
        code,
        message,
        locations,
    }
}

/// The part of a parser message that says what was expected, without the drawing and in the
/// language's own words.
fn reason(message: &str) -> String {
    const WORDS: [(&str, &str); 6] = [
        ("executable_definition", "an operation or a fragment"),
        ("EOI", "the end of the document"),
        ("const_value", "a constant value"),
        ("type_condition", "`on` and a type"),
        ("type_", "a type"),
        ("_", " "),
    ];
    let last_line = message.lines().last().unwrap_or_default().trim();
    let plain = last_line.strip_prefix("= ").unwrap_or(last_line).to_owned();
    WORDS
        .iter()
        .fold(plain, |text, (rule, words)| text.replace(rule, words))
}
