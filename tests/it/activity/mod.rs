//! The activity log: which facts a change leaves there, and what never gets in.

mod commands;
mod log;
mod privacy;
pub mod story;
mod words;

use rookery::{activity::Kind, app};

/// Every kind of fact that domains tell.
fn kinds() -> Vec<Kind> {
    app::events().iter().map(|event| event.kind).collect()
}
