//! A variable may only stand where its type fits: "All Variable Usages Are Allowed", section 5.8.5
//! of the GraphQL specification.
//!
//! async-graphql lists this rule and never shows it a value, so it finds nothing: the field that
//! reads the variable fails, its parent is null, and mutations before it have happened.
//!
//! What an operation or a fragment says itself is read once; an operation then visits each fragment
//! that it reaches once.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationDefinition, Type, VariableDefinition,
};
use async_graphql::{Positioned, Value};

use super::refusal::quoted;
use super::schema_types::SchemaTypes;
use super::usages::{Part, Reader, Usage};
use super::{Code, Refusal};

/// Refuses a document in which a variable stands where its type does not fit. Returns the
/// selections, spreads and values visited.
pub(super) fn check(document: &ExecutableDocument, types: &SchemaTypes) -> Result<usize, Refusal> {
    let mut reader = Reader::new(types);
    let mut fragments = HashMap::new();
    for (name, fragment) in &document.fragments {
        let fragment = &fragment.node;
        let (set, on) = (&fragment.selection_set.node, &fragment.type_condition.node);
        let part = reader.part(&fragment.directives, set, &on.on.node);
        fragments.insert(name.as_str(), part);
    }
    let mut operations: Vec<_> = document.operations.iter().map(|(_, found)| found).collect();
    operations.sort_by_key(|operation| operation.pos);
    for operation in operations {
        let operation = &operation.node;
        let (set, on) = (&operation.selection_set.node, types.root(operation.ty));
        let part = reader.part(&operation.directives, set, on);
        check_operation(operation, &part, &fragments, &mut reader.steps)?;
    }
    Ok(reader.steps)
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
fn is_at_least(ty: &Type, expected: &Type) -> bool {
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
