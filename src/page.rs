//! Pages: how many rows, from where, in which direction. Pure; the SQL is in `platform::db::list`.
//!
//! A cursor names an order and a position in it, not a list: a cursor of the same order is a
//! position anywhere, one of another order is refused with BAD_CURSOR.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::error::{Code, Error, Result};

/// The page size when neither `first` nor `last` is given.
pub const DEFAULT_SIZE: u16 = 20;
/// The largest page size.
pub const MAX_SIZE: u16 = 100;
/// `totalCount` is exact up to here, then null.
pub const MAX_COUNT: u64 = 1_000;

/// A named order, e.g. `post:created`: the node's type and its sort key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order(pub &'static str);

/// A position in an order: the sort key and, for equal keys, the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub key: i64,
    pub id: Uuid,
}

impl Position {
    /// The opaque text that clients keep.
    pub fn cursor(self, order: Order) -> String {
        let mut bytes = order.0.as_bytes().to_vec();
        bytes.push(0);
        bytes.extend(self.key.to_be_bytes());
        bytes.extend(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn parse(argument: &str, cursor: &str, order: Order) -> Result<Self> {
        let wrong = || {
            let say = format!(
                "`{argument}` is not a cursor of this list. Use one that this list, or another \
                 ordered by {}, returned.",
                order.0
            );
            Error::refused(Code::BadCursor, say)
        };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let rest = bytes
            .strip_prefix(order.0.as_bytes())
            .and_then(|rest| rest.strip_prefix(&[0]));
        let (key, id) = rest
            .and_then(|rest| rest.split_first_chunk::<8>())
            .ok_or_else(wrong)?;
        let id = Uuid::from_slice(id).map_err(|_| wrong())?;
        Ok(Self {
            key: i64::from_be_bytes(*key),
            id,
        })
    }
}

/// What a client asked of a connection, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageArgs {
    /// How many rows at most: 1 to [`MAX_SIZE`].
    pub size: u16,
    /// Whether the rows are the last ones of the range instead of the first.
    pub from_end: bool,
    /// Rows come after this position, exclusive.
    pub after: Option<Position>,
    /// Rows come before this position, exclusive.
    pub before: Option<Position>,
}

/// The four Relay arguments as they came.
///
/// Sizes are wider than `Int`: one that does not fit is then refused by its own field like any
/// other wrong size, where async-graphql would fail the object around it.
#[derive(Clone, Debug, Default)]
pub struct RawPageArgs {
    pub first: Option<i64>,
    pub after: Option<String>,
    pub last: Option<i64>,
    pub before: Option<String>,
}

impl RawPageArgs {
    /// Checks the arguments of a list in `order`.
    ///
    /// # Errors
    /// BAD_USER_INPUT for both `first` and `last` or a size outside 1 to 100; BAD_CURSOR.
    pub fn check(&self, order: Order) -> Result<PageArgs> {
        let (size, from_end) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                let say = "Give `first` or `last`, not both.";
                return Err(Error::refused(Code::BadUserInput, say));
            }
            (None, Some(last)) => (size("last", last)?, true),
            (Some(first), None) => (size("first", first)?, false),
            (None, None) => (DEFAULT_SIZE, false),
        };
        let position = |name, cursor: &Option<String>| {
            cursor
                .as_deref()
                .map(|cursor| Position::parse(name, cursor, order))
                .transpose()
        };
        let (after, before) = (
            position("after", &self.after)?,
            position("before", &self.before)?,
        );
        Ok(PageArgs {
            size,
            from_end,
            after,
            before,
        })
    }
}

fn size(name: &str, value: i64) -> Result<u16> {
    match u16::try_from(value) {
        Ok(size @ 1..=MAX_SIZE) => Ok(size),
        _ => {
            let say = format!("`{name}` must be between 1 and {MAX_SIZE}, not {value}.");
            Err(Error::refused(Code::BadUserInput, say))
        }
    }
}

/// One page of rows, in the list's own order whichever way it was read.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub rows: Vec<(Position, T)>,
    /// Whether the range held more rows on the far side of the reading direction.
    pub overflow: bool,
}
