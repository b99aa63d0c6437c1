//! Scalars beyond those of the specification.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::clock::Timestamp;

/// [`Timestamp`] in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

/// A moment in UTC as RFC 3339 text with at most six digits of a second, e.g.
/// `2026-05-01T12:00:00.123456Z`.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        match text.parse::<jiff::Timestamp>() {
            Ok(moment) => Ok(Self(Timestamp(moment.as_microsecond()))),
            Err(_) => Err(InputValueError::custom(
                "not an RFC 3339 moment such as 2026-05-01T12:00:00Z",
            )),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.rfc3339())
    }
}
