//! The activity log: which facts a change leaves there, and what never gets in.

mod commands;
mod log;
mod privacy;
mod story;
mod words;

use rookery::{accounts, activity::Kind, comments, people, posts, reactions, social};

/// Every kind of fact that domains tell.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    let domains = [
        accounts::events::KINDS,
        people::events::KINDS,
        social::events::KINDS,
        posts::events::KINDS,
        comments::events::KINDS,
        reactions::events::KINDS,
    ];
    domains.into_iter().flatten()
}
