//! How large a document is once its fragments stand in their places.
//!
//! Spreads make a short text stand for an exponential document, and async-graphql walks that
//! expanded document before it validates anything. Here each fragment is measured once, after those
//! that it spreads, and its measure is used at every spread: the work grows with the text, not with
//! what the text stands for. The recursion stays inside one definition, where the scan has bounded
//! the brackets.

use async_graphql::parser::types::{ExecutableDocument, OperationType};

use super::expansion::{self, Fragment};
use super::survey::Survey;
use super::{Limits, Refusal};

/// A document within its bounds.
#[derive(Debug)]
pub(super) struct Bounds<'d> {
    /// Its fragments, each after all those that it spreads.
    pub(super) fragments: Vec<Fragment<'d>>,
    /// Selections, spreads and values visited.
    pub(super) steps: usize,
}

/// Refuses a document that is too large in any direction.
pub(super) fn check<'d>(
    document: &'d ExecutableDocument,
    limits: &Limits,
) -> Result<Bounds<'d>, Refusal> {
    let operations = document.operations.iter().len();
    let (limit, fragments) = (limits.operations, document.fragments.len());
    at_most(
        operations,
        limit,
        "operations",
        "Send only the one that you run.",
    )?;
    at_most(
        fragments,
        limits.fragments,
        "fragments",
        "Send only those that you spread.",
    )?;

    let mut survey = Survey::default();
    let fragments = expansion::leaves_first(document, &mut survey.steps)?;
    for fragment in &fragments {
        let nesting = survey.fragment(*fragment).check_nesting(limits);
        nesting.map_err(|refusal| refusal.at(fragment.1.pos))?;
    }
    let selections = check_operations(document, &mut survey, limits)?;
    let what = "selections, fragments expanded";
    at_most(selections, limits.selections, what, "Select fewer fields.")?;
    survey.check(limits)?;
    Ok(Bounds {
        fragments,
        steps: survey.steps,
    })
}

/// Judges each operation, in the order of the text, and returns the selections of all of them.
fn check_operations<'d>(
    document: &'d ExecutableDocument,
    survey: &mut Survey<'d>,
    limits: &Limits,
) -> Result<usize, Refusal> {
    let mut operations: Vec<_> = document.operations.iter().map(|(_, found)| found).collect();
    operations.sort_by_key(|operation| operation.pos);
    let mut selections = 0_usize;
    for operation in operations {
        let extent = survey.operation(&operation.node);
        extent
            .check(limits)
            .and_then(|()| check_root_fields(extent.fields, operation.node.ty, limits))
            .map_err(|refusal| refusal.at(operation.pos))?;
        selections = selections.saturating_add(extent.selections);
    }
    Ok(selections)
}

/// Refuses a count above its limit. `what` reads as in "The document has 31 aliases".
pub(super) fn at_most(count: usize, limit: usize, what: &str, advice: &str) -> Result<(), Refusal> {
    if count <= limit {
        return Ok(());
    }
    Err(Refusal::too_complex(
        &format!("The document has {count} {what}"),
        limit,
        advice,
    ))
}

fn check_root_fields(count: usize, ty: OperationType, limits: &Limits) -> Result<(), Refusal> {
    let limit = match ty {
        OperationType::Query => limits.query_root_fields,
        OperationType::Mutation => limits.mutation_root_fields,
        OperationType::Subscription => limits.subscription_root_fields,
    };
    if count <= limit {
        return Ok(());
    }
    let what = format!("The {ty} has {count} root fields, fragments expanded");
    Err(Refusal::too_complex(
        &what,
        limit,
        "Split it into several operations.",
    ))
}
