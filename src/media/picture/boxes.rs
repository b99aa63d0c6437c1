//! The boxes of ISO base media files (ISO/IEC 14496-12), which MP4 and AVIF are made of.

use std::io::{Read, Seek};

use super::Failure;
use super::source::{Edit, Source};

/// A box: four letters, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Atom {
    pub(super) kind: [u8; 4],
    pub(super) start: u64,
    /// Where its content begins.
    pub(super) body: u64,
    pub(super) end: u64,
}

impl Atom {
    /// The changes that make it a `free` box full of zeros.
    pub(super) fn blank(&self) -> [Edit; 2] {
        let name = Edit::Write(self.start + 4, b"free".to_vec());
        [name, Edit::Zero(self.body..self.end)]
    }

    /// Where the content of a full box begins, after its version and flags.
    pub(super) fn full(&self) -> Result<u64, Failure> {
        let at = self.body + 4;
        (at <= self.end).then_some(at).ok_or(Failure::Unreadable)
    }
}

/// The box at `at`, which has to end at `end` at the latest.
///
/// # Errors
/// `Unreadable` if it does not.
pub(super) fn at(
    source: &mut Source<impl Read + Seek>,
    at: u64,
    end: u64,
) -> Result<Atom, Failure> {
    source.step()?;
    let size = source.u32(at)?;
    let kind = source.array(at + 4)?;
    let (size, header) = match size {
        // To the end of the file.
        0 if end == source.len => (end - at, 8),
        0 => return Err(Failure::Unreadable),
        1 => (source.u64(at + 8)?, 16),
        size => (u64::from(size), 8),
    };
    let stop = at.checked_add(size).filter(|stop| *stop <= end);
    let stop = stop.filter(|_| size >= header).ok_or(Failure::Unreadable)?;
    Ok(Atom {
        kind,
        start: at,
        body: at + header,
        end: stop,
    })
}

/// The boxes from `start` to `end`. Fewer bytes than a header at the end are let pass: QuickTime
/// ended lists with a zero.
///
/// # Errors
/// `Unreadable` if they do not fill it.
pub(super) fn within(
    source: &mut Source<impl Read + Seek>,
    mut start: u64,
    end: u64,
) -> Result<Vec<Atom>, Failure> {
    let mut atoms = Vec::new();
    while end.saturating_sub(start) >= 8 {
        let atom = at(source, start, end)?;
        start = atom.end;
        atoms.push(atom);
    }
    match start <= end {
        true => Ok(atoms),
        false => Err(Failure::Unreadable),
    }
}

/// The first box of a kind.
///
/// # Errors
/// `Unreadable` if there is none.
pub(super) fn find(atoms: &[Atom], kind: &[u8; 4]) -> Result<Atom, Failure> {
    let found = atoms.iter().find(|atom| &atom.kind == kind);
    found.copied().ok_or(Failure::Unreadable)
}
