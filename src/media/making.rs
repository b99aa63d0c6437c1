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
/// UNAVAILABLE where the store does not answer: to be tried again.
pub(super) async fn make(
    p: &Platform,
    store: &Store,
    row: &media::Model,
) -> Result<Option<Outcome>> {
    let made = match row.format.is_video() {
        true => film(p, store, row).await,
        false => picture(p, store, row).await,
    };
    match made {
        Err(Trouble::Store(store::Error::Missing)) => Ok(Some(Err(FailureReason::Missing))),
        Err(Trouble::Store(store::Error::TooLong)) => Ok(Some(Err(FailureReason::WrongSize))),
        Err(Trouble::Upload(failure)) => Ok(Some(Err(failure.into()))),
        Err(Trouble::Unwanted) => Ok(None),
        Err(Trouble::Store(error)) => Err(error.into()),
        Err(Trouble::Other(error)) => Err(error),
        Ok(made) => Ok(Some(Ok(made))),
    }
}

/// Why an upload is not ready.
enum Trouble {
    /// It is broken, or not what it was announced as.
    Upload(Failure),
    /// It was deleted meanwhile, or was begun too often.
    Unwanted,
    Store(store::Error),
    Other(Error),
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

async fn begin(p: &Platform, row: &media::Model) -> Result<(), Trouble> {
    let is_wanted = commands::begin(p, row.id).await?;
    crash::point("making");
    is_wanted.then_some(()).ok_or(Trouble::Unwanted)
}

/// Runs what takes seconds apart from requests. A panic in a decoder is the picture's fault.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Trouble> {
    let done = spawn_blocking(work).await;
    let done = done.unwrap_or(Err(Failure::Unreadable));
    done.map_err(Trouble::Upload)
}

async fn picture(p: &Platform, store: &Store, row: &media::Model) -> Result<Made, Trouble> {
    let key = raw(row);
    let object = store.head(&key).await?.ok_or(store::Error::Missing)?;
    let most = u64::try_from(MAX_PICTURE).unwrap_or(u64::MAX);
    let bytes = store.read(&key, most, &object.etag).await?;
    begin(p, row).await?;
    let format = row.format;
    let made = apart(move || picture::make(&bytes, format, Limits::default())).await?;
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
async fn film(p: &Platform, store: &Store, row: &media::Model) -> Result<Made, Trouble> {
    let file = tempfile::NamedTempFile::new().map_err(Error::internal)?;
    let most = u64::try_from(MAX_FILM).unwrap_or(u64::MAX);
    let byte_size = store.download(&raw(row), file.path(), most).await?;
    begin(p, row).await?;
    let (format, limits) = (row.format, Limits::default());
    let (look, file) = apart(move || {
        let mut opened = file.reopen().map_err(|_| Failure::Unreadable)?;
        let look = picture::look_in(&mut opened, byte_size, format, limits)?;
        picture::blank_metadata(&mut opened, byte_size)?;
        Ok((look, file))
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
