//! Makes derived rows anew where that was asked for.

use std::{sync::Arc, time::Duration};

use crate::{
    activity::{
        Rebuild,
        rebuild::{Progress, step},
    },
    platform::db::Db,
};

/// How often it is looked whether somebody has asked.
const PAUSE: Duration = Duration::from_secs(5);

/// Does what is asked for, for ever.
pub(super) async fn run(db: Db, rebuilds: Vec<Arc<dyn Rebuild>>) {
    loop {
        for rebuild in &rebuilds {
            finish(&db, rebuild.as_ref()).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn finish(db: &Db, rebuild: &dyn Rebuild) {
    let consumer = rebuild.name();
    loop {
        match step(db, rebuild).await {
            Ok(Progress::Steps(_)) => {}
            Ok(Progress::Idle) => return,
            Ok(Progress::Done) => {
                tracing::info!(consumer, "Its rows were made anew.");
                return;
            }
            Err(error) => {
                tracing::warn!(consumer, %error, "Its rows could not be made anew; again soon.");
                return;
            }
        }
    }
}
