//! MP4 and WebM.

use std::io::Cursor;

use super::files::{self, SECRET};
use super::tells;
use crate::media::picture::{Failure, Format, Limits, blank_metadata, look};

fn blanked(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut file = Cursor::new(bytes.to_vec());
    blank_metadata(&mut file, bytes.len() as u64).map(|()| file.into_inner())
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|it| it == part)
}

#[test]
fn size_and_duration_are_read_from_the_headers() {
    let limits = Limits::default();
    let mp4 = look(&files::mp4(), Format::Mp4, limits).unwrap();
    assert_eq!(
        (mp4.width, mp4.height, mp4.duration_ms),
        (48, 64, Some(1500))
    );
    let webm = look(&files::webm(false), Format::WebM, limits).unwrap();
    assert_eq!(
        (webm.width, webm.height, webm.duration_ms),
        (64, 48, Some(1500))
    );
    // Without an end: the last block's time, 200 + 40 ms.
    let live = look(&files::webm(true), Format::WebM, limits).unwrap();
    assert_eq!(
        (live.width, live.height, live.duration_ms),
        (64, 48, Some(240))
    );
    let tight = Limits {
        pixels: 100,
        ..limits
    };
    assert_eq!(
        look(&files::mp4(), Format::Mp4, tight),
        Err(Failure::TooLarge)
    );
}

#[test]
fn what_is_not_picture_or_sound_is_blanked_in_place() {
    for bytes in [files::mp4(), files::webm(false), files::webm(true)] {
        let format = Format::sniff(&bytes).unwrap();
        let clean = blanked(&bytes).unwrap();
        assert_eq!(clean.len(), bytes.len());
        assert!(!tells(&clean), "{format:?}");
        let time = b"\xE1\xE2\xE3\xE4";
        assert!(!has(&clean, time) && has(&bytes, time) == (format == Format::Mp4));
        let at = |bytes: &[u8]| bytes.windows(12).position(|part| part == b"PICTURE-DATA");
        assert_eq!(at(&clean), at(&bytes), "{format:?}");
        assert!(at(&clean).is_some());
        let (before, after) = (
            look(&bytes, format, Limits::default()).unwrap(),
            look(&clean, format, Limits::default()).unwrap(),
        );
        assert_eq!(before, after);
        // Nothing is left to do.
        assert_eq!(blanked(&clean).unwrap(), clean, "{format:?}");
    }
}

#[test]
fn a_refused_film_is_unchanged() {
    let mp4 = files::mp4();
    let cut = &mp4[..mp4.len() / 2];
    let mut file = Cursor::new(cut.to_vec());
    let failure = blank_metadata(&mut file, cut.len() as u64);
    assert_eq!(failure, Err(Failure::Unreadable));
    assert_eq!(file.into_inner(), cut);
}

#[test]
fn samples_outside_the_data_are_not_zeroed() {
    let mut mp4 = files::mp4();
    // The chunk of the track of positions is moved to the head of the file.
    let at = mp4.windows(4).rposition(|part| part == b"stco").unwrap();
    mp4[at + 12..at + 16].copy_from_slice(&[0, 0, 0, 4]);
    assert_eq!(blanked(&mp4), Err(Failure::Unreadable));
}

#[test]
fn a_fragmented_film_is_read_unless_it_has_other_tracks() {
    let moof = files::atom(
        b"moof",
        &[
            &files::atom(b"mfhd", &[&[0; 8]]),
            &files::atom(b"udta", &[SECRET]),
        ],
    );
    let mp4 = files::mp4();
    let at = mp4.windows(4).position(|part| part == b"mdat").unwrap() - 4;
    let fragmented = [&mp4[..at], &moof, &mp4[at..]].concat();
    assert_eq!(blanked(&fragmented), Err(Failure::Unreadable));
    let ftyp = files::atom(b"ftyp", &[b"iso5\0\0\x02\0iso5"]);
    let other = mp4.windows(4).rposition(|part| part == b"meta").unwrap();
    assert!(other > 0);
    let moov_at = mp4.windows(4).position(|part| part == b"moov").unwrap() - 4;
    let mut moov = mp4[moov_at..].to_vec();
    // The track of positions said to be one of sound.
    let handler = moov
        .windows(8)
        .position(|part| part == b"\0\0\0\0meta")
        .unwrap()
        + 4;
    moov[handler..handler + 4].copy_from_slice(b"soun");
    let mdat = files::atom(b"mdat", &[b"PICTURE-DATA"]);
    let clean = blanked(&[ftyp, moof, mdat, moov].concat()).unwrap();
    assert!(has(&clean, b"PICTURE-DATA") && !tells(&clean));
}

#[test]
fn other_files_are_of_the_wrong_type() {
    for bytes in [files::png(), files::avif(64, 48), b"PK\x03\x04".to_vec()] {
        assert_eq!(blanked(&bytes), Err(Failure::WrongType));
    }
}
