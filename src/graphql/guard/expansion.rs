//! The order in which fragments can be judged.
//!
//! A fragment is measured once and its measure is used wherever it is spread; for that, the
//! fragments that it spreads have to be measured before it. The order exists exactly if no fragment
//! spreads itself, directly or through others.

use std::collections::HashMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{
    ExecutableDocument, FragmentDefinition, Selection, SelectionSet,
};

use super::refusal::quoted;
use super::{Code, Refusal};

/// A fragment and its name.
pub(super) type Fragment<'d> = (&'d str, &'d Positioned<FragmentDefinition>);

/// The fragments of a document, each after all those that it spreads. Spreads of unknown names are
/// left to validation.
pub(super) fn leaves_first<'d>(
    document: &'d ExecutableDocument,
    steps: &mut usize,
) -> Result<Vec<Fragment<'d>>, Refusal> {
    let mut fragments: Vec<Fragment<'d>> = document
        .fragments
        .iter()
        .map(|(name, fragment)| (name.as_str(), fragment))
        .collect();
    fragments.sort_by_key(|(_, fragment)| fragment.pos);
    let index: HashMap<&str, usize> = fragments
        .iter()
        .enumerate()
        .map(|(at, (name, _))| (*name, at))
        .collect();

    let spreads: Vec<Vec<usize>> = fragments
        .iter()
        .map(|(_, fragment)| {
            let names = spread_names(&fragment.node.selection_set.node, steps);
            names
                .iter()
                .filter_map(|name| index.get(name).copied())
                .collect()
        })
        .collect();
    match order(&spreads, steps) {
        Ok(order) => Ok(order.into_iter().map(|at| fragments[at]).collect()),
        Err(on_cycle) => {
            let (name, fragment) = fragments[on_cycle];
            let name = quoted(name);
            let message =
                format!("Fragment {name} spreads itself, directly or through other fragments.");
            Err(Refusal::new(Code::ValidationFailed, message).at(fragment.pos))
        }
    }
}

/// Orders fragments, given by what each spreads: those first that spread nothing, then those that
/// spread only what is already in order. If some never get there, returns one that is on a cycle.
fn order(spreads: &[Vec<usize>], steps: &mut usize) -> Result<Vec<usize>, usize> {
    let mut spread_by: Vec<Vec<usize>> = vec![Vec::new(); spreads.len()];
    for (at, targets) in spreads.iter().enumerate() {
        targets
            .iter()
            .for_each(|target| spread_by[*target].push(at));
    }
    let mut waiting: Vec<usize> = spreads.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..spreads.len()).filter(|at| waiting[*at] == 0).collect();
    let mut next = 0;
    while let Some(&done) = order.get(next) {
        next += 1;
        for &user in &spread_by[done] {
            *steps += 1;
            waiting[user] -= 1;
            if waiting[user] == 0 {
                order.push(user);
            }
        }
    }
    match waiting.iter().position(|count| *count > 0) {
        // That one may only lead to a cycle; following spreads that wait ends on the cycle itself.
        Some(stuck) => Err((0..spreads.len()).fold(stuck, |at, _| {
            spreads[at]
                .iter()
                .copied()
                .find(|target| waiting[*target] > 0)
                .unwrap_or(at)
        })),
        None => Ok(order),
    }
}

/// The names that a selection set spreads, as often as it spreads them.
fn spread_names<'d>(set: &'d SelectionSet, steps: &mut usize) -> Vec<&'d str> {
    let mut names = Vec::new();
    let mut pending = vec![set];
    while let Some(set) = pending.pop() {
        for selection in &set.items {
            *steps += 1;
            match &selection.node {
                Selection::Field(field) => pending.push(&field.node.selection_set.node),
                Selection::InlineFragment(inline) => pending.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    names.push(spread.node.fragment_name.node.as_str())
                }
            }
        }
    }
    names
}
