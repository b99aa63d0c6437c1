//! The formats taken, and how they are told apart.

use schemars::JsonSchema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A format that is taken. AVIF image sequences count as AVIF; QuickTime, HEIC, Matroska and
/// audio-only files are none of them.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "UPPERCASE", rename = "MediaFormat")]
pub enum Format {
    /// JPEG.
    #[sea_orm(string_value = "JPEG")]
    Jpeg,
    /// PNG.
    #[sea_orm(string_value = "PNG")]
    Png,
    /// WebP.
    #[sea_orm(string_value = "WEBP")]
    WebP,
    /// GIF, animated or not.
    #[sea_orm(string_value = "GIF")]
    Gif,
    /// AVIF.
    #[sea_orm(string_value = "AVIF")]
    Avif,
    /// A film in MP4.
    #[sea_orm(string_value = "MP4")]
    Mp4,
    /// A film in WebM.
    #[sea_orm(string_value = "WEBM")]
    WebM,
}

/// How many bytes of a file's head [`Format::sniff`] wants; fewer only if the file is shorter.
pub(super) const HEAD: u64 = 512;

/// Major brands of MP4 as cameras, phones and encoders write them.
const MP4: [&[u8; 4]; 16] = [
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41",
    b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"XAVC",
];

impl Format {
    /// All of them, pictures first.
    pub const ALL: [Self; 7] = [
        Self::Jpeg,
        Self::Png,
        Self::WebP,
        Self::Gif,
        Self::Avif,
        Self::Mp4,
        Self::WebM,
    ];

    /// The media type, without parameters.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
            Self::Mp4 => "video/mp4",
            Self::WebM => "video/webm",
        }
    }

    /// What file names end with, without a dot.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
            Self::Mp4 => "mp4",
            Self::WebM => "webm",
        }
    }

    /// Reads a media type without parameters, in any case.
    pub fn from_content_type(text: &str) -> Option<Self> {
        let is = |format: &Self| format.content_type().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(is)
    }

    pub fn is_video(self) -> bool {
        matches!(self, Self::Mp4 | Self::WebM)
    }

    /// What a file is by its first bytes: 512 are enough, fewer only if the file is shorter.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        if head.starts_with(&[0xFF, 0xD8, 0xFF]) {
            return Some(Self::Jpeg);
        }
        if head.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR") {
            return Some(Self::Png);
        }
        if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
            return Some(Self::Gif);
        }
        if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
            let first = head.get(12..16)?;
            let is_known = [b"VP8 ", b"VP8L", b"VP8X"].iter().any(|k| first == *k);
            return is_known.then_some(Self::WebP);
        }
        if head.get(4..8) == Some(b"ftyp") {
            return sniff_brands(head);
        }
        if head.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]) {
            return sniff_doc_type(head);
        }
        None
    }
}

/// The major brand decides; `mif1` and `msf1` say only "a picture in a box", and which codec it is
/// in stands among the compatible ones.
fn sniff_brands(head: &[u8]) -> Option<Format> {
    let size = u32::from_be_bytes(*head.first_chunk()?);
    let size = usize::try_from(size).ok()?;
    if size < 16 || !size.is_multiple_of(4) {
        return None;
    }
    let major: &[u8; 4] = head.get(8..)?.first_chunk()?;
    let others = head.get(16..size.min(head.len()))?;
    let has_avif = others.chunks_exact(4).any(|brand| brand == b"avif");
    match major {
        b"avif" | b"avis" => Some(Format::Avif),
        b"mif1" | b"msf1" if has_avif => Some(Format::Avif),
        major if MP4.contains(&major) => Some(Format::Mp4),
        _ => None,
    }
}

/// Finds the document type among the elements of the EBML header, whose names have two bytes.
fn sniff_doc_type(head: &[u8]) -> Option<Format> {
    let (_, mut rest) = ebml_size(head.get(4..)?)?;
    for _ in 0..16 {
        let (name, after) = rest.split_first_chunk::<2>()?;
        let (size, after) = ebml_size(after)?;
        if *name == [0x42, 0x82] {
            let text = after.get(..size)?;
            let end = text.iter().position(|b| *b == 0).unwrap_or(size);
            return (text.get(..end)? == b"webm").then_some(Format::WebM);
        }
        rest = after.get(size..)?;
    }
    None
}

/// A size of 1 to 8 bytes, and what follows it.
fn ebml_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let wide = bytes.first()?.leading_zeros() as usize + 1;
    let (size, rest) = bytes.split_at_checked(wide).filter(|_| wide <= 8)?;
    let size = size.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
    Some((usize::try_from(size & ((1 << (7 * wide)) - 1)).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_pretends_to_be_a_picture_is_nothing() {
        let wrong: [&[u8]; 13] = [
            b"",
            b"<!doctype html><img>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%PDF-1.7\n",
            b"PK\x03\x04\x14\0\0\0",
            b"MZ\x90\0\x03\0\0\0",
            b"\x7fELF\x02\x01\x01\0",
            b"BM\0\0\0\0\0\0",
            b"RIFF\x10\0\0\0WAVEfmt ",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
            b"\0\0\0\x14ftypM4A \0\0\0\0isom",
            b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska",
        ];
        for bytes in wrong {
            assert_eq!(Format::sniff(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn brands_and_document_types_decide() {
        let cases: [(&[u8], Format); 4] = [
            (b"\0\0\0\x18ftypmif1\0\0\0\0miafavif", Format::Avif),
            (b"\0\0\0\x14ftypavif\0\0\0\0mif1", Format::Avif),
            (b"\0\0\0\x14ftypisom\0\0\x02\0avc1", Format::Mp4),
            (b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm", Format::WebM),
        ];
        for (bytes, format) in cases {
            assert_eq!(Format::sniff(bytes), Some(format), "{bytes:?}");
        }
    }

    #[test]
    fn content_types_are_read_back_in_any_case() {
        for format in Format::ALL {
            let text = format.content_type().to_uppercase();
            assert_eq!(Format::from_content_type(&text), Some(format));
            assert_eq!(
                format.is_video(),
                format.content_type().starts_with("video/")
            );
        }
        assert_eq!(Format::from_content_type("image/svg+xml"), None);
    }
}
