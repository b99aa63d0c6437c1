//! `rookery privacy`.

use std::{fs, path::PathBuf};

use clap::{Args, Subcommand};

use crate::{
    app::{StartResult, personal_data},
    privacy::words,
};

#[derive(Subcommand)]
pub(super) enum Privacy {
    /// Print which table holds what about people, why, for how long, and whether it is in their
    /// copy.
    Map(MapArgs),
}

#[derive(Args)]
pub(super) struct MapArgs {
    /// Write it into this file, which is `SECURITY.md` in the project, in place of the one there.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

pub(super) fn run(command: &Privacy) -> StartResult<()> {
    let Privacy::Map(MapArgs { write }) = command;
    let personal = personal_data();
    let Some(file) = write else {
        print!("{}", words::map(&personal));
        return Ok(());
    };
    let wrong = |error| format!("{}: {error}", file.display());
    let document = fs::read_to_string(file).map_err(wrong)?;
    let document = words::with_map(&document, &personal);
    let document = document.ok_or_else(|| format!("{} has no map", file.display()))?;
    fs::write(file, document).map_err(wrong)?;
    println!("The map is in {}.", file.display());
    Ok(())
}
