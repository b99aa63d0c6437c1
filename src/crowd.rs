//! A crowd: people by number and what they say, which the database itself draws, set by set.
//!
//! Everything about a thing follows from its number, by whole numbers alone, so that both engines
//! draw the same crowd: who it is by, when it happened, its id, and so also what others name it by.
//! No statement has to look for what another one wrote. Each domain writes its own rows; here is
//! what they say them with.
//!
//! A crowd has no past in the log. It is as if it had been brought from elsewhere.

use std::ops::Range;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use crate::{clock::Timestamp, error::Result, platform::db::Txn};

/// The numbers of a kind of things.
pub type Numbers = Range<i64>;

/// Microseconds.
pub const DAY: i64 = 86_400_000_000;
const YEAR: i64 = 365 * DAY;

/// Chance is a remainder by this prime, 2³¹ - 1: its square fits both engines' numbers.
const PRIME: i64 = 2_147_483_647;

/// Of one in so many people followers are let in one by one,
const PRIVATE_OF: i64 = 37;
/// of those with this remainder.
const PRIVATE: i64 = 5;

/// Whose numbers are so near to each other does not follow: blocks and requests stand there.
pub const NEAR: i64 = 8;

/// What has an id. Ids of two kinds are never the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Person = 1,
    Follow,
    Block,
    Mute,
    Request,
    Post,
    Comment,
    OnPost,
    OnComment,
    Talk,
    Member,
    Message,
}

/// As many people as so many towns have, and what they say, for both engines. Texts that this
/// returns are SQL.
#[derive(Clone, Debug)]
pub struct Crowd {
    backend: DbBackend,
    now: i64,
    towns: i64,
}

impl Crowd {
    /// The crowd of `towns`, at least one, as it stands `now`.
    pub fn new(backend: DbBackend, now: Timestamp, towns: u32) -> Self {
        Self {
            backend,
            now: now.0,
            towns: i64::from(towns),
        }
    }

    /// How many people there are.
    pub fn people(&self) -> i64 {
        60 * self.towns
    }

    /// How many posts, reposts included.
    pub fn posts(&self) -> i64 {
        1_200 * self.towns
    }

    /// How many conversations.
    pub fn talks(&self) -> i64 {
        300 * self.towns
    }

    /// The moment at which the crowd stands.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// When the `n`th of `many` things happens that go on for the last year.
    pub fn at(&self, n: &str, many: i64) -> String {
        format!("({} + ({n}) * {})", self.now - YEAR, YEAR / (many + 1))
    }

    /// Some moment of the last year.
    pub fn any_time(&self, n: &str, salt: i64) -> String {
        let drawn = draw(n, salt);
        format!("({} + {drawn} * {})", self.now - YEAR, YEAR / PRIME)
    }

    /// When the `n`th person joined: in the year before the last.
    pub fn joined(&self, n: &str) -> String {
        let step = YEAR / self.people();
        format!("({} + ({n}) * {step})", self.now - 2 * YEAR)
    }

    /// The id of the `n`th person. The first are known to the most.
    pub fn person(&self, n: &str) -> String {
        self.id(Thing::Person, &self.joined(n), n)
    }

    /// Somebody, known or not.
    pub fn anybody(&self, n: &str, salt: i64) -> String {
        format!("({} % {})", draw(n, salt), self.people())
    }

    /// Somebody, the more likely the better known they are.
    pub fn somebody_known(&self, n: &str, salt: i64) -> String {
        rather_few(&draw(n, salt), &self.people().to_string())
    }

    /// The `k`th of people who are all different, of whom `first` is one: those `step` further on
    /// each. `step` times their number is less than all people.
    pub fn one_of(&self, first: &str, step: &str, k: &str) -> String {
        format!("(({first} + ({k}) * {step}) % {})", self.people())
    }

    /// The id of a thing, from when it happened and its number among those of its kind. Ordered as
    /// ids of the program are (UUIDv7): by time, in microseconds; then by number.
    pub fn id(&self, thing: Thing, at: &str, n: &str) -> String {
        let hex = self.id_hex(thing, at, n);
        match self.backend {
            DbBackend::Postgres => format!("({hex})::uuid"),
            _ => format!("unhex({hex})"),
        }
    }

    /// An id as texts name it.
    pub fn id_text(&self, thing: Thing, at: &str, n: &str) -> String {
        let hex = self.id_hex(thing, at, n);
        let part = |from: u8, long: u8| format!("substr({hex}, {from}, {long})");
        let parts =
            [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)].map(|(from, long)| part(from, long));
        format!("({})", parts.join(" || '-' || "))
    }

    fn id_hex(&self, thing: Thing, at: &str, n: &str) -> String {
        let kind = (thing as i64) << 56;
        let parts = [
            self.hex(&format!("({at}) / 1000"), 12),
            // The version, and the microseconds.
            self.hex(&format!("{} + ({at}) % 1000", 0x7000), 4),
            // The variant: the highest bit of a whole number is its sign.
            self.hex(&format!("-9223372036854775807 - 1 + {kind} + ({n})"), 16),
        ];
        format!("({})", parts.join(" || "))
    }

    /// An id by which the `n`th thing goes outside: nothing of when it was made is in it.
    pub fn outside(&self, n: &str, salt: i64) -> String {
        let drawn = |more: i64| draw(n, salt + more);
        let parts = [
            // Another one for every number: this alone makes it the only one.
            self.hex(&spread(n, salt), 8),
            self.hex(&format!("{} % 65536", drawn(0)), 4),
            self.hex(&format!("{} + {} % 4096", 0x4000, drawn(1)), 4),
            self.hex(&format!("{} + {} % 4096", 0xa000, drawn(2)), 4),
            self.hex(&format!("{} % 65536", drawn(3)), 4),
            self.hex(&drawn(4), 8),
        ];
        let hex = parts.join(" || ");
        match self.backend {
            DbBackend::Postgres => format!("({hex})::uuid"),
            _ => format!("unhex({hex})"),
        }
    }

    fn hex(&self, number: &str, digits: u8) -> String {
        match self.backend {
            DbBackend::Postgres => format!("lpad(to_hex({number}), {digits}, '0')"),
            _ => format!("printf('%0{digits}x', {number})"),
        }
    }

    /// The smaller of two.
    pub fn least(&self, a: &str, b: &str) -> String {
        match self.backend {
            DbBackend::Postgres => format!("least({a}, {b})"),
            _ => format!("min({a}, {b})"),
        }
    }

    /// The larger of two.
    pub fn greatest(&self, a: &str, b: &str) -> String {
        match self.backend {
            DbBackend::Postgres => format!("greatest({a}, {b})"),
            _ => format!("max({a}, {b})"),
        }
    }

    /// A table of `numbers`, as `n`.
    pub fn numbers(&self, numbers: &Numbers) -> String {
        let (first, last) = (numbers.start, numbers.end - 1);
        match self.backend {
            DbBackend::Postgres => {
                format!("generate_series({first}::bigint, {last}) AS numbers(n)")
            }
            _ => format!(
                "(WITH RECURSIVE numbers(n) AS (SELECT {first} WHERE {first} <= {last} \
                 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) SELECT n FROM numbers)"
            ),
        }
    }

    /// Joins each row with the numbers from 0 on that are less than its `count`, as `key` of a table
    /// named `each`. On SQLite that has columns besides, `id` and `value` among them.
    pub fn each(&self, count: &str, each: &str) -> String {
        match self.backend {
            DbBackend::Postgres => {
                format!(
                    "CROSS JOIN LATERAL generate_series(0::bigint, ({count}) - 1) AS {each}(key)"
                )
            }
            // An array of so many zeros: two digits of each byte.
            _ => format!(
                "CROSS JOIN json_each('[' || rtrim(replace(hex(zeroblob({count})), '00', '0,'), ',') \
                 || ']') AS {each}"
            ),
        }
    }

    /// The rows of `sql`, each of whose columns is computed once, as a table named `drawn`.
    pub fn once(&self, sql: &str) -> String {
        match self.backend {
            DbBackend::Postgres => format!("({sql} OFFSET 0) AS drawn"),
            _ => format!("({sql} LIMIT -1) AS drawn"),
        }
    }

    /// The rows of the statement's one parameter, an array of arrays, as a table named `listed`: their
    /// `columns` are texts, unless their names begin with `#`.
    pub fn listed(&self, columns: &[&str]) -> String {
        let (value, from) = match self.backend {
            DbBackend::Postgres => ("v", "json_array_elements($1::json) AS e(v)"),
            _ => ("value", "json_each($1)"),
        };
        let column = |(n, name): (usize, &&str)| match name.strip_prefix('#') {
            Some(name) => format!("CAST({value} ->> {n} AS bigint) AS {name}"),
            None => format!("{value} ->> {n} AS {name}"),
        };
        let columns: Vec<_> = columns.iter().enumerate().map(column).collect();
        format!("(SELECT {} FROM {from}) AS listed", columns.join(", "))
    }

    /// Runs a statement, and says how many rows it wrote.
    pub async fn write(&self, txn: &Txn, sql: &str, listed: Option<Value>) -> Result<u64> {
        let values = listed.map(|rows| rows.to_string().into());
        let statement = Statement::from_sql_and_values(self.backend, sql, values);
        Ok(txn.execute_raw(statement).await?.rows_affected())
    }
}

/// The `n`th person lets followers in one by one.
pub fn is_private(n: &str) -> String {
    format!("(({n}) % {PRIVATE_OF} = {PRIVATE})")
}

/// A number below 2³¹ - 1, another one for every `n` below that.
fn spread(n: &str, salt: i64) -> String {
    format!("((({n}) * 48271 + {}) % {PRIME})", salt * 1_000_003)
}

/// Chance: a number below 2³¹ - 1 that looks drawn, always the same for `n`. Who draws twice for
/// one number does it with another `salt`.
pub fn draw(n: &str, salt: i64) -> String {
    let x = spread(n, salt);
    format!(
        "({x} * ({x} + {}) % {PRIME} * 16807 % {PRIME})",
        salt * 7 + 11
    )
}

/// Makes a number below `top` from a drawn one: half of them are below a quarter of it.
pub fn rather_few(drawn: &str, top: &str) -> String {
    format!("({drawn} * {drawn} / {PRIME} * ({top}) / {PRIME})")
}

/// The same, half of them below an eighth.
pub fn few(drawn: &str, top: i64) -> String {
    format!("({drawn} * {drawn} / {PRIME} * {drawn} / {PRIME} * {top} / {PRIME})")
}
