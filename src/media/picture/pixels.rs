//! From bytes to pixels: decoded, brought to 8 bits and sRGB, and turned the right way up.

use std::io::Cursor;

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{DynamicImage, ImageDecoder, ImageResult, Limits as Allocation};
use moxcms::{ColorProfile, Layout, TransformOptions};

use super::{Failure, Format, Limits, guard};

/// Bytes of a decoded pixel that [`Limits::pixels`] allows for. Deeper pictures (16 bits a
/// channel) may have as many fewer pixels.
const DEPTH: u64 = 4;

/// Decodes a JPEG, a PNG or a WebP; of an animated PNG or WebP the first frame. The result is
/// grey, RGB or RGBA of 8 bits each.
///
/// # Errors
/// `Unreadable`, also for what is cut; `TooLarge` for a deep picture; `WrongType` for another
/// format.
pub(super) fn decode(
    bytes: &[u8],
    format: Format,
    limits: Limits,
) -> Result<DynamicImage, Failure> {
    match format {
        Format::Jpeg => {
            let end = guard::jpeg_end(bytes).ok_or(Failure::Unreadable)?;
            let bytes = bytes.get(..end).ok_or(Failure::Unreadable)?;
            read(JpegDecoder::new(Cursor::new(bytes)), limits)
        }
        Format::Png => {
            let bare = guard::bare_png(bytes).ok_or(Failure::Unreadable)?;
            let allocation = allocation(limits);
            read(
                PngDecoder::with_limits(Cursor::new(bare), allocation),
                limits,
            )
        }
        Format::WebP => read(WebPDecoder::new(Cursor::new(bytes)), limits),
        _ => Err(Failure::WrongType),
    }
}

/// What a decoder may allocate: the pixels, and as much again for its own ends.
fn allocation(limits: Limits) -> Allocation {
    let mut allocation = Allocation::no_limits();
    allocation.max_alloc = Some(limits.pixels.saturating_mul(2 * DEPTH));
    allocation
}

fn read<D: ImageDecoder>(decoder: ImageResult<D>, limits: Limits) -> Result<DynamicImage, Failure> {
    let mut decoder = decoder.map_err(|_| Failure::Unreadable)?;
    let (width, height) = decoder.dimensions();
    limits.check(width, height)?;
    if decoder.total_bytes() > limits.pixels.saturating_mul(DEPTH) {
        return Err(Failure::TooLarge);
    }
    let allocation = allocation(limits);
    decoder
        .set_limits(allocation)
        .map_err(|_| Failure::Unreadable)?;
    // Broken metadata is no reason to refuse a picture.
    let orientation = decoder.orientation().ok();
    let profile = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder).map_err(|_| Failure::Unreadable)?;
    let mut image = flatten(image);
    if let Some(profile) = profile {
        to_srgb(&mut image, &profile);
    }
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok(image)
}

/// Grey, RGB or RGBA of 8 bits each.
fn flatten(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_) => {
            image
        }
        DynamicImage::ImageLuma16(_) => image.into_luma8().into(),
        image if image.color().has_alpha() => image.into_rgba8().into(),
        image => image.into_rgb8().into(),
    }
}

/// Brings a picture with a profile of three primaries and curves (Display P3, Adobe RGB) to sRGB.
/// Profiles with tables are printers' and scanners': they are dropped, as are broken ones.
fn to_srgb(image: &mut DynamicImage, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else {
        return;
    };
    let (layout, pixels): (_, &mut [u8]) = match image {
        DynamicImage::ImageRgb8(image) => (Layout::Rgb, image),
        DynamicImage::ImageRgba8(image) => (Layout::Rgba, image),
        _ => return,
    };
    if !profile.is_matrix_shaper() {
        return;
    }
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, options) else {
        return;
    };
    // A whole number of pixels of either layout, and little memory.
    let mut before = [0; 12 << 10];
    for after in pixels.chunks_mut(before.len()) {
        let Some(before) = before.get_mut(..after.len()) else {
            return;
        };
        before.copy_from_slice(after);
        if transform.transform(before, after).is_err() {
            after.copy_from_slice(before);
        }
    }
}
