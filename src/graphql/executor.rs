//! The guarded executor: the one way into the schema, whatever the transport.
//!
//! Judge the document, say who asks, charge them, run with a deadline, mask what failed.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{
    Request, Response, ServerError, Value, Variables, parser::types::OperationType,
};
use futures_util::FutureExt;
use tokio::sync::oneshot;

use super::{
    audit,
    budget::{Budgets, Meter},
    context::{Asker, Scope},
    errors::{BROKEN, ErrorCode, mask, request_error, with_code},
    guard::{Code, Guard, Judged, Limits, Refusal, SchemaTypes},
    schema::{self, Schema},
    subscription::{Running, Subscription},
};
use crate::{
    accounts::{
        Me,
        live::{self, Ended},
        sessions,
    },
    clock::Timestamp,
    error::Error,
    people,
    platform::{
        Platform,
        config::{Config, LimitsConfig, Switch},
        crash,
        limiter::Payer,
    },
    realtime::Hub,
};

/// Mutations that need no session. An expired token must not keep anybody from them.
pub const PUBLIC_MUTATIONS: [&str; 8] = [
    "signUp",
    "signIn",
    "refreshSession",
    "verifyEmail",
    "requestPasswordReset",
    "resetPassword",
    "beginOidcSignIn",
    "completeOidcSignIn",
];

/// More errors than these tell nobody anything.
const MAX_ERRORS: usize = 20;

/// One operation as a transport received it.
pub struct Operation {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: Variables,
    /// The Authorization header, if there was one.
    pub authorization: Option<String>,
    /// Whether the transport may run mutations: GET may not.
    pub may_mutate: bool,
    /// Whether the transport can answer more than once.
    pub may_subscribe: bool,
    pub address: IpAddr,
    pub user_agent: Option<String>,
    /// W3C Trace Context: goes with the events of a mutation.
    pub traceparent: Option<String>,
    /// Named in the log and to the client when something breaks.
    pub request_id: String,
    /// Dropped when the operation has begun: when a subscription listens, and when anything else
    /// runs.
    pub begun: Option<oneshot::Sender<()>>,
}

/// What came of an operation.
pub enum Outcome {
    /// It ran: data, perhaps with errors in some fields.
    Executed(Response),
    /// It goes on: one answer for each event.
    Subscribed(Subscription),
    /// It did not run.
    Refused(Refused),
    /// A mutation on a transport that only reads.
    MutationNotAllowed,
}

/// Why an operation did not run.
pub struct Refused {
    pub code: ErrorCode,
    pub errors: Vec<ServerError>,
    pub retry_after_seconds: Option<u32>,
}

impl Refused {
    /// A refusal with one error.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            errors: vec![request_error(code, message)],
            retry_after_seconds: None,
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.code {
            Code::ParseFailed => ErrorCode::ParseFailed,
            Code::ValidationFailed => ErrorCode::ValidationFailed,
            Code::BadUserInput => ErrorCode::BadUserInput,
            Code::PayloadTooLarge => ErrorCode::PayloadTooLarge,
            Code::TooComplex => ErrorCode::TooComplex,
        };
        let mut error = ServerError::new(refusal.message, None);
        error.locations = refusal.locations;
        Self {
            code,
            errors: vec![with_code(error, code)],
            retry_after_seconds: None,
        }
    }
}

/// The schema behind its guard. Cheap to clone.
#[derive(Clone)]
pub struct GuardedExecutor(Arc<Inner>);

struct Inner {
    platform: Platform,
    hub: Hub,
    schema: Schema,
    guard: Guard,
    budgets: Arc<Budgets>,
    limits: LimitsConfig,
    introspection: Switch,
}

impl GuardedExecutor {
    /// Builds the schema and its guard.
    ///
    /// # Errors
    /// Says why the guard cannot read the schema, which is a fault of the program.
    pub fn new(platform: Platform, hub: Hub, config: &Config) -> Result<Self, String> {
        let schema = schema::build(config.http.introspection);
        let types = SchemaTypes::from_sdl(&schema.sdl()).map_err(|error| error.to_string())?;
        let limits = &config.limits;
        let guard = Guard::new(
            types,
            Limits {
                query_bytes: limits.max_query_bytes,
                tokens: limits.max_tokens,
                depth: limits.max_depth,
                aliases: limits.max_aliases,
                directives: limits.max_directives,
                selections: limits.max_selections,
                query_root_fields: limits.max_root_fields,
                mutation_root_fields: limits.max_mutation_root_fields,
                operations: limits.max_operations,
                fragments: limits.max_fragments,
                list_items: limits.max_list_items,
                cost: limits.max_cost,
                ..Limits::default()
            },
        );
        let budgets = Arc::new(Budgets::new(limits, &config.http));
        let limits = limits.clone();
        Ok(Self(Arc::new(Inner {
            platform,
            hub,
            schema,
            guard,
            budgets,
            limits,
            introspection: config.http.introspection,
        })))
    }

    /// The guard, for transports that check bytes before they are parsed.
    pub fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// The schema as text.
    pub fn sdl(&self) -> String {
        schema::sdl(&self.0.schema)
    }

    /// Runs a query or a mutation, or begins a subscription.
    pub async fn execute(&self, mut operation: Operation) -> Outcome {
        let begun = operation.begun.take();
        match self.prepare(operation).await {
            Ok(Some(prepared)) if prepared.kind == OperationType::Subscription => {
                Outcome::Subscribed(prepared.subscribe(self).await)
            }
            Ok(Some(prepared)) => {
                drop(begun);
                prepared.run(self.clone()).await
            }
            Ok(None) => Outcome::MutationNotAllowed,
            Err(refused) => Outcome::Refused(refused),
        }
    }

    /// Everything before the schema is asked. `None`: a mutation that may not run here.
    async fn prepare(&self, operation: Operation) -> Result<Option<Prepared>, Refused> {
        let Inner {
            platform,
            guard,
            budgets,
            ..
        } = &*self.0;
        let Operation {
            query,
            operation_name,
            mut variables,
            ..
        } = operation;
        let judged = guard.check(&query, operation_name.as_deref(), &variables)?;
        self.check_introspection(&judged)?;
        let is_mutation = match judged.operation {
            OperationType::Query => false,
            OperationType::Mutation if operation.may_mutate => true,
            OperationType::Mutation => return Ok(None),
            OperationType::Subscription if operation.may_subscribe => false,
            OperationType::Subscription => return Err(answers_once()),
        };
        let now = platform.now();
        let header = operation.authorization.as_deref();
        let me = self
            .authenticate_for((header, &operation.request_id), &judged, is_mutation, now)
            .await
            .inspect_err(|_| audit::no_proof(operation.address, &operation.request_id))?;
        let payer = Payer::of(me.map(|me| me.id()), operation.address);
        let scope = Scope::new(
            platform.for_request(operation.traceparent),
            self.0.hub.clone(),
            Asker {
                me,
                user_agent: operation.user_agent,
                address: operation.address,
                request_id: operation.request_id.clone(),
            },
            Meter::new(budgets.clone(), payer, judged.cost),
            now,
            is_mutation,
        );
        let scope = scope.map_err(|error| refused(error, &operation.request_id))?;
        variables.extend(judged.defaults);
        let mut request = Request::new(query).variables(variables);
        if let Some(name) = operation_name {
            request = request.operation_name(name);
        }
        request.set_parsed_query(judged.document);
        let request_id = operation.request_id;
        Ok(Some(Prepared {
            request,
            scope,
            kind: judged.operation,
            request_id,
        }))
    }

    /// The engine would answer null, which `__schema` cannot be, and not say why.
    fn check_introspection(&self, judged: &Judged) -> Result<(), Refused> {
        let is_introspection = |field: &String| field == "__schema" || field == "__type";
        if self.0.introspection == Switch::Off && judged.root_fields.iter().any(is_introspection) {
            let say = "Introspection is off on this server.";
            return Err(Refused::new(ErrorCode::ValidationFailed, say));
        }
        Ok(())
    }

    /// Who an operation speaks for. A token that is no good is ignored where only public mutations
    /// are called, and refused otherwise: a client must notice.
    async fn authenticate_for(
        &self,
        (header, request_id): (Option<&str>, &str),
        judged: &Judged,
        is_mutation: bool,
        now: Timestamp,
    ) -> Result<Option<Me>, Refused> {
        let Some(header) = header else {
            return Ok(None);
        };
        // Some clients ask for `__typename` everywhere, and it tells nothing about anybody.
        let is_public =
            |field: &String| field == "__typename" || PUBLIC_MUTATIONS.contains(&field.as_str());
        let is_public = is_mutation && judged.root_fields.iter().all(is_public);
        match self.authenticate(header, now, request_id).await {
            Err(refused) if is_public && refused.code == ErrorCode::Unauthenticated => Ok(None),
            known => known.map(Some),
        }
    }

    /// Whom an Authorization header proves.
    ///
    /// # Errors
    /// UNAUTHENTICATED.
    pub async fn authenticate(
        &self,
        header: &str,
        now: Timestamp,
        request_id: &str,
    ) -> Result<Me, Refused> {
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.trim()),
            _ => None,
        };
        let me = match token {
            Some(token) => {
                let may_act = |person| people::queries::may_act(now, person);
                sessions::authenticate(&self.0.platform, token, now, may_act).await
            }
            None => Ok(None),
        };
        me.map_err(|error| refused(error, request_id))?.ok_or_else(|| {
            Refused::new(
                ErrorCode::Unauthenticated,
                "The access token is not valid (any more). Refresh the session, sign in again, or \
                 send no Authorization header.",
            )
        })
    }

    /// Waits until `me` may no longer be answered (R35), and says why.
    pub async fn session_end(&self, me: Me) -> Ended {
        live::end_of(&self.0.platform, &self.0.hub, &me, people::queries::may_act).await
    }
}

/// A subscription by a transport that answers once.
fn answers_once() -> Refused {
    let say = "Subscribe over a WebSocket (graphql-transport-ws), or with \
               `Accept: text/event-stream`.";
    Refused::new(ErrorCode::BadUserInput, say)
}

/// A failure before execution as a refusal.
pub(super) fn refused(error: Error, request_id: &str) -> Refused {
    match error {
        Error::Refused(refusal) => {
            let mut refused = Refused::new(refusal.code.into(), refusal.message);
            refused.retry_after_seconds = refusal.retry_after_seconds;
            // Beside the header, for clients that see only the errors.
            if let (Some(seconds), [error]) =
                (refusal.retry_after_seconds, refused.errors.as_mut_slice())
            {
                let extensions = error.extensions.get_or_insert_default();
                extensions.set("retryAfterSeconds", seconds);
            }
            refused
        }
        Error::Internal(cause) => {
            tracing::error!(
                request.id = request_id,
                ?cause,
                "A request failed before its operation ran."
            );
            broken(request_id)
        }
    }
}

/// An operation that may run.
struct Prepared {
    request: Request,
    scope: Scope,
    kind: OperationType,
    request_id: String,
}

impl Prepared {
    async fn subscribe(self, executor: &GuardedExecutor) -> Subscription {
        let Inner { schema, limits, .. } = &*executor.0;
        let me = self.scope.me;
        let (rounds, course) = (self.scope.rounds.clone(), self.scope.course.clone());
        let answers = schema.execute_stream(self.request.data(self.scope));
        let deadline = limits.deadline(false);
        let running = Running::new(answers, rounds, course, deadline, self.request_id);
        Subscription::begin(me, running).await
    }

    async fn run(self, executor: GuardedExecutor) -> Outcome {
        let is_mutation = self.kind == OperationType::Mutation;
        let deadline = executor.0.limits.deadline(is_mutation);
        let request_id = self.request_id.clone();
        let rounds = self.scope.rounds.clone();
        let request = self.request.data(self.scope);
        let execution = async move {
            let running = async {
                crash::point("operation");
                rounds.drive(executor.0.schema.execute(request)).await
            };
            AssertUnwindSafe(running).catch_unwind().await.ok()
        };
        let done = if is_mutation {
            // In a task of its own: a client that goes away does not cut a commit.
            let task = tokio::spawn(execution);
            tokio::time::timeout(deadline, task)
                .await
                .map(|joined| joined.ok().flatten())
        } else {
            tokio::time::timeout(deadline, execution).await
        };
        match done {
            Ok(Some(response)) => finish(response, &request_id),
            Ok(None) => Outcome::Refused(panicked(&request_id)),
            Err(_) => {
                let say = match is_mutation {
                    true => {
                        "This took too long. It may still take effect: look before you repeat it."
                    }
                    false => "This took too long. Ask for less at a time.",
                };
                Outcome::Refused(Refused::new(ErrorCode::Timeout, say))
            }
        }
    }
}

/// What a client learns of a panic.
pub(super) fn panicked(request_id: &str) -> Refused {
    tracing::error!(request.id = request_id, "An operation panicked.");
    broken(request_id)
}

/// What a client learns of whatever is our own fault: the id by which the log calls it.
fn broken(request_id: &str) -> Refused {
    let mut refused = Refused::new(ErrorCode::Internal, BROKEN);
    for error in &mut refused.errors {
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("requestId", request_id);
    }
    refused
}

/// Codes and masks the errors of a response, and tells a request that failed validation from one
/// that ran.
fn finish(mut response: Response, request_id: &str) -> Outcome {
    let is_request_error = mask_all(&mut response, request_id);
    if is_request_error {
        let code = ErrorCode::ValidationFailed;
        return Outcome::Refused(Refused {
            code,
            errors: response.errors,
            retry_after_seconds: None,
        });
    }
    Outcome::Executed(response)
}

/// Codes and masks the errors of a response. `true`: the request failed validation.
pub(super) fn mask_all(response: &mut Response, request_id: &str) -> bool {
    let is_request_error = response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    response.errors.truncate(MAX_ERRORS);
    let errors = std::mem::take(&mut response.errors).into_iter();
    let masked = errors.map(|error| mask(error, is_request_error, request_id));
    response.errors = masked.collect();
    is_request_error
}
