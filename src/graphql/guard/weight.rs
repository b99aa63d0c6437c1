//! How many bytes a parsed document takes beside its text, for whoever keeps it.
//!
//! Every list is taken to be as long as it has items, which holds for a clone. Names and strings
//! are allocations of their own; what is in them stands in the text, once for each, so that the
//! length of the text is the sum of all of them. The recursion stays inside one definition, where
//! the scan has bounded the brackets.

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, FragmentDefinition, OperationDefinition, Selection,
    SelectionSet, Type, VariableDefinition,
};
use async_graphql::{Name, Positioned};

use super::forms::{Form, Tree};

/// What an allocation takes beside its content: counts, capacity, and what its size is rounded up
/// by.
const ALLOCATION: usize = 32;

/// The bytes of a document, without its names and strings.
pub(super) fn of(document: &ExecutableDocument) -> usize {
    let operations = document.operations.iter();
    let operations = operations.map(|(_, found)| entry(found) + operation(&found.node));
    let fragments = document.fragments.values();
    let fragments = fragments.map(|found| entry(found) + fragment(&found.node));
    2 * ALLOCATION + operations.chain(fragments).sum::<usize>()
}

/// An entry of a hash table by a name: as many places are free as are taken.
fn entry<T>(_: &T) -> usize {
    2 * size_of::<(Name, T)>() + ALLOCATION
}

fn operation(operation: &OperationDefinition) -> usize {
    let variables = list(&operation.variable_definitions, |it| variable(&it.node));
    variables + directives(&operation.directives) + set(&operation.selection_set.node)
}

fn fragment(fragment: &FragmentDefinition) -> usize {
    ALLOCATION + directives(&fragment.directives) + set(&fragment.selection_set.node)
}

fn variable(variable: &VariableDefinition) -> usize {
    let default = variable.default_value.as_ref();
    let default = default.map_or(0, |default| value(&default.node));
    ALLOCATION + ty(&variable.var_type.node) + directives(&variable.directives) + default
}

fn ty(found: &Type) -> usize {
    match &found.base {
        BaseType::Named(_) => ALLOCATION,
        BaseType::List(item) => ALLOCATION + size_of::<Type>() + ty(item),
    }
}

fn set(set: &SelectionSet) -> usize {
    list(&set.items, |item| selection(&item.node))
}

fn selection(selection: &Selection) -> usize {
    match selection {
        Selection::Field(field) => {
            let field = &field.node;
            let names = ALLOCATION * (1 + usize::from(field.alias.is_some()));
            let arguments = list(&field.arguments, |(_, given)| {
                ALLOCATION + value(&given.node)
            });
            names + arguments + directives(&field.directives) + set(&field.selection_set.node)
        }
        Selection::InlineFragment(inline) => {
            let inline = &inline.node;
            ALLOCATION + directives(&inline.directives) + set(&inline.selection_set.node)
        }
        Selection::FragmentSpread(spread) => ALLOCATION + directives(&spread.node.directives),
    }
}

fn directives(directives: &[Positioned<Directive>]) -> usize {
    list(directives, |directive| {
        let arguments = &directive.node.arguments;
        ALLOCATION + list(arguments, |(_, given)| ALLOCATION + value(&given.node))
    })
}

fn value<V: Tree>(found: &V) -> usize {
    match found.form() {
        Form::List(items) => list(items, value),
        Form::Object(members) => {
            let entries = members.values();
            let entries = entries.map(|member| entry(member) + ALLOCATION + value(member));
            2 * ALLOCATION + entries.sum::<usize>()
        }
        _ => ALLOCATION,
    }
}

fn list<T>(items: &[T], inside: impl Fn(&T) -> usize) -> usize {
    match items {
        [] => 0,
        items => ALLOCATION + size_of_val(items) + items.iter().map(inside).sum::<usize>(),
    }
}
