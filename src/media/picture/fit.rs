//! From pixels to bytes: scaled down, encoded, and hashed.

use std::io::Cursor;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::{jpeg::JpegEncoder, png, webp::WebPEncoder};
use image::{DynamicImage, ImageResult, RgbImage, RgbaImage};
use webp::{Encoder, PixelLayout, WebPConfig};

use super::{Encoded, Failure, Format};

/// Of re-encoded JPEGs: what is lost on top of the first encoding is not seen.
pub(super) const JPEG_QUALITY: u8 = 88;
/// Of lossy WebP: variants are looked at in passing, an original is kept.
const VARIANT_QUALITY: f32 = 80.0;
const WEBP_QUALITY: f32 = 90.0;
/// The side of what is hashed: more detail than 4 by 3 components is not seen.
const HASHED: u32 = 32;

/// Scales a grey, RGB or RGBA picture so that its longer side has `side` pixels; a smaller one
/// stays as it is. A side never falls below one pixel.
pub(super) fn fit(image: &DynamicImage, side: u32) -> Result<DynamicImage, Failure> {
    let (width, height) = (image.width(), image.height());
    let longer = width.max(height);
    if longer <= side {
        return Ok(image.clone());
    }
    let scale = |n: u32| (f64::from(n) * f64::from(side) / f64::from(longer)).round() as u32;
    let (to_width, to_height) = (scale(width).max(1), scale(height).max(1));
    let pixels = match image {
        DynamicImage::ImageLuma8(_) => PixelType::U8,
        DynamicImage::ImageRgb8(_) => PixelType::U8x3,
        DynamicImage::ImageRgba8(_) => PixelType::U8x4,
        _ => return Err(Failure::Unreadable),
    };
    let from = ImageRef::new(width, height, image.as_bytes(), pixels);
    let from = from.map_err(|_| Failure::Unreadable)?;
    let mut to = Image::new(to_width, to_height, pixels);
    // Transparent pixels have a colour too, which must not bleed into others: alpha is used.
    let filter = ResizeAlg::Convolution(FilterType::CatmullRom);
    let options = ResizeOptions::new().resize_alg(filter).use_alpha(true);
    let done = Resizer::new().resize(&from, &mut to, &options);
    done.map_err(|_| Failure::Unreadable)?;
    let (size, bytes) = ((to_width, to_height), to.into_vec());
    let image = match pixels {
        PixelType::U8 => image::GrayImage::from_raw(size.0, size.1, bytes).map(Into::into),
        PixelType::U8x3 => RgbImage::from_raw(size.0, size.1, bytes).map(Into::into),
        _ => RgbaImage::from_raw(size.0, size.1, bytes).map(Into::into),
    };
    image.ok_or(Failure::Unreadable)
}

/// Encodes a picture in `format`: JPEG, PNG, or WebP (lossless or not).
pub(super) fn original(
    image: &DynamicImage,
    format: Format,
    is_lossless: bool,
) -> Result<Encoded, Failure> {
    let mut bytes = Cursor::new(Vec::new());
    let done: ImageResult<()> = match format {
        Format::Jpeg => {
            image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))
        }
        Format::Png => image.write_with_encoder(png::PngEncoder::new_with_quality(
            &mut bytes,
            png::CompressionType::Default,
            png::FilterType::Adaptive,
        )),
        Format::WebP if is_lossless => {
            image.write_with_encoder(WebPEncoder::new_lossless(&mut bytes))
        }
        Format::WebP => return webp(image, WEBP_QUALITY),
        _ => return Err(Failure::WrongType),
    };
    done.map_err(|_| Failure::Unreadable)?;
    Ok(Encoded::new(format, bytes.into_inner(), image))
}

/// Encodes a variant: WebP, lossy.
pub(super) fn variant(image: &DynamicImage) -> Result<Encoded, Failure> {
    webp(image, VARIANT_QUALITY)
}

fn webp(image: &DynamicImage, quality: f32) -> Result<Encoded, Failure> {
    let (width, height) = (image.width(), image.height());
    let rgb;
    let (bytes, layout): (&[u8], _) = match image {
        DynamicImage::ImageRgb8(image) => (image, PixelLayout::Rgb),
        DynamicImage::ImageRgba8(image) => (image, PixelLayout::Rgba),
        image => {
            rgb = image.to_rgb8();
            (&rgb, PixelLayout::Rgb)
        }
    };
    let mut config = WebPConfig::new().map_err(|()| Failure::Unreadable)?;
    config.quality = quality;
    // Of 0 (fast) to 6: beyond it, minutes buy a few percent.
    config.method = 3;
    let done = Encoder::new(bytes, layout, width, height).encode_advanced(&config);
    let bytes = done.map_err(|_| Failure::Unreadable)?.to_vec();
    Ok(Encoded::new(Format::WebP, bytes, image))
}

/// The blurhash, 4 by 3 components, of a picture that [`fit`] has made small; transparency over
/// white.
pub(super) fn blurhash(image: &DynamicImage) -> Result<String, Failure> {
    let mut small = fit(image, HASHED)?.into_rgba8();
    for pixel in small.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        let over = |colour: u32| ((colour * alpha + 255 * (255 - alpha)) / 255) as u8;
        pixel.0 = [over(red), over(green), over(blue), 255];
    }
    let (width, height) = small.dimensions();
    blurhash::encode(4, 3, width, height, &small).map_err(|_| Failure::Unreadable)
}
