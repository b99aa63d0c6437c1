//! What resolvers ask of their request.

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use async_graphql::Context;

use super::{
    audit,
    budget::{Meter, RateLimit},
    course::Course,
    errors::{Payload, UserError, refused},
    loaders::Loaders,
    rounds::Rounds,
};
use crate::{
    accounts::Me,
    clock::Timestamp,
    error::{Code, Error, Result},
    platform::{Platform, db::Viewer},
    realtime::{Hub, Listener, Topic},
};

/// What an account may change before its e-mail address is verified, where that is required: it
/// follows, tells staff of what is wrong, and puts itself in order. A mutation that is not named
/// here is refused.
const UNVERIFIED_MAY: [&str; 24] = [
    "reportContent",
    "deleteAccount",
    "cancelAccountDeletion",
    "followUser",
    "unfollowUser",
    "signUp",
    "signIn",
    "refreshSession",
    "signOut",
    "revokeSession",
    "verifyEmail",
    "resendVerificationEmail",
    "changeEmail",
    "requestPasswordReset",
    "resetPassword",
    "changePassword",
    "enableTotp",
    "confirmTotp",
    "disableTotp",
    "beginOidcSignIn",
    "completeOidcSignIn",
    "linkOidcIdentity",
    "unlinkOidcIdentity",
    "requestDataExport",
];

/// What an account may change that is about to be erased: that it stays, and who has access to it.
const LEAVING_MAY: [&str; 13] = [
    "cancelAccountDeletion",
    "requestDataExport",
    "signUp",
    "signIn",
    "refreshSession",
    "signOut",
    "revokeSession",
    "verifyEmail",
    "requestPasswordReset",
    "resetPassword",
    "changePassword",
    "beginOidcSignIn",
    "completeOidcSignIn",
];

/// Who asks, and with what.
#[derive(Clone, Debug)]
pub struct Asker {
    pub me: Option<Me>,
    pub user_agent: Option<String>,
    /// From where they ask.
    pub address: IpAddr,
    /// What the answer and the log call this request.
    pub request_id: String,
}

/// One request: who asks, and what has been loaded for them. A subscription is a request whose
/// present moves on with every event.
pub struct Scope {
    platform: Platform,
    /// What is closed to the caller.
    bar: Option<Bar>,
    pub hub: Hub,
    pub me: Option<Me>,
    pub user_agent: Option<String>,
    pub address: IpAddr,
    pub request_id: String,
    pub rounds: Arc<Rounds>,
    pub(super) course: Arc<Course>,
    meter: Meter,
    present: RwLock<Present>,
}

/// Why a caller may change little: the platform to read only, and what is open still.
struct Bar {
    platform: Platform,
    open: &'static [&'static str],
    must_verify: bool,
}

impl Bar {
    fn of(p: &Platform, me: Option<&Me>) -> Option<Self> {
        let me = me?;
        if me.is_leaving() {
            return Some(Self {
                platform: p.barred(leaving()),
                open: &LEAVING_MAY,
                must_verify: false,
            });
        }
        (p.must_verify && !me.is_verified()).then(|| Self {
            platform: p.barred(unverified()),
            open: &UNVERIFIED_MAY,
            must_verify: true,
        })
    }
}

/// When a request is, and what has been loaded in it.
#[derive(Clone)]
struct Present {
    now: Timestamp,
    rate_limit: RateLimit,
    loaders: Arc<Loaders>,
}

impl Scope {
    /// A request that begins `now`. Mutations read from the writer, so that they see themselves.
    ///
    /// # Errors
    /// RATE_LIMITED where the caller's budget does not hold what it costs.
    pub(super) fn new(
        platform: Platform,
        hub: Hub,
        asker: Asker,
        meter: Meter,
        now: Timestamp,
        is_mutation: bool,
        course: Course,
    ) -> Result<Self> {
        let viewer = viewer(asker.me, now);
        let reader = match is_mutation {
            true => platform.db.fresh_reader(viewer),
            false => platform.db.reader(viewer),
        };
        let rounds = Arc::<Rounds>::default();
        let present = Present {
            now,
            rate_limit: meter.spend(now)?,
            loaders: Arc::new(Loaders::new(reader, rounds.clone())),
        };
        Ok(Self {
            bar: Bar::of(&platform, asker.me.as_ref()),
            platform,
            hub,
            me: asker.me,
            user_agent: asker.user_agent,
            address: asker.address,
            request_id: asker.request_id,
            rounds,
            course: Arc::new(course),
            meter,
            present: RwLock::new(present),
        })
    }

    /// The one present of this request, or of this event of a subscription.
    pub fn now(&self) -> Timestamp {
        self.present().now
    }

    /// What this request cost, or this event of a subscription.
    pub fn rate_limit(&self) -> RateLimit {
        self.present().rate_limit
    }

    /// Whether the caller has to verify their address before they may write.
    pub fn must_verify(&self) -> bool {
        self.bar.as_ref().is_some_and(|bar| bar.must_verify)
    }

    fn present(&self) -> Present {
        let present = self.present.read();
        present.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets everything loaded: a write has committed. From now on `viewer` reads.
    fn renew(&self, me: Option<Me>) {
        let viewer = viewer(me, self.platform.now());
        let reader = self.platform.db.fresh_reader(viewer);
        let fresh = Arc::new(Loaders::new(reader, self.rounds.clone()));
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        present.loaders = fresh;
    }

    /// Begins the next look of a subscription, with the sight of now.
    pub(super) fn begin_event(&self) {
        let now = self.platform.now();
        let rate_limit = self.rate_limit();
        let reader = self.platform.db.reader(viewer(self.me, now));
        let loaders = Arc::new(Loaders::new(reader, self.rounds.clone()));
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = Present {
            now,
            rate_limit,
            loaders,
        };
        self.course.begin();
    }

    /// Pays for an event: it costs what the operation costs. A look that found nothing costs
    /// nothing, so that nobody's budget tells of what they may not know.
    ///
    /// # Errors
    /// RATE_LIMITED.
    pub(super) fn pay_event(&self) -> Result<()> {
        let rate_limit = self.meter.spend(self.now())?;
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        present.rate_limit = rate_limit;
        Ok(())
    }
}

fn leaving() -> Error {
    let say = "This account is about to be erased. To go on with it, call cancelAccountDeletion.";
    Error::refused(Code::Forbidden, say)
}

fn unverified() -> Error {
    let say = "Verify your e-mail address first: a letter with a token was mailed to it, and \
               `resendVerificationEmail` mails another.";
    Error::refused(Code::EmailNotVerified, say)
}

fn viewer(me: Option<Me>, now: Timestamp) -> Viewer {
    me.map_or_else(|| Viewer::guest(now), |me| me.viewer().at(now))
}

/// What resolvers ask for by `ctx.…`.
pub trait Ask {
    /// The request.
    fn scope(&self) -> Result<&Scope>;

    /// The field that asks, as the schema calls it.
    fn field_name(&self) -> &str;

    /// What commands work with: nothing can be written with it where this field is closed to the
    /// caller.
    fn platform(&self) -> Result<&Platform> {
        let scope = self.scope()?;
        Ok(match &scope.bar {
            Some(bar) if !bar.open.contains(&self.field_name()) => &bar.platform,
            _ => &scope.platform,
        })
    }

    /// The loaders to read through.
    fn loaders(&self) -> Result<Arc<Loaders>> {
        Ok(self.scope()?.present().loaders)
    }

    /// Who listens to what in this process.
    fn hub(&self) -> Result<&Hub> {
        Ok(&self.scope()?.hub)
    }

    /// Listens to `topic`, for a subscription: first of all, so that nothing falls between what is
    /// read next and what is told later.
    fn listen(&self, topic: Topic) -> Result<Listener> {
        Ok(self.hub()?.listen([topic]))
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
        let scope = self.scope()?;
        scope.renew(viewer);
        audit::mutation(scope, self.field_name(), viewer, done.as_ref().err());
        match done {
            Ok(done) => Ok(Ok(done)),
            Err(error) => {
                let told = refused(error.clone())?;
                // What stays an error of the operation is logged where that is.
                if let Error::Refused(refusal) = &error {
                    refusal.log(&scope.request_id);
                }
                Ok(Err(told))
            }
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

    fn field_name(&self) -> &str {
        self.item.node.name.node.as_str()
    }
}
