//! Tokens and brackets, counted before the parser sees the text.
//!
//! The parser of async-graphql descends once for every open bracket and aborts the process when the
//! stack ends, so the nesting has to be known before it starts. This scan is one pass of a lexer
//! and does not recurse.
//!
//! It is only worth something if the parser cannot see brackets that the scan took for the inside
//! of a string or of a comment. Both end comments and start and end strings at the same places as
//! long as the text is lexically correct. Where it is not, they differ: on an unterminated block
//! string the parser goes back and reads `""` followed by a string. Therefore every lexical error
//! is refused here. Text that only the scan accepts is harmless, because the parser stops at it:
//! `\u{…}`, paired surrogates, a line break straight after an opening quote.

use apollo_parser::{Lexer, TokenKind};
use async_graphql::Pos;

use super::{Code, Limits, Refusal};

/// What a scan has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// Tokens that carry meaning: all but white space, commas and comments.
    pub tokens: usize,
    /// The largest number of brackets open at once.
    pub depth: usize,
}

/// Counts tokens and brackets, and refuses text that has too many of either or is lexically wrong.
pub fn scan(query: &str, limits: &Limits) -> Result<Scan, Refusal> {
    let mut found = Scan {
        tokens: 0,
        depth: 0,
    };
    let mut open = 0_usize;
    for item in Lexer::new(query) {
        let token = item.map_err(|error| lexical_error(query, error.index(), error.message()))?;
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comma | TokenKind::Comment | TokenKind::Eof => {
                continue;
            }
            TokenKind::LCurly | TokenKind::LBracket | TokenKind::LParen => open += 1,
            // The parser fails at a bracket that closes nothing, so a count below zero cannot hide
            // anything.
            TokenKind::RCurly | TokenKind::RBracket | TokenKind::RParen => {
                open = open.saturating_sub(1)
            }
            _ => {}
        }
        found.tokens += 1;
        found.depth = found.depth.max(open);
        if found.tokens > limits.tokens {
            return Err(too_many_tokens(limits.tokens).at(position(query, token.index())));
        }
        if open > limits.nesting {
            return Err(too_nested("The query", limits.nesting).at(position(query, token.index())));
        }
    }
    Ok(found)
}

/// Refuses a JSON body whose arrays and objects are nested too deep, before anything builds a tree
/// from it.
///
/// Bytes that are not JSON are left to the JSON parser: both agree on where strings end up to the
/// first error.
pub fn check_json_nesting(body: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let (mut open, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > limits.json_nesting {
            return Err(too_nested("The request body", limits.json_nesting));
        }
    }
    Ok(())
}

fn too_many_tokens(limit: usize) -> Refusal {
    let message = format!(
        "The query has more than {limit} tokens. Split it into several requests, or select fewer fields."
    );
    Refusal::new(Code::PayloadTooLarge, message)
}

fn too_nested(what: &str, limit: usize) -> Refusal {
    let message = format!(
        "{what} has more than {limit} brackets open at once. Nest selections and values less deeply."
    );
    Refusal::new(Code::TooComplex, message)
}

fn lexical_error(query: &str, index: usize, reason: &str) -> Refusal {
    let pos = position(query, index);
    Refusal::new(
        Code::ParseFailed,
        format!("Syntax error at {pos}: {reason}."),
    )
    .at(pos)
}

/// Line and column of a byte, counted as the parser counts them, so that all locations of one
/// request agree.
fn position(query: &str, index: usize) -> Pos {
    let mut pos = Pos { line: 1, column: 1 };
    for (_, character) in query.char_indices().take_while(|(start, _)| *start < index) {
        match character {
            '\n' => {
                pos = Pos {
                    line: pos.line + 1,
                    column: 1,
                }
            }
            '\r' => pos.column = 1,
            _ => pos.column += 1,
        }
    }
    pos
}
