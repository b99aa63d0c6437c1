//! Writes what has grown, in transactions of at most a few hundred rows.

use std::collections::HashMap;

use indicatif::ProgressBar;
use uuid::Uuid;

use super::{grow::Grown, town};
use crate::{
    accounts::{Role, commands::NewAccount},
    activity::Visibility,
    app, comments,
    counters::recount::prove,
    error::Result,
    ids::PostId,
    media::{self, commands::Imported},
    messaging, people,
    platform::{
        Platform,
        db::{Lane, Txn},
    },
    posts,
    reactions::{self, Outside, entity::reaction},
    social,
};

const CHUNK: usize = 100;

/// Writes the town down; `hung` are its pictures, which are in the store already.
pub(super) async fn write(
    p: &Platform,
    grown: Grown,
    hung: &[Imported],
    account: impl Fn(&str) -> Result<NewAccount> + Send + Sync,
    bar: &ProgressBar,
) -> Result<()> {
    let account = &account;
    bar.set_message("people");
    for chunk in grown.people.chunks(CHUNK) {
        p.db.write_txn(Lane::Background, |txn| async move {
            for person in chunk {
                let role: Role = town::role(&person.handle);
                let account = account(&person.handle)?;
                people::commands::join(&txn, person.clone(), account, role).await?;
            }
            Ok(())
        })
        .await?;
        bar.inc(chunk.len() as u64);
    }
    bar.set_message("follows");
    for chunk in grown.follows.chunks(CHUNK) {
        p.db.write_txn(Lane::Background, |txn| async move {
            social::commands::import(&txn, chunk).await
        })
        .await?;
        bar.inc(chunk.len() as u64);
    }
    bar.set_message("posts");
    let polls = grown.polls.iter();
    let polls = &HashMap::from_iter(polls.map(|poll| (poll.row.post_id, poll.options.len())));
    for chunk in grown.posts.chunks(CHUNK) {
        p.db.write_txn(Lane::Background, |txn| async move {
            posts::commands::import(p, &txn, chunk, polls).await
        })
        .await?;
        bar.inc(chunk.len() as u64);
    }
    write_living(p, &grown, bar).await?;
    write_answers(p, &grown, bar).await?;
    for chunk in hung.chunks(CHUNK) {
        p.db.write_txn(Lane::Background, |txn| async move {
            media::commands::import(&txn, chunk).await
        })
        .await?;
    }
    bar.set_message("counters");
    prove(&p.db, &app::counters(), &app::truths()).await?;
    Ok(())
}

/// Polls, pins and drafts: a handful.
async fn write_living(p: &Platform, grown: &Grown, bar: &ProgressBar) -> Result<()> {
    let mut pins = Vec::new();
    for pin in &grown.pins {
        let person = grown.people.iter().find(|one| one.id == pin.person_id);
        pins.extend(person.map(|person| (pin.clone(), person)));
    }
    let pins = &pins;
    p.db.write_txn(Lane::Background, |txn| async move {
        posts::commands::import_polls(&txn, &grown.polls).await?;
        posts::commands::import_pins(&txn, pins).await?;
        posts::commands::import_drafts(&txn, &grown.drafts).await
    })
    .await?;
    bar.inc(grown.polls.len() as u64);
    Ok(())
}

/// Comments, conversations, and reactions to everything.
async fn write_answers(p: &Platform, grown: &Grown, bar: &ProgressBar) -> Result<()> {
    bar.set_message("comments");
    for chunk in grown.comments.chunks(CHUNK) {
        p.db.write_txn(Lane::Background, |txn| async move {
            comments::commands::import(&txn, chunk).await
        })
        .await?;
        bar.inc(chunk.len() as u64);
    }
    bar.set_message("talks");
    // Each holds up to a dozen messages.
    for chunk in grown.talks.chunks(CHUNK / 5) {
        p.db.write_txn(Lane::Background, |txn| async move {
            messaging::commands::import(&txn, chunk).await
        })
        .await?;
        bar.inc(chunk.len() as u64);
    }
    let talks = grown.talks.iter().map(|talk| &talk.conversation);
    let talks = &HashMap::from_iter(talks.map(|talk| (talk.id.0, talk.outside_id)));
    bar.set_message("reactions");
    for chunk in grown.reactions.chunks(CHUNK) {
        p.db.write_txn(Lane::Background, |txn| async move {
            react(&txn, chunk, talks).await
        })
        .await?;
        bar.inc(chunk.len() as u64);
    }
    Ok(())
}

/// `talks`: what stands outside for each conversation.
async fn react(txn: &Txn, chunk: &[reaction::Model], talks: &HashMap<Uuid, Uuid>) -> Result<()> {
    let posts: Vec<PostId> = chunk.iter().map(|row| PostId(row.home_id)).collect();
    let exposures = posts::queries::exposures(txn, &posts).await?;
    let outside = |home| match (exposures.get(&PostId(home)), talks.get(&home)) {
        (Some(exposure), _) => Outside {
            home,
            visibility: exposure.visibility(),
        },
        (None, talk) => Outside {
            home: talk.copied().unwrap_or_default(),
            visibility: Visibility::Private,
        },
    };
    reactions::commands::import(txn, chunk, outside).await
}
