//! What is told of notifications as they come.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_graphql::{Context, Subscription};
use futures_util::Stream;

use super::notification::Notification;
use crate::{
    clock::Timestamp,
    graphql::{connection::Edge, context::Ask, live::each},
    ids::NotificationId,
    notifications::{entity::notification, loaders::NotificationsById},
    realtime::Topic,
};

/// How often one notification is told that grows.
const PACE: Duration = Duration::from_secs(1);
/// Of how many notifications a subscription knows what it told last.
const KNOWN: usize = 1_000;

#[derive(Default)]
pub struct NotificationsSubscription;

#[Subscription]
impl NotificationsSubscription {
    /// Notifications that are new or have grown: the same id again, to be moved to the top. One that
    /// grows quickly is told once a second. Needs a session. Subscribe, then fetch the first page,
    /// and both again after RESUME_EXPIRED and after every reconnect.
    async fn notification_added<'ctx>(
        &self,
        ctx: &'ctx Context<'_>,
    ) -> async_graphql::Result<impl Stream<Item = Option<Edge<Notification>>> + 'ctx> {
        let listener = ctx.listen(Topic::Notifications(ctx.me()?.id()))?;
        let told = Arc::new(Told::since(ctx.scope()?.now()));
        Ok(each(ctx, listener.paced_each(PACE), move |id| {
            let told = told.clone();
            async move {
                let id = NotificationId(id);
                let found = ctx.loaders()?.one::<NotificationsById>(id).await?;
                let found = found.filter(|seen| told.is_news(&seen.notification));
                Ok(found.map(|seen| Notification(seen).edge()))
            }
        })?)
    }
}

/// What a subscription has told.
struct Told {
    began: Timestamp,
    last: Mutex<HashMap<NotificationId, notification::Model>>,
}

impl Told {
    fn since(began: Timestamp) -> Self {
        Self {
            began,
            last: Mutex::default(),
        }
    }

    /// Something was done since it was told last. That somebody took back what they did is no news.
    fn is_news(&self, row: &notification::Model) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = match last.get(&row.id) {
            None => row.told_at >= self.began,
            Some(before) => before != row && row.latest_at >= before.latest_at,
        };
        if last.len() >= KNOWN {
            last.clear();
        }
        last.insert(row.id, row.clone());
        is_news
    }
}
