//! Tells members of conversations that staff hid a message, or what hangs on one, or showed it again.

use futures_util::future::BoxFuture;

use super::{
    entity::report::SubjectKind,
    events::{ContentHidden, ContentRestored},
};
use crate::{
    activity::{Entry, Event},
    error::Result,
    messaging::{live::turned, pictures},
    platform::db::Db,
    realtime::{Hint, Listening, Source},
};

/// What staff does to messages, and to what hangs on them.
pub struct HiddenMessages;

impl Source for HiddenMessages {
    fn kinds(&self) -> &[&'static str] {
        &[ContentHidden::KIND.name, ContentRestored::KIND.name]
    }

    fn hints<'a>(
        &'a self,
        db: &'a Db,
        entries: &'a [Entry],
        listening: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        Box::pin(async move {
            let messages = of_kind(entries, SubjectKind::Message)?;
            let media = of_kind(entries, SubjectKind::Media)?;
            let mut hints = turned(db, &messages, listening).await?;
            if !media.is_empty() {
                hints.extend(pictures::changed(db, &media, listening).await?);
            }
            Ok(hints)
        })
    }
}

/// The two facts have the same members.
fn of_kind(entries: &[Entry], kind: SubjectKind) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for entry in entries {
        if entry.read::<ContentHidden>()?.subjectkind == kind {
            found.push(entry.clone());
        }
    }
    Ok(found)
}
