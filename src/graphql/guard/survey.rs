//! One walk over the text of a document.
//!
//! It counts what is bounded where it is written, and measures every selection set on the way. The
//! measure of a fragment is kept for its spreads.

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Pos, Positioned};

use super::bounds::at_most;
use super::expansion::Fragment;
use super::extent::Extent;
use super::values::{self, Measure};
use super::{Limits, Refusal};

/// What is counted where it is written, and the measures of the fragments done so far.
#[derive(Debug, Default)]
pub(super) struct Survey<'d> {
    /// Selections, directives and values visited.
    pub(super) steps: usize,
    fragments: HashMap<&'d str, Extent>,
    aliases: Vec<Pos>,
    directives: Vec<Pos>,
    longest_list: Option<(usize, Pos)>,
}

impl<'d> Survey<'d> {
    /// Measures an operation.
    pub(super) fn operation(&mut self, operation: &'d OperationDefinition) -> Extent {
        self.directives(&operation.directives);
        for definition in &operation.variable_definitions {
            self.steps += 1;
            self.directives(&definition.node.directives);
            if let Some(default) = &definition.node.default_value {
                self.list(values::measure(&default.node), default.pos);
            }
        }
        self.selection_set(&operation.selection_set.node)
    }

    /// Measures a fragment, once, after those that it spreads.
    pub(super) fn fragment(&mut self, (name, fragment): Fragment<'d>) -> Extent {
        self.directives(&fragment.node.directives);
        let extent = self.selection_set(&fragment.node.selection_set.node);
        self.fragments.insert(name, extent);
        extent
    }

    fn selection_set(&mut self, set: &'d SelectionSet) -> Extent {
        set.items
            .iter()
            .fold(Extent::default(), |total, selection| {
                total.beside(self.selection(&selection.node))
            })
    }

    fn selection(&mut self, selection: &'d Selection) -> Extent {
        self.steps += 1;
        match selection {
            Selection::Field(field) => self.field(&field.node),
            Selection::InlineFragment(inline) => {
                self.directives(&inline.node.directives);
                self.selection_set(&inline.node.selection_set.node)
                    .in_fragment()
            }
            Selection::FragmentSpread(spread) => {
                self.directives(&spread.node.directives);
                let name = spread.node.fragment_name.node.as_str();
                self.fragments
                    .get(name)
                    .copied()
                    .unwrap_or_default()
                    .in_fragment()
            }
        }
    }

    fn field(&mut self, field: &'d Field) -> Extent {
        if let Some(alias) = &field.alias {
            self.aliases.push(alias.pos);
        }
        self.directives(&field.directives);
        for (_, value) in &field.arguments {
            let Ok(literal) = value.node.clone().into_const_with(values::blank);
            self.list(values::measure(&literal), value.pos);
        }
        self.selection_set(&field.selection_set.node)
            .in_field(&field.name.node)
    }

    fn directives(&mut self, directives: &'d [Positioned<Directive>]) {
        for directive in directives {
            self.steps += 1;
            self.directives.push(directive.pos);
            for (_, value) in &directive.node.arguments {
                let Ok(literal) = value.node.clone().into_const_with(values::blank);
                self.list(values::measure(&literal), value.pos);
            }
        }
    }

    fn list(&mut self, measure: Measure, pos: Pos) {
        self.steps += measure.visited;
        if self
            .longest_list
            .is_none_or(|(longest, _)| measure.longest_list > longest)
        {
            self.longest_list = Some((measure.longest_list, pos));
        }
    }

    /// Judges what is counted where it is written, over the whole document.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        let tallies = [
            (
                &self.aliases,
                limits.aliases,
                "aliases",
                "Rename fewer fields.",
            ),
            (
                &self.directives,
                limits.directives,
                "directives",
                "Use fewer of them.",
            ),
        ];
        for (places, limit, what, advice) in tallies {
            let first_too_many = places.get(limit).copied().unwrap_or_default();
            at_most(places.len(), limit, what, advice)
                .map_err(|refusal| refusal.at(first_too_many))?;
        }
        let (longest, pos) = self.longest_list.unwrap_or_default();
        values::check_list(longest, limits, || "A list in the query".to_owned())
            .map_err(|refusal| refusal.at(pos))
    }
}
