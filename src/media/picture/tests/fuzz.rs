//! Broken files of all kinds: nothing panics, and what is accepted keeps the limits.

use std::io::Cursor;

use proptest::prelude::*;

use super::files;
use crate::media::picture::{Format, Limits, blank_metadata, look, make};

/// Small, so that a header that lies is noticed.
const LIMITS: Limits = Limits {
    pixels: 40_000,
    frames: 8,
    frame_pixels: 100_000,
};

/// One change to a file; places are shares of its length.
#[derive(Clone, Debug)]
enum Change {
    Flip(u16, u8),
    Set(u16, u8),
    Cut(u16),
    Insert(u16, Vec<u8>),
    Remove(u16, u8),
    Repeat(u16, u8),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<u16>(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, 1 << bit)),
        3 => (any::<u16>(), prop_oneof![Just(0), Just(0xFF), Just(0x7F), any::<u8>()])
            .prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => any::<u16>().prop_map(Change::Cut),
        1 => (any::<u16>(), prop::collection::vec(any::<u8>(), 1..40))
            .prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => (any::<u16>(), any::<u8>()).prop_map(|(at, len)| Change::Remove(at, len)),
        1 => (any::<u16>(), any::<u8>()).prop_map(|(at, len)| Change::Repeat(at, len)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let place = |at: u16| usize::from(at) * bytes.len() / 65_536;
    match change {
        Change::Flip(at, bit) => {
            let at = place(*at);
            bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= bit);
        }
        Change::Set(at, value) => {
            let at = place(*at);
            bytes
                .get_mut(at)
                .into_iter()
                .for_each(|byte| *byte = *value);
        }
        Change::Cut(at) => bytes.truncate(place(*at)),
        Change::Insert(at, more) => {
            let at = place(*at);
            bytes.splice(at..at, more.iter().copied()).for_each(drop);
        }
        Change::Remove(at, len) => {
            let at = place(*at);
            let end = (at + usize::from(*len)).min(bytes.len());
            bytes.drain(at..end).for_each(drop);
        }
        Change::Repeat(at, len) => {
            let at = place(*at);
            let end = (at + usize::from(*len)).min(bytes.len());
            let part = bytes[at..end].to_vec();
            bytes.splice(at..at, part).for_each(drop);
        }
    }
}

/// Does everything that is done to a file, whatever it is.
fn feed(bytes: &[u8], format: Format) -> Result<(), TestCaseError> {
    if let Ok(look) = look(bytes, format, LIMITS) {
        prop_assert!(u64::from(look.width) * u64::from(look.height) <= LIMITS.pixels);
    }
    if format.is_video() {
        let mut file = Cursor::new(bytes.to_vec());
        let done = blank_metadata(&mut file, bytes.len() as u64);
        let after = file.into_inner();
        prop_assert_eq!(after.len(), bytes.len());
        prop_assert!(done.is_ok() || after == bytes);
        return Ok(());
    }
    if let Ok(made) = make(bytes, format, LIMITS) {
        prop_assert!(u64::from(made.width) * u64::from(made.height) <= LIMITS.pixels);
        prop_assert_eq!(Format::sniff(&made.original.bytes), Some(format));
        for (variant, it) in &made.variants {
            let longer = it.width.max(it.height);
            prop_assert!(longer <= variant.side() && it.width <= made.width);
        }
    }
    Ok(())
}

/// As many cases as are worth a test run; set `PROPTEST_CASES` for more.
fn cases() -> ProptestConfig {
    let cases = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default().cases,
        None => 2_000,
    };
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn a_broken_file_is_refused_or_read_and_never_panics() {
    let all = files::all();
    let changed = (0..all.len(), prop::collection::vec(change(), 1..6));
    proptest!(cases(), |((which, changes) in changed)| {
        let (format, mut bytes) = all[which].clone();
        changes.iter().for_each(|change| apply(&mut bytes, change));
        feed(&bytes, format)?;
    });
}

#[test]
fn noise_behind_a_right_beginning_never_panics() {
    let all = files::all();
    let noise = (
        0..all.len(),
        4..64_usize,
        prop::collection::vec(any::<u8>(), 0..400),
    );
    proptest!(cases(), |((which, kept, noise) in noise)| {
        let (format, bytes) = &all[which];
        feed(&[&bytes[..kept], &noise].concat(), *format)?;
        let _ = Format::sniff(&noise);
    });
}
