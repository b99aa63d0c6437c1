//! Judges a GraphQL document before async-graphql sees it.
//!
//! Some documents of a few hundred bytes end the process or occupy a core for hours: brackets
//! nested so deep that the parser's stack ends, fragments that double with every level. They have
//! to be refused before anything walks them, on every way in, by code whose own work grows only
//! with the length of the text. The steps go from cheap to dear, and each makes the next one safe:
//! length, tokens and brackets, parsing, bounds on the expanded document, places of variables, values,
//! cost.
//!
//! Nothing here does I/O or depends on who is asking. What the text alone decides comes first and
//! is handed on with the parsed document, so that a text is read once, however often it is asked.

mod bounds;
mod checked;
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
mod sheet;
mod sizes;
mod survey;
mod typename;
mod usages;
mod values;
mod weight;

#[cfg(test)]
mod tests;

use async_graphql::parser::types::OperationType;
use async_graphql::{Name, Value, Variables};

use cost::Pricing;

pub use checked::Checked;
pub use limits::Limits;
pub use refusal::{Code, Refusal};
pub use scan::{Scan, check_json_nesting, scan};
pub use schema_types::{SchemaTypes, SchemaTypesError};

/// An operation of a document that may run.
#[derive(Debug)]
pub struct Judged {
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

    /// Checks what the text of a document decides alone.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn read(&self, query: &str) -> Result<Checked, Refusal> {
        check_length(query, &self.limits)?;
        scan(query, &self.limits)?;
        let document = parse::parse(query)?;
        let bounds = bounds::check(&document, &self.limits)?;
        typename::check(&document)?;
        let said = usages::read(&document, &self.types);
        let positions = positions::check(&said)?;
        let literals = literals::check(&said, &self.types)?;
        let steps = bounds.steps + said.steps + positions + literals;
        let found = (
            checked::order(&document, &bounds),
            checked::is_settled(&document, &said),
        );
        Ok(Checked::new(document, found, query.len(), steps))
    }

    /// Judges a request for a document. The variables must have passed `check_json_nesting` in
    /// their JSON form.
    ///
    /// # Errors
    /// Says what is wrong with the name of the operation, the variables or the cost.
    pub fn judge(
        &self,
        checked: &Checked,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Judged, Refusal> {
        let document = &checked.document;
        values::check_variables(variables, &self.limits)?;
        let operation = operation::choose(document, operation_name)?;
        sent::check(&operation.node, variables, &self.types)?;

        let mut pricing = Pricing::new(&self.types, &self.limits, &operation.node, variables);
        let cost = pricing.operation(&operation.node, &checked.fragments());
        check_cost(cost, &self.limits).map_err(|refusal| refusal.at(operation.pos))?;
        Ok(Judged {
            operation: operation.node.ty,
            root_fields: operation::root_fields(document, &operation.node),
            defaults: operation::defaults(&operation.node, variables),
            cost,
            steps: checked.steps + pricing.steps,
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
