//! Where a document has variables, and which types are expected there.
//!
//! Unknown names are passed over, as the engine's validation refuses them.

use async_graphql::parser::types::{BaseType, Directive, Selection, SelectionSet, Type};
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

/// What an operation or a fragment says itself.
#[derive(Default)]
pub(super) struct Part<'d> {
    pub(super) usages: Vec<Usage<'d>>,
    pub(super) spreads: Vec<&'d str>,
}

/// Finds the variables in a document.
pub(super) struct Reader<'d> {
    types: &'d SchemaTypes,
    /// Selections, directives and values visited.
    pub(super) steps: usize,
}

impl<'d> Reader<'d> {
    /// Prepares for a document.
    pub(super) fn new(types: &'d SchemaTypes) -> Self {
        Self { types, steps: 0 }
    }

    /// Reads a definition: its directives, and its selections on a type.
    pub(super) fn part(
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
                    // A list where none is expected is for the rule about literals.
                    if let BaseType::List(item) = &expected.base {
                        let items = items.iter().rev();
                        pending.extend(items.map(|value| (value, item.as_ref(), false)));
                    }
                }
                Value::Object(members) => {
                    // An object also stands for a list of itself alone.
                    let places = self.types.inputs.get(type_name(expected));
                    pending.extend(members.iter().rev().filter_map(|(name, value)| {
                        let place = places?.get(name.as_str())?;
                        Some((value, &place.ty, place.has_default))
                    }));
                }
                _ => {}
            }
        }
    }
}
