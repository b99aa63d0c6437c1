//! Posts by the thousand, and what lives on them.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::{create::published, repost::reposted};
use crate::{
    activity::{By, Visibility, record},
    error::{Error, Result},
    ids::PostId,
    people::{self, entity::person, events::ProfilePart},
    platform::{
        Platform,
        db::{Txn, Viewer},
    },
    posts::{
        entity::{draft, pinned_post, poll, poll_option, poll_vote, post},
        events::{Voted, many},
        policy::Text,
        queries, relations,
    },
};

/// Adds many posts at once, without counting them: for seeding. `polls` says how many options those
/// have that ask; [`import_polls`] adds them.
///
/// # Errors
/// BAD_USER_INPUT, for a text that nobody could publish.
pub async fn import(
    p: &Platform,
    txn: &Txn,
    posts: &[post::Model],
    polls: &HashMap<PostId, usize>,
) -> Result<()> {
    let rows = posts
        .iter()
        .map(|post| post.clone().into_active_model().reset_all());
    post::Entity::insert_many(rows)
        .exec_without_returning(&**txn)
        .await?;
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let exposures = queries::exposures(txn, &ids).await?;
    for post in posts {
        let exposure = exposures.get(&post.id).copied();
        let exposure = exposure.ok_or_else(|| Error::internal("a post was not written"))?;
        let by = By::person(post.author_id, post.created_at);
        if let Some(original) = post.repost_of_id {
            let fact = reposted(post, original, exposure);
            record(txn, by, &fact, [])?;
            continue;
        }
        let text = Text::check(&post.body, false)?;
        let author = Viewer::person(post.author_id, false, post.created_at);
        let people = people::queries::mentioned(txn, author, &text.mentions).await?;
        relations::write_mentions(txn, post, &people).await?;
        let counted = (exposure.is_counted(), post.created_at);
        let tags = relations::write_hashtags(p, txn, post, &text.hashtags, counted).await?;
        let mut fact = published(post, (&people, &tags), (exposure, 0));
        fact.polloptions = polls.get(&post.id).map(|options| many(*options));
        record(txn, by, &fact, [])?;
    }
    Ok(())
}

/// A poll with who voted, who are at least one.
#[derive(Clone, Debug)]
pub struct ImportedPoll {
    pub row: poll::Model,
    pub options: Vec<poll_option::Model>,
    pub votes: Vec<poll_vote::Model>,
}

/// Adds polls to posts, without counting votes: for seeding.
pub async fn import_polls(txn: &Txn, polls: &[ImportedPoll]) -> Result<()> {
    for poll in polls {
        let row = poll.row.clone().into_active_model().reset_all();
        poll::Entity::insert(row)
            .exec_without_returning(&**txn)
            .await?;
        let options = poll.options.iter().cloned();
        poll_option::Entity::insert_many(options.map(|row| row.into_active_model().reset_all()))
            .exec_without_returning(&**txn)
            .await?;
        let votes = poll.votes.iter().cloned();
        poll_vote::Entity::insert_many(votes.map(|row| row.into_active_model().reset_all()))
            .exec_without_returning(&**txn)
            .await?;
        for vote in &poll.votes {
            let fact = Voted {
                postid: vote.post_id.0,
                personid: vote.person_id.into(),
                choices: vote.choices.count_ones(),
                visibility: Visibility::Private,
            };
            record(txn, By::person(vote.person_id, vote.created_at), &fact, [])?;
        }
    }
    Ok(())
}

/// Pins posts of these people: for seeding.
pub async fn import_pins(txn: &Txn, pins: &[(pinned_post::Model, &person::Model)]) -> Result<()> {
    for (pin, person) in pins {
        pinned_post::Entity::insert(pin.clone().into_active_model().reset_all())
            .exec_without_returning(&**txn)
            .await?;
        let changed = vec![ProfilePart::PinnedPost];
        people::commands::updated(txn, person, changed, pin.created_at)?;
    }
    Ok(())
}

/// Adds drafts: for seeding.
pub async fn import_drafts(txn: &Txn, drafts: &[draft::Model]) -> Result<()> {
    let rows = drafts.iter().cloned();
    draft::Entity::insert_many(rows.map(|row| row.into_active_model().reset_all()))
        .exec_without_returning(&**txn)
        .await?;
    Ok(())
}
