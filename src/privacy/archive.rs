//! Writes one archive into a file: a page of rows, or a part of a file, at a time.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Write},
};

use serde_json::{Map, Value};
use tempfile::NamedTempFile;
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::spawn_blocking,
};
use uuid::Uuid;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::words;
use crate::{
    error::{Error, Result},
    ids::{MediaId, PersonId},
    media::{self, objects::original, policy::MAX_FILM},
    personal::{Held, PersonalData},
    platform::{
        Platform,
        store::{self, Store},
    },
};

/// Uploads that are looked up at once.
const UPLOADS: u64 = 100;
/// Parts that may wait for the disk.
const WAITING: usize = 2;

/// Something to write next.
enum Part {
    /// A file begins.
    Begin(String),
    /// What comes next in it.
    Text(Vec<u8>),
    /// A whole file, which is pressed already.
    File(String, NamedTempFile),
}

/// Writes all that is held about `person` for their copy. The rows of a table are as they are while
/// it is read; several tables may differ by what happens meanwhile.
///
/// # Errors
/// UNAVAILABLE where the store does not answer.
pub(super) async fn build(
    p: &Platform,
    store: &Store,
    personal: &[&'static dyn PersonalData],
    person: PersonId,
) -> Result<NamedTempFile> {
    let archive = NamedTempFile::new().map_err(disk)?;
    let file = archive.reopen().map_err(disk)?;
    let (send, receive) = channel(WAITING);
    let writing = spawn_blocking(move || press(file, receive));
    let read = read(p, store, personal, person, Parts(send)).await;
    // Where the disk fails, reading fails too: the disk knows why.
    writing
        .await
        .map_err(Error::internal)?
        .map_err(|error| Error::internal(format!("an archive: {error}")))?;
    read?;
    Ok(archive)
}

/// Where parts go.
struct Parts(Sender<Part>);

impl Parts {
    async fn add(&self, part: Part) -> Result<()> {
        let ended = |_| Error::internal("an archive has ended");
        self.0.send(part).await.map_err(ended)
    }
}

async fn read(
    p: &Platform,
    store: &Store,
    personal: &[&'static dyn PersonalData],
    person: PersonId,
    parts: Parts,
) -> Result<()> {
    for held in words::copied(personal) {
        table(p, held, person, &parts).await?;
    }
    let missing = uploads(p, store, person, &parts).await?;
    let readme = words::readme(personal, &missing, p.now());
    parts.add(Part::Begin("README.txt".to_owned())).await?;
    parts.add(Part::Text(readme.into_bytes())).await
}

/// An array of rows, one on each line.
async fn table(p: &Platform, held: &Held, person: PersonId, parts: &Parts) -> Result<()> {
    parts.add(Part::Begin(words::file(held))).await?;
    let mut after = None;
    let mut lead = "[\n";
    loop {
        let page = held.page(p.db.background(), person, after.as_deref());
        let page = page.await?;
        if !page.rows.is_empty() {
            parts.add(Part::Text(lines(lead, &page.rows)?)).await?;
            lead = ",\n";
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let end = if lead == ",\n" { "\n]\n" } else { "[]\n" };
    parts.add(Part::Text(end.into())).await
}

fn lines(mut lead: &str, rows: &[Map<String, Value>]) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    for row in rows {
        text.extend_from_slice(lead.as_bytes());
        serde_json::to_writer(&mut text, row).map_err(Error::internal)?;
        lead = ",\n";
    }
    Ok(text)
}

/// The files that were uploaded. Says which the store does not have, though it should.
async fn uploads(
    p: &Platform,
    store: &Store,
    person: PersonId,
    parts: &Parts,
) -> Result<Vec<String>> {
    let (mut after, mut missing) = (MediaId(Uuid::nil()), Vec::new());
    loop {
        let db = p.db.background();
        let page = media::queries::originals(db, person, after, UPLOADS).await?;
        for row in &page {
            let (key, suffix) = original(row);
            let name = format!("media/{}.{suffix}", row.id);
            let file = NamedTempFile::new().map_err(disk)?;
            let most = u64::try_from(MAX_FILM).unwrap_or(u64::MAX);
            match store.download(&key, file.path(), most).await {
                Ok(_) => parts.add(Part::File(name, file)).await?,
                Err(store::Error::Missing) => {
                    tracing::warn!(media.id = %row.id, "A file is missing in the store.");
                    missing.push(name);
                }
                Err(error) => return Err(error.into()),
            }
        }
        match page.last() {
            Some(last) if page.len() as u64 == UPLOADS => after = last.id,
            _ => return Ok(missing),
        }
    }
}

/// Writes parts as they come, apart from requests.
fn press(file: File, mut parts: Receiver<Part>) -> zip::result::ZipResult<()> {
    let mut archive = ZipWriter::new(BufWriter::new(file));
    let options = SimpleFileOptions::default().unix_permissions(0o600);
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::Begin(name) => {
                let pressed = options.compression_method(CompressionMethod::Deflated);
                // Whatever its length comes to.
                archive.start_file(name, pressed.large_file(true))?;
            }
            Part::Text(text) => archive.write_all(&text)?,
            Part::File(name, file) => {
                let stored = options.compression_method(CompressionMethod::Stored);
                archive.start_file(name, stored)?;
                io::copy(&mut BufReader::new(file.reopen()?), &mut archive)?;
            }
        }
    }
    archive.finish()?.flush()?;
    Ok(())
}

/// A file of this machine: its name is not for the text.
fn disk(error: io::Error) -> Error {
    Error::internal(format!("a file: {}", error.kind()))
}
