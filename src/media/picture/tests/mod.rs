//! What comes out of real files, and of broken ones.

mod files;
mod films;
mod fuzz;
mod stills;

use files::SECRET;

/// Whether something that was hidden in a file is still there.
fn tells(bytes: &[u8]) -> bool {
    let secrets: [&[u8]; 5] = [SECRET, b"Exif", b"PK\x03\x04", b"<html>", b"GPS"];
    let has = |secret: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
    secrets.into_iter().any(has)
}
