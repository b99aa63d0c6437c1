//! Where a document has arguments and variables, and which types are expected there.
//!
//! Unknown names are passed over, as the engine's validation refuses them.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::schema_types::{Place, Places, SchemaTypes};
use super::sdl::type_name;

/// A variable where a value is expected.
pub(super) struct Usage<'d> {
    pub(super) variable: &'d str,
    pub(super) expected: &'d Type,
    /// Whether the place does without a value.
    pub(super) has_default: bool,
    pub(super) pos: Pos,
}

/// A value written for an argument.
pub(super) struct Argument<'d> {
    pub(super) name: &'d str,
    pub(super) value: &'d Positioned<Value>,
    pub(super) place: &'d Place,
}

/// What an operation or a fragment says itself.
#[derive(Default)]
pub(super) struct Part<'d> {
    pub(super) arguments: Vec<Argument<'d>>,
    pub(super) usages: Vec<Usage<'d>>,
    pub(super) spreads: Vec<&'d str>,
}

/// What a document says.
pub(super) struct Said<'d> {
    /// In the order of the text.
    pub(super) operations: Vec<(&'d OperationDefinition, Part<'d>)>,
    pub(super) fragments: HashMap<&'d str, Part<'d>>,
    /// Selections, directives and values visited.
    pub(super) steps: usize,
}

/// Reads each operation and each fragment once.
pub(super) fn read<'d>(document: &'d ExecutableDocument, types: &'d SchemaTypes) -> Said<'d> {
    let mut reader = Reader { types, steps: 0 };
    let mut fragments = HashMap::new();
    for (name, fragment) in &document.fragments {
        let fragment = &fragment.node;
        let (set, on) = (&fragment.selection_set.node, &fragment.type_condition.node);
        let part = reader.part(&fragment.directives, set, &on.on.node);
        fragments.insert(name.as_str(), part);
    }
    let mut found: Vec<_> = document.operations.iter().map(|(_, found)| found).collect();
    found.sort_by_key(|operation| operation.pos);
    let mut operations = Vec::new();
    for operation in found {
        let operation = &operation.node;
        let (set, on) = (&operation.selection_set.node, types.root(operation.ty));
        operations.push((operation, reader.part(&operation.directives, set, on)));
    }
    Said {
        operations,
        fragments,
        steps: reader.steps,
    }
}

/// Finds the arguments and the variables in a document.
struct Reader<'d> {
    types: &'d SchemaTypes,
    steps: usize,
}

impl<'d> Reader<'d> {
    /// Reads a definition: its directives, and its selections on a type.
    fn part(
        &mut self,
        directives: &'d [Positioned<Directive>],
        set: &'d SelectionSet,
        on: &str,
    ) -> Part<'d> {
        let (types, mut part) = (self.types, Part::default());
        self.directives(directives, &mut part);
        let mut pending = vec![(set, types.get(on))];
        while let Some((set, parent)) = pending.pop() {
            for selection in &set.items {
                self.steps += 1;
                match &selection.node {
                    Selection::Field(field) => {
                        let field = &field.node;
                        self.directives(&field.directives, &mut part);
                        let ty = parent.and_then(|ty| ty.fields.get(field.name.node.as_str()));
                        let places = ty.map(|ty| &ty.arguments);
                        self.arguments(&field.arguments, places, &mut part);
                        let below = ty.and_then(|ty| types.get(&ty.type_name));
                        pending.push((&field.selection_set.node, below));
                    }
                    Selection::InlineFragment(inline) => {
                        let inline = &inline.node;
                        self.directives(&inline.directives, &mut part);
                        let condition = inline.type_condition.as_ref();
                        let on = condition.map_or(parent, |on| types.get(&on.node.on.node));
                        pending.push((&inline.selection_set.node, on));
                    }
                    Selection::FragmentSpread(spread) => {
                        self.directives(&spread.node.directives, &mut part);
                        part.spreads.push(spread.node.fragment_name.node.as_str());
                    }
                }
            }
        }
        part
    }

    fn directives(&mut self, directives: &'d [Positioned<Directive>], part: &mut Part<'d>) {
        for directive in directives {
            self.steps += 1;
            let places = self.types.directives.get(directive.node.name.node.as_str());
            self.arguments(&directive.node.arguments, places, part);
        }
    }

    fn arguments(
        &mut self,
        arguments: &'d [(Positioned<Name>, Positioned<Value>)],
        places: Option<&'d Places>,
        part: &mut Part<'d>,
    ) {
        for (name, value) in arguments {
            let place = places.and_then(|places| places.get(name.node.as_str()));
            if let Some(place) = place {
                part.arguments.push(Argument {
                    name: name.node.as_str(),
                    value,
                    place,
                });
                self.literal(value, place, part);
            }
        }
    }

    fn literal(&mut self, value: &'d Positioned<Value>, place: &'d Place, part: &mut Part<'d>) {
        let mut pending = vec![(&value.node, &place.ty, place.has_default)];
        while let Some((literal, expected, has_default)) = pending.pop() {
            self.steps += 1;
            match literal {
                Value::Variable(variable) => part.usages.push(Usage {
                    variable,
                    expected,
                    has_default,
                    pos: value.pos,
                }),
                Value::List(items) => {
                    // A list where none is expected is for `literals.rs`.
                    if let BaseType::List(item) = &expected.base {
                        let items = items.iter().rev();
                        pending.extend(items.map(|value| (value, item.as_ref(), false)));
                    }
                }
                Value::Object(members) => {
                    // An object also stands for a list of itself alone.
                    let input = self.types.inputs.get(type_name(expected));
                    pending.extend(members.iter().rev().filter_map(|(name, value)| {
                        let place = input?.fields.get(name.as_str())?;
                        Some((value, &place.ty, place.has_default))
                    }));
                }
                _ => {}
            }
        }
    }
}
