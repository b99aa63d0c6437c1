//! Making an upload ready: from what was uploaded to what is served.

use tokio::task::spawn_blocking;

use super::{
    FailureReason,
    commands::{self, Made},
    entity::media,
    objects::{Told, raw, served},
    picture::{self, Failure, Limits, Variant},
    policy::{MAX_FILM, MAX_PICTURE},
};
use crate::{
    error::{Error, Result},
    platform::{
        Platform, crash,
        store::{self, Store},
    },
};

/// What has become of an upload.
type Outcome = Result<Made, FailureReason>;

/// Makes an upload ready, writes what is served into the store, and says what it has become.
/// `None` where it is not wanted any more.
///
/// # Errors
/// UNAVAILABLE where the store does not answer: to be tried again, however often. What fails
/// otherwise is tried again a few times.
pub(super) async fn make(
    p: &Platform,
    store: &Store,
    row: &media::Model,
) -> Result<Option<Outcome>> {
    if !commands::begin(p, row.id).await? {
        return Ok(None);
    }
    crash::point("making");
    let made = match row.format.is_video() {
        true => film(store, row).await,
        false => picture(store, row).await,
    };
    match made {
        Ok(made) => Ok(Some(Ok(made))),
        Err(Trouble::Upload(reason)) => Ok(Some(Err(reason))),
        Err(Trouble::Store(error)) => {
            if error.is_unavailable() {
                commands::rest(p, row.id).await?;
            }
            Err(error.into())
        }
        Err(Trouble::Other(error)) => Err(error),
    }
}

/// Why an upload is not ready.
enum Trouble {
    /// It is broken, or not what it was announced as.
    Upload(FailureReason),
    Store(store::Error),
    Other(Error),
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Upload(failure.into())
    }
}

/// Runs what takes seconds apart from requests. A panic in a decoder is the picture's fault.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Trouble> {
    match spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(ended) if ended.is_panic() => Err(Failure::Unreadable.into()),
        Err(ended) => Err(Trouble::Other(Error::internal(ended))),
    }
}

/// Where an upload lies, and which bytes it is.
async fn uploaded(store: &Store, row: &media::Model) -> Result<(String, store::Object), Trouble> {
    let key = raw(row);
    let object = store.head(&key).await?;
    let object = object.ok_or(Trouble::Upload(FailureReason::Missing))?;
    Ok((key, object))
}

fn bytes(most: i64) -> u64 {
    u64::try_from(most).unwrap_or(u64::MAX)
}

async fn picture(store: &Store, row: &media::Model) -> Result<Made, Trouble> {
    let (key, object) = uploaded(store, row).await?;
    if object.byte_size > bytes(MAX_PICTURE) {
        return Err(Trouble::Upload(FailureReason::WrongSize));
    }
    let came = store.read(&key, bytes(MAX_PICTURE), &object.etag).await?;
    let format = row.format;
    let made = apart(move || picture::make(&came, format, Limits::default())).await?;
    // What was pressed small by means that are not ours may be large when it is written anew.
    if made.original.bytes.len() as u64 > bytes(MAX_FILM) {
        return Err(Trouble::Upload(FailureReason::TooLarge));
    }
    Ok(write_forms(store, row, &made).await?)
}

/// Writes every form of a picture to where it is served from, its original last.
pub(crate) async fn write_forms(
    store: &Store,
    row: &media::Model,
    made: &picture::Made,
) -> store::Result<Made> {
    let forms = made.variants.iter().map(|(variant, form)| (*variant, form));
    let forms = forms.chain([(Variant::Original, &made.original)]);
    for (variant, form) in forms {
        let told = Told::of(row, variant);
        for key in served(row, variant) {
            store.write(&key, &told.stored(), &form.bytes).await?;
            crash::point("making-one");
        }
    }
    Ok(Made {
        byte_size: i64::try_from(made.original.bytes.len()).unwrap_or(i64::MAX),
        width: made.width,
        height: made.height,
        duration_ms: made.duration_ms,
        has_variants: !made.variants.is_empty(),
        blurhash: made.blurhash.clone(),
    })
}

/// A film passes through a file, in which what tells of its maker is blanked.
async fn film(store: &Store, row: &media::Model) -> Result<Made, Trouble> {
    let (key, object) = uploaded(store, row).await?;
    if object.byte_size > bytes(MAX_FILM) {
        return Err(Trouble::Upload(FailureReason::WrongSize));
    }
    let other = |error: std::io::Error| Trouble::Other(Error::internal(error));
    let file = tempfile::NamedTempFile::new().map_err(other)?;
    let byte_size = store.download(&key, file.path(), bytes(MAX_FILM)).await?;
    let mut opened = file.reopen().map_err(other)?;
    let (format, limits) = (row.format, Limits::default());
    let look = apart(move || {
        let look = picture::look_in(&mut opened, byte_size, format, limits)?;
        picture::blank_metadata(&mut opened, byte_size)?;
        Ok(look)
    })
    .await?;
    let told = Told::of(row, Variant::Original);
    for key in served(row, Variant::Original) {
        store.upload(&key, &told.stored(), file.path()).await?;
    }
    Ok(Made {
        byte_size: i64::try_from(byte_size).unwrap_or(i64::MAX),
        width: look.width,
        height: look.height,
        duration_ms: look.duration_ms,
        has_variants: false,
        blurhash: None,
    })
}
