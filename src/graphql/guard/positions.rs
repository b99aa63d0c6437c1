//! A variable may only stand where its type fits: "All Variable Usages Are Allowed", section 5.8.5
//! of the GraphQL specification.
//!
//! async-graphql lists this rule and never shows it a value, so it finds nothing: the field that
//! reads the variable fails, its parent is null, and mutations before it have happened.
//!
//! What an operation or a fragment says itself is read once; an operation then visits each fragment
//! that it reaches once.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{BaseType, OperationDefinition, Type, VariableDefinition};
use async_graphql::{Positioned, Value};

use super::refusal::quoted;
use super::usages::{Part, Said, Usage};
use super::{Code, Refusal};

/// Refuses a document in which a variable stands where its type does not fit. Returns the
/// variables and spreads visited.
pub(super) fn check(said: &Said<'_>) -> Result<usize, Refusal> {
    let mut steps = 0;
    for (operation, part) in &said.operations {
        check_operation(operation, part, &said.fragments, &mut steps)?;
    }
    Ok(steps)
}

/// Judges what an operation says and what the fragments say that it reaches. Of several faults it
/// tells the first one in the text.
fn check_operation<'d>(
    operation: &'d OperationDefinition,
    part: &Part<'d>,
    fragments: &HashMap<&'d str, Part<'d>>,
    steps: &mut usize,
) -> Result<(), Refusal> {
    let definitions = operation.variable_definitions.iter();
    let variables: HashMap<&str, &Positioned<VariableDefinition>> = definitions
        .map(|definition| (definition.node.name.node.as_str(), definition))
        .collect();
    let (mut misplaced, mut entered, mut pending) = (Vec::new(), HashSet::new(), vec![part]);
    while let Some(part) = pending.pop() {
        *steps += part.usages.len() + part.spreads.len();
        for usage in &part.usages {
            match variables.get(usage.variable) {
                Some(definition) if !fits(&definition.node, usage) => {
                    misplaced.push((*definition, usage));
                }
                _ => {}
            }
        }
        let spreads = part.spreads.iter().filter(|name| entered.insert(**name));
        pending.extend(spreads.filter_map(|name| fragments.get(name)));
    }
    match misplaced.into_iter().min_by_key(|(_, usage)| usage.pos) {
        Some((definition, usage)) => Err(refusal(definition, usage)),
        None => Ok(()),
    }
}

fn refusal(definition: &Positioned<VariableDefinition>, usage: &Usage<'_>) -> Refusal {
    let variable = quoted(&format!("${}", usage.variable));
    let ty = quoted(&definition.node.var_type.node.to_string());
    let expected = usage.expected;
    let message =
        format!("Variable {variable} of type {ty} cannot stand where `{expected}` is expected.");
    Refusal::new(Code::ValidationFailed, message)
        .at(definition.pos)
        .at(usage.pos)
}

/// Whether a variable may stand there. One that may be null may stand where null may not if either
/// has a default, so that nothing fails for leaving it out.
fn fits(definition: &VariableDefinition, usage: &Usage<'_>) -> bool {
    let (ty, expected) = (&definition.var_type.node, usage.expected);
    let default = definition.default_value.as_ref();
    let has_default = default.is_some_and(|default| default.node != Value::Null);
    (is_at_least(ty, expected) || has_default || usage.has_default)
        && are_compatible(&ty.base, &expected.base)
}

/// Whether a type is never null where the expected one may not be.
pub(super) fn is_at_least(ty: &Type, expected: &Type) -> bool {
    expected.nullable || !ty.nullable
}

fn are_compatible(base: &BaseType, expected: &BaseType) -> bool {
    match (base, expected) {
        (BaseType::List(item), BaseType::List(expected)) => {
            is_at_least(item, expected) && are_compatible(&item.base, &expected.base)
        }
        (BaseType::Named(name), BaseType::Named(expected)) => name == expected,
        _ => false,
    }
}
