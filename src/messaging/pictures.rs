//! Tells whoever listens that what hangs on a message is not what it was: ready, failed, or
//! described.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::loaders::places_of;
use crate::{
    activity::{Entry, Event},
    error::Result,
    ids::{ConversationId, MediaId},
    media::{
        ParentKind,
        events::{AltTextChanged, Failed, Ready},
        queries::parents_of,
    },
    platform::db::Db,
    realtime::{Hint, Listening, Source, Topic},
};

/// What becomes of pictures and films in messages.
pub struct Pictures;

impl Source for Pictures {
    fn kinds(&self) -> &[&'static str] {
        &[
            Ready::KIND.name,
            Failed::KIND.name,
            AltTextChanged::KIND.name,
        ]
    }

    /// Two statements where anybody listens to messages, otherwise none.
    fn hints<'a>(
        &'a self,
        db: &'a Db,
        entries: &'a [Entry],
        listening: &'a Listening<'a>,
    ) -> BoxFuture<'a, Result<Vec<Hint>>> {
        Box::pin(changed(db, entries, listening))
    }
}

/// What is told where something about media is different, each of which is the aggregate of one of
/// `entries`: the messages that they hang on have changed.
pub async fn changed(db: &Db, entries: &[Entry], listening: &Listening<'_>) -> Result<Vec<Hint>> {
    let heard = listening.ids(Topic::ChangedMessages, ConversationId);
    if heard.is_empty() {
        return Ok(Vec::new());
    }
    let media: Vec<_> = entries.iter().map(|e| MediaId(e.aggregate)).collect();
    let messages = parents_of(db.background(), ParentKind::Message, &media).await?;
    let places = places_of(db, &messages).await?;
    let told = places.into_iter().filter(|(home, _)| heard.contains(home));
    let hint =
        |(home, message): (ConversationId, Uuid)| Hint::now(Topic::ChangedMessages(home), message);
    Ok(told.map(hint).collect())
}
