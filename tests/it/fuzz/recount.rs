//! What a document holds, counted anew and slowly: by walking it with every fragment in its place.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// What is counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    pub operations: usize,
    pub fragments: usize,
    /// As written.
    pub aliases: usize,
    /// As written.
    pub directives: usize,
    /// Of all operations, fragments in their places.
    pub selections: usize,
    /// Fields inside one another, those below `__schema` and `__type` apart.
    pub depth: usize,
    /// Of the operation with the most.
    pub root_fields: usize,
}

/// Counts until there are more selections than `most`.
pub fn count(document: &ExecutableDocument, most: usize) -> Count {
    let mut count = Count {
        operations: document.operations.iter().count(),
        fragments: document.fragments.len(),
        ..Count::default()
    };
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        count.directives += operation.directives.len();
        let variables = operation.variable_definitions.iter();
        count.directives += variables
            .map(|variable| variable.node.directives.len())
            .sum::<usize>();
        written(&operation.selection_set.node, &mut count);
        let mut walk = Walk {
            document,
            most,
            count: &mut count,
            root_fields: 0,
        };
        walk.set(&operation.selection_set.node, 0);
        let root_fields = walk.root_fields;
        count.root_fields = count.root_fields.max(root_fields);
    }
    for fragment in document.fragments.values() {
        count.directives += fragment.node.directives.len();
        written(&fragment.node.selection_set.node, &mut count);
    }
    count
}

fn written(set: &SelectionSet, count: &mut Count) {
    for selection in &set.items {
        let inner = match &selection.node {
            Selection::Field(field) => {
                count.directives += field.node.directives.len();
                count.aliases += usize::from(field.node.alias.is_some());
                &field.node.selection_set.node
            }
            Selection::InlineFragment(inline) => {
                count.directives += inline.node.directives.len();
                &inline.node.selection_set.node
            }
            Selection::FragmentSpread(spread) => {
                count.directives += spread.node.directives.len();
                continue;
            }
        };
        written(inner, count);
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    most: usize,
    count: &'a mut Count,
    root_fields: usize,
}

impl Walk<'_> {
    fn set(&mut self, set: &SelectionSet, depth: usize) {
        for selection in &set.items {
            if self.count.selections > self.most {
                return;
            }
            self.count.selections += 1;
            match &selection.node {
                Selection::Field(field) => {
                    self.root_fields += usize::from(depth == 0);
                    self.count.depth = self.count.depth.max(depth + 1);
                    let name = field.node.name.node.as_str();
                    if !["__schema", "__type"].contains(&name) {
                        self.set(&field.node.selection_set.node, depth + 1);
                    }
                }
                Selection::InlineFragment(inline) => {
                    self.set(&inline.node.selection_set.node, depth);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name) {
                        self.set(&fragment.node.selection_set.node, depth);
                    }
                }
            }
        }
    }
}
