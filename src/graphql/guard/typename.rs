//! What async-graphql leaves unjudged: whatever is written on `__typename`, and fragments at the
//! root of a subscription, which it passes over without a word.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};

use super::refusal::quoted;
use super::{Code, Refusal};

/// Refuses what validation would have to. The recursion stays inside one definition, where the scan
/// has bounded the brackets.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), Refusal> {
    for (_, operation) in document.operations.iter() {
        check_root(operation)?;
        check_set(&operation.node.selection_set.node)?;
    }
    let fragments = document.fragments.values();
    fragments
        .map(|fragment| &fragment.node.selection_set.node)
        .try_for_each(check_set)
}

fn check_root(operation: &Positioned<OperationDefinition>) -> Result<(), Refusal> {
    if operation.node.ty != OperationType::Subscription {
        return Ok(());
    }
    let is_field =
        |selection: &Positioned<Selection>| matches!(selection.node, Selection::Field(_));
    let mut selections = operation.node.selection_set.node.items.iter();
    match selections.find(|selection| !is_field(selection)) {
        None => Ok(()),
        Some(fragment) => {
            let say = "Write the field of a subscription itself, not in a fragment.";
            Err(Refusal::new(Code::ValidationFailed, say).at(fragment.pos))
        }
    }
}

fn check_set(set: &SelectionSet) -> Result<(), Refusal> {
    set.items
        .iter()
        .try_for_each(|selection| match &selection.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {
                check_typename(field)
            }
            Selection::Field(field) => check_set(&field.node.selection_set.node),
            Selection::InlineFragment(inline) => check_set(&inline.node.selection_set.node),
            Selection::FragmentSpread(_) => Ok(()),
        })
}

fn check_typename(field: &Positioned<Field>) -> Result<(), Refusal> {
    let refuse = |say: &str| Err(Refusal::new(Code::ValidationFailed, say).at(field.pos));
    if !field.node.arguments.is_empty() {
        return refuse("`__typename` has no arguments.");
    }
    if !field.node.selection_set.node.items.is_empty() {
        return refuse("`__typename` is a text and has no fields.");
    }
    let directives = &field.node.directives;
    for (n, directive) in directives.iter().enumerate() {
        check_directive(directive)?;
        let name = &directive.node.name.node;
        if directives[..n]
            .iter()
            .any(|other| other.node.name.node == *name)
        {
            return refuse("Give each directive once.");
        }
    }
    Ok(())
}

fn check_directive(directive: &Positioned<Directive>) -> Result<(), Refusal> {
    let name = directive.node.name.node.as_str();
    let is_known = ["skip", "include"].contains(&name);
    let has_condition =
        matches!(directive.node.arguments.as_slice(), [(name, _)] if name.node == "if");
    let say = match (is_known, has_condition) {
        (true, true) => return Ok(()),
        (true, false) => format!("`@{name}` has the argument `if` and no other."),
        (false, _) => format!("There is no directive {} for a field.", quoted(name)),
    };
    Err(Refusal::new(Code::ValidationFailed, say).at(directive.pos))
}
