//! The values sent for the variables fit their types: `CoerceVariableValues`, section 6.1.2 of the
//! GraphQL specification.
//!
//! The engine notices a missing value only when a field reads it, and a wrong one only if nothing
//! beside it in the argument was left out: then the field's parent is null, and mutations before it
//! have happened.

use std::collections::HashSet;

use async_graphql::parser::types::OperationDefinition;
use async_graphql::{Value, Variables};

use super::coercion::{Judge, Origin};
use super::refusal::quoted;
use super::schema_types::SchemaTypes;
use super::{Code, Refusal};

/// Refuses an operation that lacks a variable which it cannot do without, or has one of a wrong
/// value.
pub(super) fn check(
    operation: &OperationDefinition,
    variables: &Variables,
    types: &SchemaTypes,
) -> Result<(), Refusal> {
    let mut judge = Judge::new(types, Origin::Json);
    // Of two definitions of one name, which validation refuses, only one is judged: a large value
    // must not be walked once for every definition that fits the text.
    let mut judged = HashSet::new();
    for definition in &operation.variable_definitions {
        let (pos, definition) = (definition.pos, &definition.node);
        let (name, ty) = (&definition.name.node, &definition.var_type.node);
        let value = variables.get(name);
        let is_null = match value {
            None => definition.default_value.is_none(),
            Some(value) => *value == Value::Null,
        };
        if is_null && !ty.nullable {
            let message = format!("The variable {} of type {ty} has no value.", quoted(name));
            return Err(Refusal::new(Code::BadUserInput, message).at(pos));
        }
        let Some(value) = value.filter(|_| judged.insert(name)) else {
            continue;
        };
        judge
            .check(&format!("${name}"), value, ty)
            .map_err(|fault| {
                Refusal::new(Code::BadUserInput, format!("The variable {fault}")).at(pos)
            })?;
    }
    Ok(())
}
