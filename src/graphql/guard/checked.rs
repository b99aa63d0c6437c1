//! A document that is fit to run, whatever its variables: what the text alone decides, decided
//! once.

use async_graphql::Name;
use async_graphql::parser::types::ExecutableDocument;

use super::bounds::Bounds;
use super::expansion::Fragment;
use super::operation;
use super::positions;
use super::usages::Said;
use super::weight;

/// A document within its bounds. What depends on the operation that is chosen, and on variables,
/// `Guard::judge` decides for each request.
#[derive(Debug, Clone)]
pub struct Checked {
    pub(super) document: ExecutableDocument,
    /// Names of its fragments, each after all those that it spreads.
    order: Vec<Name>,
    is_settled: bool,
    /// Bytes of its text.
    length: usize,
    /// Work done to check it, in selections and values visited.
    pub(super) steps: usize,
}

impl Checked {
    /// Puts together what the steps of the guard have found.
    pub(super) fn new(
        document: ExecutableDocument,
        (order, is_settled): (Vec<Name>, bool),
        length: usize,
        steps: usize,
    ) -> Self {
        Self {
            document,
            order,
            is_settled,
            length,
            steps,
        }
    }

    /// The parsed document, for `Request::set_parsed_query`.
    pub fn document(&self) -> &ExecutableDocument {
        &self.document
    }

    /// Whether the engine's validation, once passed, is passed with all variables that
    /// `Guard::judge` lets through.
    pub fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// The bytes of memory that it takes, estimated from above: allocators round up, by a quarter
    /// at most.
    pub fn weight(&self) -> usize {
        let asked = size_of::<Self>() + weight::of(&self.document) + self.length;
        asked + asked / 4
    }

    /// Its fragments, each after all those that it spreads.
    pub(super) fn fragments(&self) -> Vec<Fragment<'_>> {
        let fragments = self.order.iter();
        fragments
            .filter_map(|name| Some((name.as_str(), self.document.fragments.get(name)?)))
            .collect()
    }
}

/// The names of the fragments in the order of `bounds`.
pub(super) fn order(document: &ExecutableDocument, bounds: &Bounds<'_>) -> Vec<Name> {
    let fragments = bounds.fragments.iter();
    let known = fragments.filter_map(|(name, _)| document.fragments.get_key_value(*name));
    known.map(|(name, _)| name.clone()).collect()
}

/// Whether no value of a variable can make the engine refuse the document that it has passed once.
///
/// One of its rules, "Values of Correct Type", looks at the values of variables, in the places
/// where they stand. `sent.rs` has judged each of them by the type of its variable, so nothing is
/// left to be found where that type is at least as strict as the place. It is not where the null of
/// a nullable variable is held back by a default. Of several operations the engine may read a
/// fragment with the variables of another one, and of the introspection schema the guard knows no
/// more than the prices: such documents are validated each time.
pub(super) fn is_settled(document: &ExecutableDocument, said: &Said<'_>) -> bool {
    let [(operation, part)] = said.operations.as_slice() else {
        return false;
    };
    let is_introspection = |field: &String| field.starts_with("__") && field != "__typename";
    let root_fields = operation::root_fields(document, operation);
    if root_fields.iter().any(is_introspection) {
        return false;
    }
    let parts = said.fragments.values().chain([part]);
    let mut usages = parts.flat_map(|part| &part.usages);
    usages.all(|usage| {
        let mut definitions = operation.variable_definitions.iter();
        let definition = definitions.find(|it| it.node.name.node == usage.variable);
        definition.is_some_and(|it| positions::is_at_least(&it.node.var_type.node, usage.expected))
    })
}
