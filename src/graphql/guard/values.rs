//! The lists in arguments, defaults and variables.
//!
//! Every item of a list is a row to look up or a string to check, so the longest one is bounded
//! wherever it stands. The walk keeps its own stack, because variables are as deep as the client
//! makes them.

use std::convert::Infallible;

use async_graphql::{Name, Value, Variables};

use super::refusal::quoted;
use super::{Limits, Refusal};

/// What a value holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Measure {
    /// Values in it, itself included.
    pub(super) visited: usize,
    /// Items of its longest list, at any depth.
    pub(super) longest_list: usize,
}

/// Measures a value.
pub(super) fn measure(value: &Value) -> Measure {
    let mut found = Measure::default();
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        found.visited += 1;
        match value {
            Value::List(items) => {
                found.longest_list = found.longest_list.max(items.len());
                pending.extend(items);
            }
            Value::Object(fields) => pending.extend(fields.values()),
            _ => {}
        }
    }
    found
}

/// Stands for a variable inside a literal whose own shape is to be measured.
pub(super) fn blank(_variable: Name) -> Result<Value, Infallible> {
    Ok(Value::Null)
}

/// Refuses variables that hold a list longer than allowed.
pub(super) fn check_variables(variables: &Variables, limits: &Limits) -> Result<(), Refusal> {
    for (name, value) in variables.iter() {
        let what = || format!("A list in the variable {}", quoted(name));
        check_list(measure(value).longest_list, limits, what)?;
    }
    Ok(())
}

/// Refuses a list of so many items. `what` begins the message.
pub(super) fn check_list(
    items: usize,
    limits: &Limits,
    what: impl Fn() -> String,
) -> Result<(), Refusal> {
    if items <= limits.list_items {
        return Ok(());
    }
    let what = format!("{} has {items} items", what());
    Err(Refusal::too_complex(
        &what,
        limits.list_items,
        "Send the items in several requests.",
    ))
}
