//! How many items a field asks for, by its arguments and the variables of the operation.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{Field, OperationDefinition};
use async_graphql::{Name, Value, Variables};

use super::Limits;

/// Reads the sizes that arguments ask for.
pub(super) struct Sizes<'d> {
    limits: &'d Limits,
    variables: HashMap<&'d str, &'d Value>,
}

impl<'d> Sizes<'d> {
    /// Takes the variables of an operation: the values sent, or else their defaults.
    pub(super) fn new(
        limits: &'d Limits,
        operation: &'d OperationDefinition,
        sent: &'d Variables,
    ) -> Self {
        let defined = operation
            .variable_definitions
            .iter()
            .filter_map(|definition| {
                let name = definition.node.name.node.as_str();
                let default = definition
                    .node
                    .default_value
                    .as_ref()
                    .map(|value| &value.node);
                sent.get(name).or(default).map(|value| (name, value))
            });
        Self {
            limits,
            variables: defined.collect(),
        }
    }

    /// Items in a page: the larger of `first` and `last`, as the field itself refuses both
    /// together.
    pub(super) fn page_length(&self, field: &Field) -> u64 {
        let asked =
            ["first", "last"]
                .into_iter()
                .filter_map(|name| match self.argument(field, name)? {
                    Value::Null => None,
                    // What is no integer has been refused; whatever slips through counts as the
                    // largest.
                    Value::Number(number) => Some(number.as_i64().unwrap_or(i64::MAX)),
                    _ => Some(i64::MAX),
                });
        self.clamp(
            asked
                .max()
                .unwrap_or_else(|| i64::from(self.limits.default_page)),
        )
    }

    /// Items in a list without paging: as many as `ids` names, else the usual number.
    pub(super) fn list_length(&self, field: &Field) -> u64 {
        match self.argument(field, "ids") {
            Some(Value::List(ids)) => self.clamp(i64::try_from(ids.len()).unwrap_or(i64::MAX)),
            Some(_) => 1,
            None => u64::from(self.limits.plain_list),
        }
    }

    fn clamp(&self, n: i64) -> u64 {
        let largest = u64::from(self.limits.max_page);
        u64::try_from(n).unwrap_or(1).clamp(1, largest.max(1))
    }

    /// An argument with the variables in it replaced by their values. A variable without one counts
    /// as not given.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?;
        let resolve = |variable: Name| {
            Ok::<_, Infallible>(
                self.variables
                    .get(variable.as_str())
                    .map_or(Value::Null, |value| (*value).clone()),
            )
        };
        let Ok(value) = value.node.clone().into_const_with(resolve);
        Some(value)
    }
}
