//! Which operation of a document runs, and what it starts with.

use std::collections::HashSet;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, Selection,
};
use async_graphql::{Name, Positioned, Value, Variables};

use super::refusal::quoted;
use super::{Code, Refusal};

/// The operation to run: the one named, or else the only one.
pub(super) fn choose<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d Positioned<OperationDefinition>, Refusal> {
    let chosen = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Some(only),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(named), Some(name)) => named.get(name),
        (DocumentOperations::Multiple(named), None) if named.len() == 1 => named.values().next(),
        (DocumentOperations::Multiple(named), None) => {
            let message = format!(
                "The document has {} operations; name one with `operationName`.",
                named.len()
            );
            return Err(Refusal::new(Code::BadUserInput, message));
        }
    };
    chosen.ok_or_else(|| {
        let name = quoted(name.unwrap_or_default());
        Refusal::new(
            Code::BadUserInput,
            format!("The document has no operation called {name}."),
        )
    })
}

/// The defaults of the variables that were not sent.
pub(super) fn defaults(operation: &OperationDefinition, sent: &Variables) -> Vec<(Name, Value)> {
    let definitions = operation.variable_definitions.iter();
    definitions
        .filter_map(|definition| {
            let name = &definition.node.name.node;
            let default = definition.node.default_value.as_ref()?;
            (!sent.contains_key(name)).then(|| (name.clone(), default.node.clone()))
        })
        .collect()
}

/// Names of the root fields of an operation, fragments expanded, each once, in order of appearance.
///
/// Visits each fragment once, so that fragments that double cannot make this slow.
pub(super) fn root_fields(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Vec<String> {
    let (mut names, mut seen, mut entered) = (Vec::new(), HashSet::new(), HashSet::new());
    let mut pending: Vec<&Selection> = operation
        .selection_set
        .node
        .items
        .iter()
        .rev()
        .map(|item| &item.node)
        .collect();
    while let Some(selection) = pending.pop() {
        let inner = match selection {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                if seen.insert(name) {
                    names.push(name.to_owned());
                }
                continue;
            }
            Selection::InlineFragment(inline) => &inline.node.selection_set.node,
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                match document.fragments.get(name) {
                    Some(fragment) if entered.insert(name) => &fragment.node.selection_set.node,
                    _ => continue,
                }
            }
        };
        pending.extend(inner.items.iter().rev().map(|item| &item.node));
    }
    names
}
