//! `rookery events schemas`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::Value;

use crate::{
    activity::schema::{self, ENDING},
    app::{StartResult, events},
};

#[derive(Args)]
pub(in crate::cli) struct SchemasArgs {
    /// Write them into this folder, which is `events` in the project.
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

pub(super) fn run(args: &SchemasArgs) -> StartResult<()> {
    let Some(dir) = &args.write else {
        let schemas: BTreeMap<_, _> = events()
            .iter()
            .map(|event| (event.kind.name, event.message()))
            .collect();
        let schemas = serde_json::to_string_pretty(&schemas).map_err(|e| e.to_string())?;
        println!("{schemas}");
        return Ok(());
    };
    let broken = schema::broken_promises(&committed(dir)?, &events());
    if !broken.is_empty() {
        return Err(format!(
            "nothing is written: {} keeps what consumers were promised, and the types break it.\n  \
             {}\nA kind that nobody has read yet may be changed: delete its file first.",
            dir.display(),
            broken.join("\n  ")
        ));
    }
    let wrong = |error| format!("cannot write into {}: {error}", dir.display());
    fs::create_dir_all(dir).map_err(wrong)?;
    let files = schema::files(&events());
    for (name, text) in &files {
        fs::write(dir.join(name), text).map_err(wrong)?;
    }
    println!("{} files are in {}.", files.len(), dir.display());
    Ok(())
}

/// The schemas that are in `dir`, by kind.
fn committed(dir: &Path) -> StartResult<BTreeMap<String, Value>> {
    let mut schemas = BTreeMap::new();
    let Ok(files) = fs::read_dir(dir) else {
        return Ok(schemas);
    };
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let Some(kind) = name.strip_suffix(ENDING) else {
            continue;
        };
        let text = fs::read_to_string(file.path()).map_err(|e| format!("{name}: {e}"))?;
        let schema = serde_json::from_str(&text).map_err(|e| format!("{name}: {e}"))?;
        schemas.insert(kind.to_owned(), schema);
    }
    Ok(schemas)
}
