//! Choices that proptest makes, shrinks and repeats, and the changes that make noise of what is well
//! formed.

use proptest::{collection::vec, prelude::*};

/// Choices, one after the other. When they have all been made, the first of everything is chosen,
/// so that whatever is grown from them ends.
pub struct Choices<'a>(std::slice::Iter<'a, u16>);

impl<'a> Choices<'a> {
    pub fn new(made: &'a [u16]) -> Self {
        Self(made.iter())
    }

    pub fn are_spent(&self) -> bool {
        self.0.len() == 0
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0.next().map_or(0, |choice| usize::from(*choice) % n)
    }

    /// Once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    pub fn of<'b, T>(&mut self, all: &'b [T]) -> &'b T {
        &all[self.below(all.len())]
    }
}

/// Up to `most` choices.
pub fn choices(most: usize) -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), 0..most)
}

/// Texts that readers of text get wrong.
pub const ODD: [&str; 40] = [
    "",
    " ",
    "\0",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\t",
    "\n",
    "\r",
    "\u{feff}",
    "\u{2028}",
    "\u{202e}",
    "\u{200d}",
    "\u{fffd}",
    "\u{10ffff}",
    "👩‍👩‍👧",
    "🏳️‍🌈",
    "ß",
    "İ",
    "ﬁ",
    "e\u{301}\u{301}",
    "\\",
    "\"",
    "'",
    "`",
    "%",
    "_",
    "%00",
    "..",
    "../",
    "<script>",
    "javascript:alert(1)",
    "'; DROP TABLE post; --",
    "$1",
    "${x}",
    "{{",
    "NaN",
    "-0",
    "1e999",
    "null",
];

/// A text: odd ones, some that repeat, and any.
pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(&ODD[..]).prop_map(str::to_owned),
        "\\PC{0,30}",
        ".{0,30}",
        (proptest::sample::select(&ODD[..]), 0..300_usize).prop_map(|(odd, n)| odd.repeat(n)),
    ]
}

/// One change to a text; places are shares of its length.
#[derive(Clone, Debug)]
pub enum Change {
    Flip(u16, u8),
    Cut(u16),
    Insert(u16, Vec<u8>),
    Remove(u16, u8),
    Swap(u16, u16, u8),
    Repeat(u16, u8, u16),
}

/// Changes to bytes.
pub fn changes(most: usize) -> impl Strategy<Value = Vec<Change>> {
    let piece = prop_oneof![
        text().prop_map(String::into_bytes),
        vec(any::<u8>(), 1..20),
        proptest::sample::select(&b"{}[]()$!@:|&=\"#.,-_+0123456789"[..]).prop_map(|b| vec![b]),
        "(\\{a|\\[|\\(a:|\\.\\.\\.|\"\"\"|\\.\\.\\.F0|@skip\\(if:true\\)|\\$v0|query|a:)"
            .prop_map(String::into_bytes),
    ];
    let change = prop_oneof![
        3 => (any::<u16>(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, 1 << bit)),
        1 => any::<u16>().prop_map(Change::Cut),
        3 => (any::<u16>(), piece).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        2 => (any::<u16>(), any::<u8>()).prop_map(|(at, len)| Change::Remove(at, len)),
        2 => (any::<u16>(), any::<u16>(), 1..40_u8).prop_map(|(a, b, len)| Change::Swap(a, b, len)),
        2 => (any::<u16>(), 1..40_u8, 1..600_u16)
            .prop_map(|(at, len, times)| Change::Repeat(at, len, times)),
    ];
    vec(change, 0..most)
}

/// The longest that repetition makes of anything.
const LONGEST: usize = 80_000;

/// `bytes` with `changes` made to them, in order.
pub fn changed(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for change in changes {
        apply(&mut bytes, change);
    }
    bytes
}

/// As [`changed`]; what is no text afterwards is replaced.
pub fn changed_text(text: &str, changes: &[Change]) -> String {
    String::from_utf8_lossy(&changed(text.as_bytes(), changes)).into_owned()
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let length = bytes.len();
    let place = |at: u16| usize::from(at) * (length + 1) / 65_536;
    let part = |at: u16, len: u8| place(at)..(place(at) + usize::from(len)).min(length);
    match change {
        Change::Flip(at, bit) => {
            if let Some(byte) = bytes.get_mut(place(*at)) {
                *byte ^= bit;
            }
        }
        Change::Cut(at) => bytes.truncate(place(*at)),
        Change::Insert(at, more) => {
            let at = place(*at);
            bytes.splice(at..at, more.iter().copied()).for_each(drop);
        }
        Change::Remove(at, len) => bytes.drain(part(*at, *len)).for_each(drop),
        Change::Swap(from, to, len) => {
            let moved: Vec<u8> = bytes.drain(part(*from, *len)).collect();
            let to = place(*to).min(bytes.len());
            bytes.splice(to..to, moved).for_each(drop);
        }
        Change::Repeat(at, len, times) => {
            let part = part(*at, *len);
            let repeated = bytes[part.clone()].repeat(usize::from(*times));
            bytes.splice(part, repeated).for_each(drop);
            bytes.truncate(LONGEST);
        }
    }
}
