//! GIF: the animation is kept, frame by frame, and nothing else.

use std::num::NonZeroU64;

use ::gif::{ColorOutput, DecodeOptions, Encoder, Frame, MemoryLimit, Repeat};
use image::{DynamicImage, RgbaImage};

use super::make::finish;
use super::{Encoded, Failure, Format, Limits, Look, Made, Variant};

/// Where a frame lies, and how long it is shown.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    /// Passes over a colour table, if the flags say that there is one.
    fn table(&mut self, flags: u8) {
        if flags & 0x80 != 0 {
            self.at += 3 << ((flags & 7) + 1);
        }
    }

    /// Passes over blocks of data up to the empty one.
    fn data(&mut self) -> Option<()> {
        loop {
            match self.byte()? {
                0 => return Some(()),
                len => self.at += usize::from(len),
            }
        }
    }
}

/// Reads size, frames and duration; the latter two are `None` if the file is cut.
///
/// # Errors
/// `TooLarge` for too many frames or pixels, `Unreadable` for a frame that leaves the canvas or a
/// block that is none.
pub(super) fn look(bytes: &[u8], limits: Limits) -> Result<Look, Failure> {
    let mut walk = Walk { bytes, at: 6 };
    let (Some(width), Some(height), Some(flags)) = (walk.word(), walk.word(), walk.byte()) else {
        return Err(Failure::Unreadable);
    };
    let mut look = Look::still(width.into(), height.into());
    limits.check(look.width, look.height)?;
    walk.at += 2;
    walk.table(flags);
    let (mut frames, mut pixels, mut delay, mut duration) = (0_u32, 0_u64, 0, 0_i64);
    while let Some(block) = walk.byte() {
        match block {
            // A graphic control; its length and flags go before the delay.
            0x21 if bytes.get(walk.at..walk.at + 2) == Some(&[0xF9, 4]) => {
                walk.at += 3;
                delay = walk.word().map_or(0, i64::from) * 10;
                walk.at += 1;
                let _cut = walk.data();
            }
            0x21 => {
                walk.at += 1;
                let _cut = walk.data();
            }
            0x2C => {
                let Some(size) = frame(&mut walk, look)? else {
                    break;
                };
                (frames, pixels) = (frames + 1, pixels + size);
                duration += std::mem::take(&mut delay);
                if frames > limits.frames || pixels > limits.frame_pixels {
                    return Err(Failure::TooLarge);
                }
            }
            0x3B if frames > 0 => {
                look.frames = Some(frames);
                look.duration_ms = (frames > 1).then_some(duration);
                break;
            }
            _ => return Err(Failure::Unreadable),
        }
    }
    Ok(look)
}

/// Passes over a frame and returns its pixels; `None` if it is cut.
fn frame(walk: &mut Walk, canvas: Look) -> Result<Option<u64>, Failure> {
    let mut words = || Some([walk.word()?, walk.word()?, walk.word()?, walk.word()?]);
    let Some([left, top, width, height]) = words().map(|words| words.map(u32::from)) else {
        return Ok(None);
    };
    let is_inside = left + width <= canvas.width && top + height <= canvas.height;
    if !is_inside || width == 0 || height == 0 {
        return Err(Failure::Unreadable);
    }
    let Some(flags) = walk.byte() else {
        return Ok(None);
    };
    walk.table(flags);
    // The code size.
    walk.at += 1;
    Ok(walk.data().map(|()| u64::from(width) * u64::from(height)))
}

/// Writes a GIF anew, frame by frame: palettes, positions, delays, disposal and the loop count are
/// kept, comments, texts and application data are not. One frame is in memory at a time.
///
/// # Errors
/// As [`look`]; `Unreadable` also if it is cut.
pub(super) fn make(bytes: &[u8], limits: Limits) -> Result<Made, Failure> {
    let look = look(bytes, limits)?;
    if look.frames.is_none() {
        return Err(Failure::Unreadable);
    }
    let mut first = None;
    let anew = rewrite(bytes, limits, &mut first).map_err(|_| Failure::Unreadable)?;
    let original = Encoded {
        content_type: Format::Gif.content_type(),
        bytes: anew,
        width: look.width,
        height: look.height,
    };
    let variants = [
        Variant::Thumbnail,
        Variant::Small,
        Variant::Large,
        Variant::Poster,
    ];
    let first = first.ok_or(Failure::Unreadable)?;
    let mut made = finish(original, first, &variants)?;
    made.duration_ms = look.duration_ms;
    Ok(made)
}

fn rewrite(
    bytes: &[u8],
    limits: Limits,
    first: &mut Option<DynamicImage>,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.check_frame_consistency(true);
    let memory = NonZeroU64::new(limits.pixels).unwrap_or(NonZeroU64::MIN);
    options.set_memory_limit(MemoryLimit::Bytes(memory));
    let mut decoder = options.read_info(bytes)?;
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let (width, height) = (decoder.width(), decoder.height());
    let mut encoder = Encoder::new(Vec::new(), width, height, &palette)?;
    let mut writes_repeat = true;
    while let Some(frame) = decoder.read_next_frame()? {
        if first.is_none() {
            *first = canvas(frame, &palette, (width, height));
        }
        let mut frame = frame.clone();
        // Rows are in order by now, and nobody is there to press a key.
        frame.interlaced = false;
        frame.needs_user_input = false;
        if std::mem::take(&mut writes_repeat) && decoder.repeat() != Repeat::Finite(0) {
            encoder.set_repeat(decoder.repeat())?;
        }
        encoder.write_frame(&frame)?;
    }
    Ok(encoder.into_inner()?)
}

/// The first frame as it is shown: on an otherwise transparent canvas.
fn canvas(frame: &Frame, global: &[u8], (width, height): (u16, u16)) -> Option<DynamicImage> {
    let palette = frame.palette.as_deref().unwrap_or(global);
    let mut canvas = RgbaImage::new(width.into(), height.into());
    let rows = frame.buffer.chunks_exact(frame.width.into());
    for (y, row) in (u32::from(frame.top)..).zip(rows) {
        for (x, index) in (u32::from(frame.left)..).zip(row) {
            let at = 3 * usize::from(*index);
            let colour = palette.get(at..at + 3);
            let (Some([red, green, blue]), true) = (colour, frame.transparent != Some(*index))
            else {
                continue;
            };
            let pixel = canvas.get_pixel_mut_checked(x, y)?;
            pixel.0 = [*red, *green, *blue, 255];
        }
    }
    Some(canvas.into())
}
