//! What is done to uploaded pictures and films before anybody else sees them. Pure functions of
//! bytes: no database, no network, no async. They take seconds and hundreds of megabytes at the
//! limits, so run them on a blocking thread, one at a time.
//!
//! - [`Format::sniff`] tells what a file is; its name and its declared type are not asked.
//! - [`look`] and [`look_in`] read the size from headers, before anything is decoded.
//! - [`make`] re-encodes a still picture or an animated GIF and makes the smaller variants.
//! - [`blank_metadata`] blanks what an MP4 or a WebM tells besides picture and sound, in place.
//!
//! Films are not transcoded, and no frame is taken from them: the decoders of H.264, VP9 and AV1
//! are system libraries, or large C code that untrusted bytes had better not reach. They have no
//! poster.
//!
//! A panic in a decoder would be a defect, yet only that picture's: treat a panicked call as
//! [`Failure::Unreadable`].

mod avif;
mod boxes;
mod fit;
mod format;
mod gif;
mod guard;
mod look;
mod make;
mod mp4;
mod obu;
mod pixels;
mod source;
mod webm;

#[cfg(test)]
mod tests;

pub use format::Format;
pub use look::{Look, look, look_in};
pub use make::{Encoded, Made, Variant, make};
pub use source::blank_metadata;

/// How much one file may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of a picture, of a GIF's canvas, or of one frame of a film.
    pub pixels: u64,
    /// Frames of a GIF.
    pub frames: u32,
    /// Pixels of all frames of a GIF together: what bounds the seconds it takes.
    pub frame_pixels: u64,
}

impl Default for Limits {
    /// 50 Mpx; 1,000 frames of 200 Mpx together.
    fn default() -> Self {
        Self {
            pixels: 50_000_000,
            frames: 1_000,
            frame_pixels: 200_000_000,
        }
    }
}

impl Limits {
    /// # Errors
    /// `TooLarge` beyond the pixels; `Unreadable` for no pixels.
    fn check(self, width: u32, height: u32) -> Result<(), Failure> {
        match u64::from(width) * u64::from(height) {
            0 => Err(Failure::Unreadable),
            pixels if pixels > self.pixels => Err(Failure::TooLarge),
            _ => Ok(()),
        }
    }
}

/// Why a file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Truncated, malformed, or of a kind that is not read. Reading the file failed counts too.
    #[error("the file is not readable")]
    Unreadable,
    /// More pixels or frames than [`Limits`] allows.
    #[error("the picture is too large")]
    TooLarge,
    /// Not of the format that it was said to be, or one that this function does not take.
    #[error("the file is of another type")]
    WrongType,
}
