//! One level of a value, whether it stands in the text or was sent as JSON.
//!
//! The engine has two types of values, with variables in them and without; they are judged alike.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value as Constant};
use async_graphql_value::{Number, Value as Literal};

/// What a value is, with the values in it.
pub(super) enum Form<'v, V> {
    /// Judged by its type and by the value sent for it.
    Variable,
    Null,
    Number(&'v Number),
    String(&'v str),
    Boolean,
    Binary,
    Enum(&'v str),
    List(&'v [V]),
    Object(&'v IndexMap<Name, V>),
}

impl<V> Form<'_, V> {
    /// What the value is, in words, where it does not fit a type of that name.
    pub(super) fn found(&self, expected: &str) -> &'static str {
        match self {
            Form::Variable => "a variable",
            Form::Null => "null",
            Form::Number(number) => {
                let size = number.as_f64().map_or(f64::INFINITY, f64::abs);
                match expected {
                    "Int" if size > f64::from(i32::MAX) => "a number beyond 32 bits",
                    "ID" if !number.is_f64() => "a number beyond 64 bits",
                    "Int" | "ID" => "a number with a fraction",
                    _ => "a number",
                }
            }
            Form::String(_) => "a string",
            Form::Boolean => "a boolean",
            Form::Binary => "a file",
            Form::Enum(_) => "a bare name",
            Form::List(_) => "a list",
            Form::Object(_) => "an object",
        }
    }
}

/// A value of either kind: with variables in it, or without.
pub(super) trait Tree: Sized {
    fn form(&self) -> Form<'_, Self>;
}

/// The two types name their variants alike.
macro_rules! tree {
    ($type:ident $(, $variable:ident)?) => {
        impl Tree for $type {
            fn form(&self) -> Form<'_, Self> {
                match self {
                    $(Self::$variable(_) => Form::Variable,)?
                    Self::Null => Form::Null,
                    Self::Number(number) => Form::Number(number),
                    Self::String(text) => Form::String(text),
                    Self::Boolean(_) => Form::Boolean,
                    Self::Binary(_) => Form::Binary,
                    Self::Enum(name) => Form::Enum(name),
                    Self::List(items) => Form::List(items),
                    Self::Object(members) => Form::Object(members),
                }
            }
        }
    };
}

tree!(Literal, Variable);
tree!(Constant);
