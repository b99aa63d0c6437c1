//! Arguments of a non-null type with a default.

use std::borrow::Cow;

use async_graphql::{InputType, InputValueError, InputValueResult, Value, registry::Registry};

/// An argument `T! = default`. The engine takes the default only where the argument is not
/// written at all; this one also where it is a variable that was not sent, as the specification
/// has it. Null stays an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Defaulted<T>(pub T);

impl<T: InputType<RawValueType = T> + Default> InputType for Defaulted<T> {
    type RawValueType = T;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        match value {
            None => Ok(Self::default()),
            value => T::parse(value)
                .map(Self)
                .map_err(InputValueError::propagate),
        }
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }

    fn as_raw_value(&self) -> Option<&T> {
        self.0.as_raw_value()
    }
}
