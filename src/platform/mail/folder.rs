//! Letters as files, for a machine without a mail server.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use uuid::Uuid;

use super::{Letter, MailError};
use crate::clock::Clock;

/// One `.eml` file for each letter; their names sort as they were written.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Made when the first letter is written.
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) async fn write(
        &self,
        id: Uuid,
        letter: &Letter,
        bytes: Vec<u8>,
    ) -> Result<(), MailError> {
        let folder = self.0.clone();
        let file = folder.join(format!("{:016}-{id}.eml", Clock::System.now().0));
        let path = file.display().to_string();
        let written = tokio::task::spawn_blocking(move || write(&folder, &file, &bytes)).await;
        match written {
            Ok(Ok(())) => {
                let Letter { to, subject, .. } = letter;
                tracing::info!(
                    to,
                    subject,
                    path,
                    "A letter was written, not sent: see SMTP_URL."
                );
                Ok(())
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, path, "A letter cannot be written.");
                Err(MailError::outage("the letter cannot be written"))
            }
            Err(_) => Err(MailError::outage("the letter was not written")),
        }
    }
}

/// All of it or nothing, for the eyes of this user only.
fn write(folder: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut whole = NamedTempFile::new_in(folder)?;
    whole.write_all(bytes)?;
    whole.persist(file)?;
    Ok(())
}
