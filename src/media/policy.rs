//! Rules of uploads that need no database.

use std::time::Duration;

use sea_orm::ActiveEnum;

use super::entity::media::{Format, Model, Purpose, Status};
use crate::{
    clock::Timestamp,
    error::{Code, Error, Result},
    ids::MediaId,
    text,
};

/// Most things that hang on one post or message.
pub const MAX_ATTACHED: usize = 10;
/// Most bytes of a picture.
pub const MAX_PICTURE: i64 = 20 << 20;
/// Most bytes of a film.
pub const MAX_FILM: i64 = 100 << 20;
/// Most bytes of all that one person keeps.
pub const QUOTA: i64 = 2 << 30;
/// Longest description, in characters.
const MAX_ALT_TEXT: usize = 1_000;

/// How long the address for an upload is good.
pub const UPLOAD: Duration = Duration::from_secs(10 * 60);
/// How long something may hang on nothing, or be announced without coming.
pub const LOOSE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long objects may still appear after nobody may write any more: uploads and makings that
/// began in time.
pub const AFTERMATH: Duration = Duration::from_secs(60 * 60);

/// The moments within which a private address stays the same.
const WINDOW: i64 = 5 * 60 * 1_000_000;
/// How long a private address is good from the begin of its window on: five to ten minutes.
pub const VIEW: Duration = Duration::from_secs(10 * 60);

/// The begin of the window of `now`.
pub fn window(now: Timestamp) -> Timestamp {
    Timestamp(now.0.div_euclid(WINDOW) * WINDOW)
}

/// What somebody wants to upload, in words that are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    pub purpose: Purpose,
    pub format: Format,
    pub byte_size: i64,
    pub alt_text: Option<String>,
}

impl Announcement {
    /// Checks what was announced.
    ///
    /// # Errors
    /// BAD_USER_INPUT at `contentType`, `byteSize` or `altText`.
    pub fn check(
        purpose: Purpose,
        content_type: &str,
        byte_size: i64,
        alt: Option<&str>,
    ) -> Result<Self> {
        let format = Format::from_content_type(content_type);
        let format = format.filter(|format| takes(purpose, *format));
        let format = format.ok_or_else(|| {
            let types: Vec<_> = Format::ALL
                .into_iter()
                .filter(|format| takes(purpose, *format))
                .map(Format::content_type)
                .collect();
            let say = format!("This takes one of {}.", types.join(", "));
            Error::bad_input("contentType", say)
        })?;
        let most = if format.is_video() {
            MAX_FILM
        } else {
            MAX_PICTURE
        };
        if !(1..=most).contains(&byte_size) {
            let say = format!("Upload 1 to {most} bytes of this type.");
            return Err(Error::bad_input("byteSize", say));
        }
        Ok(Self {
            purpose,
            format,
            byte_size,
            alt_text: alt_text(alt)?,
        })
    }
}

/// Films hang on posts and in messages alone.
fn takes(purpose: Purpose, format: Format) -> bool {
    !format.is_video() || matches!(purpose, Purpose::Post | Purpose::Message)
}

/// A description for those who do not see the picture; an empty one is none.
///
/// # Errors
/// BAD_USER_INPUT at `altText`.
pub fn alt_text(typed: Option<&str>) -> Result<Option<String>> {
    let checked = text::check("altText", typed.unwrap_or_default(), 0, MAX_ALT_TEXT)?;
    Ok((!checked.is_empty()).then_some(checked))
}

/// Whether `kept` bytes leave room for `more`.
///
/// # Errors
/// CONFLICT at `byteSize`.
pub fn fits_quota(kept: i64, more: i64) -> Result<()> {
    if kept.saturating_add(more) <= QUOTA {
        return Ok(());
    }
    let left = (QUOTA - kept).max(0);
    let say = format!("You keep {kept} bytes of media and have {left} left. Delete some first.");
    Err(Error::refused(Code::Conflict, say).at("byteSize"))
}

/// What an input has hang on one thing: each once, in its order.
///
/// # Errors
/// BAD_USER_INPUT at `path` for more than 10.
pub fn check_attached(ids: &[MediaId], path: &str) -> Result<Vec<MediaId>> {
    let mut once = Vec::new();
    for id in ids {
        if !once.contains(id) {
            once.push(*id);
        }
    }
    if once.len() > MAX_ATTACHED {
        let say = format!("Attach at most {MAX_ATTACHED}; these are {}.", once.len());
        return Err(Error::bad_input(path, say));
    }
    Ok(once)
}

/// What was uploaded for something else than where it is to hang.
pub fn wrong_purpose(was: Purpose, fits: Purpose, path: &str) -> Error {
    let (was, fits) = (was.to_value(), fits.to_value());
    let say = format!("This was uploaded for {was}; upload it for {fits}.");
    Error::bad_input(path, say)
}

/// Whether something is there to hang anywhere.
///
/// # Errors
/// CONFLICT at `path`.
pub fn may_attach(media: &Model, path: &str) -> Result<()> {
    let say = match media.status {
        Status::Processing | Status::Ready => return Ok(()),
        Status::Pending => "This is not uploaded yet: send its bytes, then call completeUpload.",
        Status::Failed => "This upload failed; `failureReason` says why. Upload it again.",
    };
    Err(Error::refused(Code::Conflict, say).at(path))
}
