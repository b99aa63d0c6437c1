//! Pages: how many rows, from where, in which direction. Pure; the SQL is in `platform::db::list`.
//!
//! A cursor names an order and a position in it, not a list: a cursor of the same order is a
//! position anywhere, one of another order is refused with BAD_CURSOR.
//!
//! Where a scan ended at a row that the viewer may not see, the cursor is sealed: it says the same
//! to the server, and nothing to others (R4).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::{
    error::{Code, Error, Result},
    seal::Seal,
};

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

/// The first byte of a sealed cursor. No order's name begins with it.
const SEALED: u8 = 0;

impl Position {
    /// The opaque text that clients keep. It can be read: only for a row that the viewer sees.
    pub fn cursor(self, order: Order) -> String {
        let mut bytes = order.0.as_bytes().to_vec();
        bytes.push(0);
        bytes.extend(self.bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A cursor that only servers with the same `seal` can read.
    ///
    /// # Errors
    /// Without a source of randomness.
    pub fn sealed_cursor(self, order: Order, seal: &Seal) -> Result<String> {
        let mut bytes = vec![SEALED];
        bytes.extend(seal.close(order.0, &self.bytes())?);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn bytes(self) -> Vec<u8> {
        [&self.key.to_be_bytes()[..], self.id.as_bytes()].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (key, id) = bytes.split_first_chunk()?;
        Some(Self {
            key: i64::from_be_bytes(*key),
            id: Uuid::from_slice(id).ok()?,
        })
    }

    fn read(cursor: &str, order: Order, seal: &Seal) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        if let Some(sealed) = bytes.strip_prefix(&[SEALED]) {
            return Self::from_bytes(&seal.open(order.0, sealed)?);
        }
        let rest = bytes.strip_prefix(order.0.as_bytes())?;
        Self::from_bytes(rest.strip_prefix(&[0])?)
    }

    fn parse(argument: &str, cursor: &str, order: Order, seal: &Seal) -> Result<Self> {
        Self::read(cursor, order, seal).ok_or_else(|| {
            let say = format!(
                "`{argument}` is not a cursor of this list. Use one that this list, or another \
                 ordered by {}, returned.",
                order.0
            );
            Error::refused(Code::BadCursor, say)
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
    pub fn check(&self, order: Order, seal: &Seal) -> Result<PageArgs> {
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
                .map(|cursor| Position::parse(name, cursor, order, seal))
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
    /// Whether the range held more rows on the far side of the reading direction, or may have
    /// held more: the scan budget ended.
    pub overflow: bool,
    /// Where the scan budget ended, if at a row that the reader may not see: the next page goes
    /// on from here, and nobody may learn what stands here.
    pub hidden_end: Option<Position>,
}
