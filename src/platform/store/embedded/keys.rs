//! The keys of the embedded store, made at its first start: signed URLs outlive a restart.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use crate::platform::store::place::Keys;

/// The file in the data folder: the id and the secret, a line each.
const FILE: &str = "store-keys";

/// The keys that are kept in the data folder, made now if there are none.
pub(super) fn kept(data_dir: &Path) -> Result<Keys, String> {
    let path = data_dir.join(FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(&path)?,
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    let mut lines = text.lines();
    match (lines.next(), lines.next()) {
        (Some(id), Some(secret)) if is_word(id, 20) && is_word(secret, 40) => Ok(Keys {
            id: id.to_owned(),
            secret: secret.parse().unwrap_or_else(|never| match never {}),
            token: None,
        }),
        _ => Err(format!(
            "{} holds no keys; remove it, and new ones are made (signed URLs end)",
            path.display()
        )),
    }
}

fn make(path: &Path) -> Result<String, String> {
    let text = format!("{}\n{}\n", random(10)?.to_uppercase(), random(20)?);
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(text)
}

/// As many random bytes, in hexadecimal.
fn random(bytes: usize) -> Result<String, String> {
    let mut raw = [0; 32];
    getrandom::fill(&mut raw).map_err(|error| error.to_string())?;
    let mut text = String::new();
    for byte in raw.iter().take(bytes) {
        write!(text, "{byte:02x}").map_err(|error| error.to_string())?;
    }
    Ok(text)
}

fn is_word(text: &str, length: usize) -> bool {
    text.len() == length && text.chars().all(|c| c.is_ascii_alphanumeric())
}
