//! Writes down what is talked about, once a minute.

use std::time::Duration;

use crate::{
    platform::Platform,
    trends::{commands::list, entity::Kind},
};

/// How often it is looked whether a minute has begun.
const PAUSE: Duration = Duration::from_secs(5);

/// Makes lists for ever.
pub(super) async fn run(p: Platform) {
    loop {
        for kind in [Kind::Post, Kind::Hashtag] {
            if let Err(error) = list(&p, kind).await {
                tracing::warn!(%error, "What is talked about could not be listed; again soon.");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
