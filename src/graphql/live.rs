//! What the resolvers of subscriptions are made of: news of the hub become events, each read with
//! the sight of its own moment.

use async_graphql::Context;
use futures_util::{Stream, stream::unfold};
use uuid::Uuid;

use super::context::{Ask, Scope};
use crate::{
    error::{Error, Result},
    realtime::{Listener, News},
};

/// What a look at something found.
pub enum Found<T> {
    /// Nothing that the subscriber may see, or nothing new.
    Nothing,
    /// The one event that there was.
    Last(T),
    /// An event; the same look may find another one.
    More(T),
}

/// The events that `look` finds, one look for each news of `listener`. An error of `look` ends the
/// subscription with it. Before every look there are fresh loaders and a new present; for every
/// event the cost of the operation is paid again.
///
/// # Errors
/// Those of a broken program.
pub fn follow<'a, T, F, L>(
    ctx: &'a Context<'_>,
    listener: Listener,
    look: L,
) -> Result<impl Stream<Item = Option<T>> + Send + 'a + use<'a, T, F, L>>
where
    T: Send + 'a,
    F: Future<Output = Result<Found<T>>> + Send + 'a,
    L: FnMut(News) -> F + Send + 'a,
{
    let state = Following {
        scope: ctx.scope()?,
        listener,
        again: None,
        look,
    };
    Ok(unfold(state, async |mut state| match state.next().await {
        Ok(event) => Some((Some(event), state)),
        Err(error) => {
            state.scope.course.end(error);
            None
        }
    }))
}

/// One event for each thing that is named and that `look` finds for the subscriber. Whoever has
/// missed something has to fetch again: RESUME_EXPIRED.
///
/// # Errors
/// As [`follow`].
pub fn each<'a, T, F, L>(
    ctx: &'a Context<'_>,
    listener: Listener,
    mut look: L,
) -> Result<impl Stream<Item = Option<T>> + Send + 'a + use<'a, T, F, L>>
where
    T: Send + 'a,
    F: Future<Output = Result<Option<T>>> + Send + 'a,
    L: FnMut(Uuid) -> F + Send + 'a,
{
    follow(ctx, listener, move |news| {
        let looking = match news {
            News::Look(id) => Ok(look(id)),
            News::Resync => Err(Error::resume_expired()),
        };
        async move { Ok(looking?.await?.map_or(Found::Nothing, Found::Last)) }
    })
}

struct Following<'a, L> {
    scope: &'a Scope,
    listener: Listener,
    /// News whose look may find more.
    again: Option<News>,
    look: L,
}

impl<T, F, L> Following<'_, L>
where
    F: Future<Output = Result<Found<T>>>,
    L: FnMut(News) -> F,
{
    async fn next(&mut self) -> Result<T> {
        loop {
            let news = match self.again.take() {
                Some(news) => news,
                None => {
                    self.scope.course.rest();
                    self.listener.next().await
                }
            };
            self.scope.course.turn().await;
            self.scope.begin_event();
            let event = match (self.look)(news).await? {
                Found::Nothing => continue,
                Found::Last(event) => event,
                Found::More(event) => {
                    self.again = Some(news);
                    event
                }
            };
            self.scope.pay_event()?;
            return Ok(event);
        }
    }
}
