//! Judges a GraphQL document before async-graphql sees it.
//!
//! Some documents of a few hundred bytes end the process or occupy a core for hours: brackets
//! nested so deep that the parser's stack ends, fragments that double with every level. They have
//! to be refused before anything walks them, on every way in, by code whose own work grows only
//! with the length of the text. The steps go from cheap to dear, and each makes the next one safe:
//! length, tokens and brackets, parsing, bounds on the expanded document, places of variables, values,
//! cost.
//!
//! Nothing here does I/O or depends on who is asking. The parsed document is handed on, so that it
//! is parsed once.

mod bounds;
mod coercion;
mod cost;
mod expansion;
mod extent;
mod forms;
mod limits;
mod literals;
mod operation;
mod parse;
mod positions;
mod refusal;
mod scan;
mod schema_types;
mod sdl;
mod sent;
mod sizes;
mod survey;
mod typename;
mod usages;
mod values;

#[cfg(test)]
mod tests;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Name, Value, Variables};

use cost::Pricing;

pub use limits::Limits;
pub use refusal::{Code, Refusal};
pub use scan::{Scan, check_json_nesting, scan};
pub use schema_types::{SchemaTypes, SchemaTypesError};

/// A document that may run.
#[derive(Debug)]
pub struct Judged {
    /// The parsed document, for `Request::set_parsed_query`.
    pub document: ExecutableDocument,
    /// The type of the chosen operation.
    pub operation: OperationType,
    /// Names of the root fields of the chosen operation, fragments expanded, each once, in order of
    /// appearance.
    pub root_fields: Vec<String>,
    /// Defaults of the variables that were not sent, to be sent along: the engine takes `@skip` and
    /// `@include` of a variable that it was not sent for false, whatever its default.
    pub defaults: Vec<(Name, Value)>,
    /// Cost of the chosen operation, in objects that it may load.
    pub cost: u32,
    /// Work done to judge it, in selections and values visited.
    pub steps: usize,
}

/// The judge of one schema.
#[derive(Debug)]
pub struct Guard {
    types: SchemaTypes,
    limits: Limits,
}

impl Guard {
    /// A guard for a schema.
    pub fn new(types: SchemaTypes, limits: Limits) -> Self {
        Self { types, limits }
    }

    /// The limits it applies.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Judges a request. The variables must have passed `check_json_nesting` in their JSON form.
    pub fn check(
        &self,
        query: &str,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Judged, Refusal> {
        check_length(query, &self.limits)?;
        scan(query, &self.limits)?;
        let document = parse::parse(query)?;
        let bounds = bounds::check(&document, &self.limits)?;
        typename::check(&document)?;
        let said = usages::read(&document, &self.types);
        let positions = positions::check(&said)?;
        let literals = literals::check(&said, &self.types)?;
        values::check_variables(variables, &self.limits)?;
        let operation = operation::choose(&document, operation_name)?;
        sent::check(&operation.node, variables, &self.types)?;

        let mut pricing = Pricing::new(&self.types, &self.limits, &operation.node, variables);
        let cost = pricing.operation(&operation.node, &bounds.fragments);
        check_cost(cost, &self.limits).map_err(|refusal| refusal.at(operation.pos))?;
        let steps = bounds.steps + said.steps + positions + literals + pricing.steps;
        let (ty, root_fields) = (
            operation.node.ty,
            operation::root_fields(&document, &operation.node),
        );
        let defaults = operation::defaults(&operation.node, variables);
        Ok(Judged {
            operation: ty,
            root_fields,
            defaults,
            cost,
            steps,
            document,
        })
    }
}

fn check_length(query: &str, limits: &Limits) -> Result<(), Refusal> {
    if query.len() <= limits.query_bytes {
        return Ok(());
    }
    let (length, limit) = (query.len(), limits.query_bytes);
    let message = format!(
        "The query has {length} bytes; at most {limit} are allowed. Move values into variables, or split it into \
         several requests."
    );
    Err(Refusal::new(Code::PayloadTooLarge, message))
}

fn check_cost(cost: u32, limits: &Limits) -> Result<(), Refusal> {
    if cost <= limits.cost {
        return Ok(());
    }
    let advice = "Ask for fewer items with `first` or `last`, or select fewer nested lists.";
    let message = format!(
        "The operation costs {cost}; at most {} is allowed. {advice}",
        limits.cost
    );
    Err(Refusal::new(Code::TooComplex, message))
}
