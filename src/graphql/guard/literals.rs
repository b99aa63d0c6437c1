//! Values written in the text fit the places where they stand: "Values of Correct Type" and its
//! neighbours, section 5.6 of the GraphQL specification.
//!
//! async-graphql skips an argument as soon as a variable inside it has no value, and the wrong
//! value beside it then fails the field while the operation runs, after mutations before it have
//! happened. Here variables are passed over one by one: `positions.rs` judges where they stand and
//! `sent.rs` what was sent for them.

use super::coercion::{Judge, Origin};
use super::schema_types::SchemaTypes;
use super::usages::{Argument, Said};
use super::{Code, Refusal};

/// Refuses a document with a value that does not fit: first the defaults of variables, then the
/// arguments in the order of the text. Returns the values visited.
pub(super) fn check(said: &Said<'_>, types: &SchemaTypes) -> Result<usize, Refusal> {
    let mut judge = Judge::new(types, Origin::Text);
    for (operation, _) in &said.operations {
        for definition in &operation.variable_definitions {
            let definition = &definition.node;
            let Some(default) = &definition.default_value else {
                continue;
            };
            let (root, ty) = (
                format!("${}", definition.name.node),
                &definition.var_type.node,
            );
            judge.check(&root, &default.node, ty).map_err(|fault| {
                let message = format!("The default of {fault}");
                Refusal::new(Code::ValidationFailed, message).at(default.pos)
            })?;
        }
    }
    let parts = said.operations.iter().map(|(_, part)| part);
    let parts = parts.chain(said.fragments.values());
    let mut arguments: Vec<&Argument<'_>> = parts.flat_map(|part| &part.arguments).collect();
    arguments.sort_by_key(|argument| argument.value.pos);
    for Argument { name, value, place } in arguments {
        judge.check(name, &value.node, &place.ty).map_err(|fault| {
            let message = format!("The argument {fault}");
            Refusal::new(Code::ValidationFailed, message).at(value.pos)
        })?;
    }
    Ok(judge.steps)
}
