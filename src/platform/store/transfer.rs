//! Objects to and from files, without holding more than some of their bytes.

use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;
use tokio::{
    fs::{self, File},
    io::{AsyncWriteExt as _, BufWriter},
};

use super::{
    Answers, Store, client,
    error::{Error, Result},
    objects::{CUT, length, within},
};

/// Bytes that are gathered before they are written.
const BUFFER: usize = 256 * 1024;

impl Store {
    /// Writes `key` into the file `path`, in place of what is there, and says how many bytes it
    /// has. The file is removed if that fails.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::TooLong`]: it has more than `max_bytes`.
    pub async fn download(&self, key: &str, path: &Path, max_bytes: u64) -> Result<u64> {
        let reading = async {
            let object = self.get(key, max_bytes, None).await?;
            let deadline = client::for_bytes(length(object.content_length()));
            within(deadline, receive(object.body, path, max_bytes)).await
        };
        let received = self.breaker.call(reading).await;
        if received.is_err() {
            // It may not have been made at all.
            drop(fs::remove_file(path).await);
        }
        received
    }

    /// Writes `key` from the file `path`, in place of what is there.
    pub async fn upload(&self, key: &str, answers: &Answers<'_>, path: &Path) -> Result<()> {
        let byte_size = fs::metadata(path).await.map_err(file)?.len();
        let body = ByteStream::from_path(path).await;
        let body = body.map_err(|_| Error::Other("a file cannot be read".to_owned()))?;
        self.put(key, answers, body, byte_size).await
    }
}

async fn receive(mut body: ByteStream, path: &Path, max_bytes: u64) -> Result<u64> {
    let opened = File::create(path).await.map_err(file)?;
    let mut writer = BufWriter::with_capacity(BUFFER, opened);
    let mut written = 0_u64;
    while let Some(chunk) = body.try_next().await.map_err(|_| CUT)? {
        written = written.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if written > max_bytes {
            return Err(Error::TooLong);
        }
        writer.write_all(&chunk).await.map_err(file)?;
    }
    writer.flush().await.map_err(file)?;
    Ok(written)
}

/// A file of this machine, not the store: its name is not for the text.
fn file(error: std::io::Error) -> Error {
    Error::Other(format!("a file: {}", error.kind()))
}
