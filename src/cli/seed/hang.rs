//! Draws pictures, makes them what uploads become, and puts them into the store.

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use tokio::task::spawn_blocking;

use super::{
    draw::{draw, jpeg},
    pictures::{Drawing, Picture},
};
use crate::{
    error::{Error, Result},
    media::{
        Format,
        commands::Imported,
        making::write_forms,
        picture::{self, Limits, Made},
    },
    platform::store::Store,
};

/// How many drawings are under way at once.
const AT_ONCE: usize = 8;

/// Puts every form of `pictures` into the store. Their rows are not written.
pub(super) async fn hang(
    store: &Store,
    pictures: Vec<Picture>,
    bar: &ProgressBar,
) -> Result<Vec<Imported>> {
    bar.set_message("pictures");
    let prepared = store.prepare(&[]).await;
    if !prepared.is_ready {
        return Err(Error::internal(prepared.said.join(" ")));
    }
    let mut drawings: HashMap<Drawing, Vec<Imported>> = HashMap::new();
    for Picture { drawing, hung } in pictures {
        drawings.entry(drawing).or_default().push(hung);
    }
    let hung = stream::iter(drawings)
        .map(|(drawing, hung)| show(store, drawing, hung, bar))
        .buffer_unordered(AT_ONCE);
    let mut hung: Vec<_> = hung.try_concat().await?;
    hung.sort_by_key(|one| one.media.id);
    Ok(hung)
}

/// Draws once what hangs on several things.
async fn show(
    store: &Store,
    drawing: Drawing,
    mut hung: Vec<Imported>,
    bar: &ProgressBar,
) -> Result<Vec<Imported>> {
    let made = spawn_blocking(move || make(drawing)).await;
    let made = made.map_err(Error::internal)??;
    for one in &mut hung {
        let row = &mut one.media;
        let done = write_forms(store, row, &made).await?;
        row.byte_size = done.byte_size;
        row.width = Some(done.width.into());
        row.height = Some(done.height.into());
        row.has_variants = done.has_variants;
        row.blurhash = done.blurhash;
        bar.inc(1);
    }
    Ok(hung)
}

/// What is made of a drawing, as of every upload.
fn make(drawing: Drawing) -> Result<Made> {
    let (width, height) = drawing.size;
    let bytes = jpeg(&draw(drawing.seed, drawing.scene, width, height));
    picture::make(&bytes, Format::Jpeg, Limits::default()).map_err(Error::internal)
}
