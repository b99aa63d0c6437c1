//! Whether a value fits a type: "Input Coercion" in sections 3.5 to 3.12 of the GraphQL
//! specification, for literals and for the JSON of variables alike.
//!
//! The walk keeps its own stack and stops at the first fault. Custom scalars and unknown types take
//! anything here: only the engine knows them.

use async_graphql::Name;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, Type};

use super::forms::{Form, Tree};
use super::refusal::quoted;
use super::schema_types::{InputObject, SchemaTypes};

/// Where values come from, which decides how they name a value of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The text: by its bare name.
    Text,
    /// JSON, which has no bare names: by a string.
    Json,
}

/// One step into a value.
#[derive(Clone, Copy)]
enum Step<'v> {
    Member(&'v str),
    Item(usize),
}

/// Judges values from one origin.
pub(super) struct Judge<'s> {
    types: &'s SchemaTypes,
    origin: Origin,
    /// Values visited.
    pub(super) steps: usize,
}

impl<'s> Judge<'s> {
    /// Prepares for values from there.
    pub(super) fn new(types: &'s SchemaTypes, origin: Origin) -> Self {
        Self {
            types,
            origin,
            steps: 0,
        }
    }

    /// Says what is wrong with a value where that type is expected, beginning with the place inside
    /// it; `root` is what the value is called.
    pub(super) fn check<V: Tree>(
        &mut self,
        root: &str,
        value: &V,
        expected: &Type,
    ) -> Result<(), String> {
        // Where each value stands: inside which other, and where there.
        let mut trail: Vec<(usize, Step<'_>)> = Vec::new();
        let mut pending = vec![(value, expected, 0)];
        while let Some((value, expected, at)) = pending.pop() {
            self.steps += 1;
            let form = value.form();
            let fault = |what: String| format!("{} {what}", quoted(&path(root, &trail, at)));
            match (form, inner(expected, value)) {
                (Form::Variable, _) => {}
                (Form::Null, _) if expected.nullable => {}
                (Form::Null, _) => return Err(fault(mismatch(&expected.to_string(), "null"))),
                (Form::List(items), BaseType::List(item)) => {
                    for (index, value) in items.iter().enumerate().rev() {
                        trail.push((at, Step::Item(index)));
                        pending.push((value, item, trail.len()));
                    }
                }
                (form, BaseType::Named(name)) => match (form, self.types.inputs.get(name.as_str()))
                {
                    (Form::Object(members), Some(input)) => {
                        complete(name, input, members).map_err(fault)?;
                        for (name, value) in members.iter().rev() {
                            let Some(place) = input.fields.get(name.as_str()) else {
                                continue;
                            };
                            trail.push((at, Step::Member(name)));
                            pending.push((value, &place.ty, trail.len()));
                        }
                    }
                    (form, Some(_)) => return Err(fault(mismatch(name, form.found(name)))),
                    (form, None) => self.leaf(name, &form).map_err(fault)?,
                },
                // `inner` has left no list for any other value.
                (_, BaseType::List(_)) => {}
            }
        }
        Ok(())
    }

    /// Judges a value where a scalar or an enum is expected.
    fn leaf<V>(&self, name: &str, form: &Form<'_, V>) -> Result<(), String> {
        let fits = match (name, form) {
            ("Int", Form::Number(number)) => number
                .as_i64()
                .is_some_and(|number| i32::try_from(number).is_ok()),
            ("Float", Form::Number(_))
            | ("String" | "ID", Form::String(_))
            | ("Boolean", Form::Boolean) => true,
            // The engine takes no more than this for an integer.
            ("ID", Form::Number(number)) => number.is_i64(),
            ("Int" | "Float" | "String" | "ID" | "Boolean", _) => false,
            _ => return self.enum_value(name, form),
        };
        match fits {
            true => Ok(()),
            false => Err(mismatch(name, form.found(name))),
        }
    }

    fn enum_value<V>(&self, name: &str, form: &Form<'_, V>) -> Result<(), String> {
        let Some(values) = self.types.enums.get(name) else {
            return Ok(());
        };
        match (self.origin, form) {
            (Origin::Text, Form::Enum(value)) | (Origin::Json, Form::String(value)) => {
                match values.contains(*value) {
                    true => Ok(()),
                    false => Err(format!(
                        "must be a value of `{name}`, which has no {}.",
                        quoted(value)
                    )),
                }
            }
            _ => Err(mismatch(name, form.found(name))),
        }
    }
}

/// What of a type a value is judged by. Anything but a list stands for a list of itself alone,
/// however deep; a type has no more levels than brackets may be open in the text.
fn inner<'t, V: Tree>(expected: &'t Type, value: &V) -> &'t BaseType {
    let mut base = &expected.base;
    if !matches!(value.form(), Form::List(_)) {
        while let BaseType::List(item) = base {
            base = &item.base;
        }
    }
    base
}

/// Whether an input object has all that it must and nothing unknown. Stops at the first field that
/// is missing, so that no value costs more than it has members.
fn complete<V>(name: &str, input: &InputObject, members: &IndexMap<Name, V>) -> Result<(), String> {
    let mut names = members.keys().map(Name::as_str);
    if let Some(unknown) = names.find(|name| !input.fields.contains_key(*name)) {
        let unknown = quoted(unknown);
        return Err(format!(
            "has the field {unknown}, which `{name}` does not know."
        ));
    }
    let mut required = input.required.iter();
    match required.find(|name| !members.contains_key(name.as_str())) {
        Some(missing) => Err(format!(
            "lacks the field `{missing}`, which `{name}` requires."
        )),
        None => Ok(()),
    }
}

fn mismatch(expected: &str, found: &str) -> String {
    format!("must be of type {}, not {found}.", quoted(expected))
}

/// A place as `root.member[0]`. Places are numbered from 1 along the trail; 0 is the root.
fn path(root: &str, trail: &[(usize, Step<'_>)], mut at: usize) -> String {
    let mut steps = Vec::new();
    while let Some((parent, step)) = at.checked_sub(1).and_then(|index| trail.get(index)) {
        steps.push(step);
        at = *parent;
    }
    steps
        .iter()
        .rev()
        .fold(root.to_owned(), |path, step| match step {
            Step::Member(name) => format!("{path}.{name}"),
            Step::Item(index) => format!("{path}[{index}]"),
        })
}
