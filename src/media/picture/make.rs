//! What an uploaded picture becomes.

use image::DynamicImage;

use super::{Failure, Format, Limits, avif, fit, gif, guard, look, pixels};

/// A form of a picture or film.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum)]
#[graphql(name = "MediaVariant")]
pub enum Variant {
    /// As it was uploaded, turned upright, and without what the camera noted in it.
    Original,
    /// A WebP whose longer side has at most 160 pixels: for lists, and beside names.
    Thumbnail,
    /// A WebP whose longer side has at most 480 pixels: for feeds on phones.
    Small,
    /// A WebP whose longer side has at most 1,280 pixels: for a picture on its own.
    Large,
    /// A WebP of at most 1,280 pixels: the first picture of a GIF, to show before it plays.
    Poster,
}

impl Variant {
    /// All of them, the original first.
    pub const ALL: [Self; 5] = [
        Self::Original,
        Self::Thumbnail,
        Self::Small,
        Self::Large,
        Self::Poster,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Thumbnail => "thumbnail",
            Self::Small => "small",
            Self::Large => "large",
            Self::Poster => "poster",
        }
    }

    /// The longest that the longer side may be, in pixels.
    pub(super) fn side(self) -> u32 {
        match self {
            Self::Original => u32::MAX,
            Self::Thumbnail => 160,
            Self::Small => 480,
            Self::Large | Self::Poster => 1_280,
        }
    }
}

/// An encoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

impl Encoded {
    pub(super) fn new(format: Format, bytes: Vec<u8>, image: &DynamicImage) -> Self {
        Self {
            content_type: format.content_type(),
            bytes,
            width: image.width(),
            height: image.height(),
        }
    }
}

/// A picture made fit to be shown to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// In the format it came in, with nothing in it but the picture.
    pub original: Encoded,
    /// Thumbnail, small and large, and of a GIF the poster too, whatever the size of the original.
    /// AVIF has none.
    pub variants: Vec<(Variant, Encoded)>,
    /// As shown: the orientation is applied.
    pub width: u32,
    pub height: u32,
    /// 4 by 3 components. AVIF has none.
    pub blurhash: Option<String>,
    /// Of an animated GIF: once through all frames.
    pub duration_ms: Option<i64>,
}

/// Re-encodes a picture in its own format and makes its variants.
///
/// Nothing but pixels passes: EXIF, GPS, XMP, profiles, comments and bytes behind the end are gone.
/// EXIF's orientation is applied first, and wide-gamut colours become sRGB.
///
/// - JPEG: quality 88. WebP: lossless stays so, else quality 90.
/// - Animated PNG and WebP: the default picture, the first frame.
/// - GIF: frames, delays and the loop count stay; variants are of the first frame.
/// - AVIF: no decoder without system libraries is to be had, so the coded picture is kept as it is
///   in a new file without metadata, and there are neither variants nor a blurhash.
///
/// Peak memory, besides `bytes` and what is returned: about 4 bytes a pixel for JPEG (10 if
/// progressive), 6 for PNG (8 with transparency) and 9 for WebP; twice the canvas's 4 for a GIF;
/// the file's size for AVIF.
///
/// # Errors
/// `WrongType` if the bytes are of another format, or for MP4 and WebM; `TooLarge` beyond `limits`;
/// `Unreadable` for what is malformed, or cut.
pub fn make(bytes: &[u8], format: Format, limits: Limits) -> Result<Made, Failure> {
    if format.is_video() {
        return Err(Failure::WrongType);
    }
    let look = look::look(bytes, format, limits)?;
    match format {
        Format::Gif => gif::make(bytes, limits),
        Format::Avif => avif::make(bytes, limits),
        Format::WebP => {
            let webp = guard::webp(bytes, look).ok_or(Failure::Unreadable)?;
            still(bytes, format, limits, webp.is_lossless)
        }
        _ => still(bytes, format, limits, false),
    }
}

fn still(bytes: &[u8], format: Format, limits: Limits, is_lossless: bool) -> Result<Made, Failure> {
    let image = pixels::decode(bytes, format, limits)?;
    let original = fit::original(&image, format, is_lossless)?;
    finish(
        original,
        image,
        &[Variant::Thumbnail, Variant::Small, Variant::Large],
    )
}

/// Makes variants of `image`, in the order given, each one from the next larger.
pub(super) fn finish(
    original: Encoded,
    image: DynamicImage,
    variants: &[Variant],
) -> Result<Made, Failure> {
    let (width, height) = (original.width, original.height);
    let mut source = fit::fit(&image, Variant::Large.side())?;
    drop(image);
    let mut made = Vec::new();
    for variant in variants.iter().rev() {
        source = fit::fit(&source, variant.side())?;
        made.push((*variant, fit::variant(&source)?));
    }
    made.reverse();
    Ok(Made {
        original,
        variants: made,
        width,
        height,
        blurhash: Some(fit::blurhash(&source)?),
        duration_ms: None,
    })
}
