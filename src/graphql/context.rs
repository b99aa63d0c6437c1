//! What resolvers ask of their request.

use std::sync::{Arc, PoisonError, RwLock};

use async_graphql::Context;

use super::{
    budget::RateLimit,
    errors::{Payload, UserError, refused},
    loaders::Loaders,
    rounds::Rounds,
};
use crate::{
    accounts::Me,
    clock::Timestamp,
    error::{Error, Result},
    platform::{Platform, db::Viewer},
};

/// One request: who asks, when, and what has been loaded for them.
pub struct Scope {
    pub platform: Platform,
    pub me: Option<Me>,
    pub now: Timestamp,
    pub user_agent: Option<String>,
    pub rate_limit: RateLimit,
    pub rounds: Arc<Rounds>,
    loaders: RwLock<Arc<Loaders>>,
}

impl Scope {
    /// A request that begins `now`. Mutations read from the writer, so that they see themselves.
    pub fn new(
        platform: Platform,
        me: Option<Me>,
        now: Timestamp,
        user_agent: Option<String>,
        rate_limit: RateLimit,
        is_mutation: bool,
    ) -> Self {
        let viewer = viewer(me, now);
        let reader = match is_mutation {
            true => platform.db.fresh_reader(viewer),
            false => platform.db.reader(viewer),
        };
        let rounds = Arc::<Rounds>::default();
        let loaders = RwLock::new(Arc::new(Loaders::new(reader, rounds.clone())));
        Self {
            platform,
            me,
            now,
            user_agent,
            rate_limit,
            rounds,
            loaders,
        }
    }

    fn loaders(&self) -> Arc<Loaders> {
        self.loaders
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Forgets everything loaded: a write has committed. From now on `viewer` reads.
    fn renew(&self, me: Option<Me>) {
        let viewer = viewer(me, self.platform.now());
        let reader = self.platform.db.fresh_reader(viewer);
        let fresh = Arc::new(Loaders::new(reader, self.rounds.clone()));
        *self.loaders.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }
}

fn viewer(me: Option<Me>, now: Timestamp) -> Viewer {
    me.map_or_else(|| Viewer::guest(now), |me| me.viewer())
}

/// What resolvers ask for by `ctx.…`.
pub trait Ask {
    /// The request.
    fn scope(&self) -> Result<&Scope>;

    /// What commands work with.
    fn platform(&self) -> Result<&Platform> {
        Ok(&self.scope()?.platform)
    }

    /// The loaders to read through.
    fn loaders(&self) -> Result<Arc<Loaders>> {
        Ok(self.scope()?.loaders())
    }

    /// Proof that somebody is signed in.
    ///
    /// # Errors
    /// UNAUTHENTICATED.
    fn me(&self) -> Result<&Me> {
        self.scope()?.me.as_ref().ok_or_else(Error::unauthenticated)
    }

    /// Ends a mutation: from here on `viewer` reads, by fresh loaders. A refusal comes back as
    /// `userErrors`.
    fn settle<T>(&self, viewer: Option<Me>, done: Result<T>) -> Result<Result<T, Vec<UserError>>> {
        self.scope()?.renew(viewer);
        match done {
            Ok(done) => Ok(Ok(done)),
            Err(error) => Ok(Err(refused(error)?)),
        }
    }

    /// What a mutation answers: `payload` of what was done, or the refusal.
    fn answer<T, P: Payload>(
        &self,
        done: Result<T>,
        payload: impl FnOnce(T) -> P,
    ) -> Result<Option<P>> {
        let done = self.settle(self.scope()?.me, done)?;
        Ok(Some(done.map_or_else(P::refused, payload)))
    }
}

impl Ask for Context<'_> {
    fn scope(&self) -> Result<&Scope> {
        self.data::<Scope>()
            .map_err(|error| Error::internal(error.message))
    }
}
