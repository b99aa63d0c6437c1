//! What a process that serves requests runs for those who listen.

use std::sync::Arc;

use tokio::{sync::watch, task::JoinSet};

use super::heads_loop;
use crate::{
    activity::Heads,
    error::Result,
    platform::db::Db,
    realtime::{Hub, Source, Tail, carry_typing},
};

/// Running loops of realtime.
pub struct Live {
    stop: watch::Sender<bool>,
    loops: JoinSet<()>,
}

impl Live {
    /// Starts to tell what happens from here on. `url` is PostgreSQL's, for what travels between
    /// instances beside the log; `is_alone`: no worker looks at the log's heads in this process.
    ///
    /// # Errors
    /// The log cannot be looked at.
    pub async fn start(
        db: &Db,
        (heads, hub): (&Heads, &Hub),
        sources: Vec<Arc<dyn Source>>,
        url: Option<String>,
        is_alone: bool,
    ) -> Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let mut loops = JoinSet::new();
        let tail = Tail::start(db.clone(), heads.clone(), hub.clone(), sources).await?;
        loops.spawn(tail.run(stopped.clone()));
        loops.spawn(carry_typing(hub.clone(), url, stopped.clone()));
        if is_alone {
            loops.spawn(heads_loop(db, heads, hub, stopped));
        }
        Ok(Self { stop, loops })
    }

    /// Ends the loops.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.loops.join_next().await.is_some() {}
    }
}
