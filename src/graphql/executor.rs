//! The guarded executor: the one way into the schema, whatever the transport.
//!
//! Judge the document, say who asks, charge them, run with a deadline, mask what failed.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{
    Request, Response, ServerError, Value, Variables, parser::types::OperationType,
};
use futures_util::FutureExt;
use tokio::sync::oneshot;
use tracing::Instrument;

use super::{
    audit,
    budget::{Budgets, Meter},
    context::{Asker, Scope},
    course::Course,
    documents::{Documents, Found, Wanted, guard},
    errors::ErrorCode,
    guard::{Guard, Judged, SchemaTypes},
    lanes::{Lanes, Place, Sort},
    measure::Measure,
    refused::{Refused, mask_all, panicked, refused},
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
    people,
    platform::{
        Platform,
        config::{Config, LimitsConfig, Switch},
        crash,
        limiter::Payer,
        telemetry::traces,
    },
    realtime::Hub,
    social,
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

/// One operation as a transport received it.
pub struct Operation {
    pub document: Wanted,
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

/// The schema behind its guard. Cheap to clone.
#[derive(Clone)]
pub struct GuardedExecutor(Arc<Inner>);

struct Inner {
    platform: Platform,
    hub: Hub,
    schema: Schema,
    /// The same, for documents that have passed its validation.
    schema_for_valid: Schema,
    documents: Documents,
    budgets: Arc<Budgets>,
    lanes: Lanes,
    limits: LimitsConfig,
    slow: Duration,
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
        let most = config.documents.document_cache_bytes;
        let documents = Documents::new(guard(types, limits), most);
        let budgets = Arc::new(Budgets::new(limits, &config.http));
        let limits = limits.clone();
        Ok(Self(Arc::new(Inner {
            platform,
            hub,
            schema,
            schema_for_valid: schema::build_for_valid(config.http.introspection),
            documents,
            budgets,
            lanes: Lanes::new(&config.overload),
            limits,
            slow: config.telemetry.slow_operation(),
            introspection: config.http.introspection,
        })))
    }

    /// The guard, for transports that check bytes before they are parsed.
    pub fn guard(&self) -> &Guard {
        self.0.documents.guard()
    }

    /// The schema as text.
    pub fn sdl(&self) -> String {
        schema::sdl(&self.0.schema)
    }

    fn schema_for(&self, found: &Found) -> &Schema {
        match found.is_valid() {
            true => &self.0.schema_for_valid,
            false => &self.0.schema,
        }
    }

    /// How much runs at once.
    pub fn lanes(&self) -> &Lanes {
        &self.0.lanes
    }

    /// Runs a query or a mutation, or begins a subscription.
    pub async fn execute(&self, mut operation: Operation) -> Outcome {
        let begun = operation.begun.take();
        let measure = Measure::begin(&operation);
        let running = self.run(operation, begun, &measure);
        let running = measure.tally.over(running).instrument(measure.span.clone());
        let outcome = running.await;
        measure.end(&outcome, self.0.slow);
        outcome
    }

    async fn run(
        &self,
        operation: Operation,
        begun: Option<oneshot::Sender<()>>,
        measure: &Measure,
    ) -> Outcome {
        match self.prepare(operation, measure).await {
            Ok(Some(prepared)) if prepared.kind == OperationType::Subscription => {
                Outcome::Subscribed(prepared.subscribe(self).await)
            }
            Ok(Some(prepared)) => {
                drop(begun);
                prepared.run(self.clone(), measure).await
            }
            Ok(None) => Outcome::MutationNotAllowed,
            Err(refused) => Outcome::Refused(refused),
        }
    }

    /// Everything before the schema is asked. `None`: a mutation that may not run here.
    async fn prepare(
        &self,
        mut operation: Operation,
        measure: &Measure,
    ) -> Result<Option<Prepared>, Refused> {
        let Inner {
            platform,
            documents,
            lanes,
            limits,
            ..
        } = &*self.0;
        let found = documents.find(std::mem::take(&mut operation.document))?;
        let operation_name = operation.operation_name.take();
        let mut variables = std::mem::take(&mut operation.variables);
        let name = operation_name.as_deref();
        let judged = documents.guard().judge(&found.checked, name, &variables)?;
        self.check_introspection(&judged)?;
        let is_mutation = match judged.operation {
            OperationType::Query => false,
            OperationType::Mutation if operation.may_mutate => true,
            OperationType::Mutation => return Ok(None),
            OperationType::Subscription if operation.may_subscribe => false,
            OperationType::Subscription => return Err(answers_once()),
        };
        measure.judged(&judged);
        let sort = Sort::of(judged.operation, &judged.root_fields);
        let place = lanes.enter(sort).await?;
        let platform = match judged.operation {
            OperationType::Query => platform.by_one_connection(),
            _ => platform.clone(),
        };
        let header = operation.authorization.as_deref();
        let whose = (header, operation.request_id.as_str());
        let authenticating = self.authenticate_for(&platform, whose, &judged, is_mutation);
        let me = tokio::time::timeout(limits.deadline(false), authenticating)
            .await
            .unwrap_or_else(|_| Err(late()))
            .inspect_err(|_| audit::no_proof(operation.address, &operation.request_id))?;
        let who = (platform, me, place);
        let (scope, place) = self.scope(&mut operation, who, &judged, measure)?;
        variables.extend(judged.defaults);
        // Its text would only be parsed.
        let mut request = Request::new("").variables(variables);
        if let Some(name) = operation_name {
            request = request.operation_name(name);
        }
        request.set_parsed_query(found.checked.document().clone());
        let request_id = operation.request_id;
        Ok(Some(Prepared {
            request,
            found,
            scope,
            kind: judged.operation,
            place,
            request_id,
        }))
    }

    /// What a request is to its resolvers, and the place that it keeps until it is done.
    fn scope(
        &self,
        operation: &mut Operation,
        (platform, me, place): (Platform, Option<Me>, Option<Place>),
        judged: &Judged,
        measure: &Measure,
    ) -> Result<(Scope, Option<Place>), Refused> {
        let Inner { budgets, lanes, .. } = &*self.0;
        let payer = Payer::of(me.map(|me| me.id()), operation.address);
        let is_mutation = judged.operation == OperationType::Mutation;
        // A subscription gives its place back whenever it waits, and takes one for each event.
        let (course, place) = match judged.operation {
            OperationType::Subscription => (Course::new(lanes.clone(), place), None),
            _ => (Course::default(), place),
        };
        let traceparent = traces::traceparent(&measure.span).or(operation.traceparent.take());
        let scope = Scope::new(
            platform.for_request(traceparent),
            self.0.hub.clone(),
            Asker {
                me,
                user_agent: operation.user_agent.take(),
                address: operation.address,
                request_id: operation.request_id.clone(),
            },
            Meter::new(budgets.clone(), payer, judged.cost),
            platform.now(),
            is_mutation,
            course,
        );
        let scope = scope.map_err(|error| refused(error, &operation.request_id))?;
        Ok((scope, place))
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
        platform: &Platform,
        (header, request_id): (Option<&str>, &str),
        judged: &Judged,
        is_mutation: bool,
    ) -> Result<Option<Me>, Refused> {
        let Some(header) = header else {
            return Ok(None);
        };
        // Some clients ask for `__typename` everywhere, and it tells nothing about anybody.
        let is_public =
            |field: &String| field == "__typename" || PUBLIC_MUTATIONS.contains(&field.as_str());
        let is_public = is_mutation && judged.root_fields.iter().all(is_public);
        match authenticate(platform, header, platform.now(), request_id).await {
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
        authenticate(&self.0.platform, header, now, request_id).await
    }

    /// Waits until `me` may no longer be answered (R35), and says why.
    pub async fn session_end(&self, me: Me) -> Ended {
        live::end_of(&self.0.platform, &self.0.hub, &me, people::queries::may_act).await
    }
}

/// Whom an Authorization header proves.
async fn authenticate(
    platform: &Platform,
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
            let (may_act, has_few_ties) = (people::queries::may_act, social::sql::has_few_ties);
            sessions::authenticate(platform, token, now, may_act, has_few_ties).await
        }
        None => Ok(None),
    };
    me.map_err(|error| refused(error, request_id))?
        .ok_or_else(|| {
            Refused::new(
                ErrorCode::Unauthenticated,
                "The access token is not valid (any more). Refresh the session, sign in again, or \
                 send no Authorization header.",
            )
        })
}

/// Somebody who could not be recognised before the deadline: nothing was done for them.
fn late() -> Refused {
    let say = "The server could not find out in time who asks. Try again in a moment.";
    Refused::new(ErrorCode::Timeout, say)
}

/// A subscription by a transport that answers once.
fn answers_once() -> Refused {
    let say = "Subscribe over a WebSocket (graphql-transport-ws), or with \
               `Accept: text/event-stream`.";
    Refused::new(ErrorCode::BadUserInput, say)
}

/// An operation that may run.
struct Prepared {
    request: Request,
    found: Found,
    scope: Scope,
    kind: OperationType,
    /// Given back when the work is done, also where nobody waits for it any more.
    place: Option<Place>,
    request_id: String,
}

impl Prepared {
    async fn subscribe(self, executor: &GuardedExecutor) -> Subscription {
        let Inner {
            documents, limits, ..
        } = &*executor.0;
        let schema = executor.schema_for(&self.found);
        let me = self.scope.me;
        let (rounds, course) = (self.scope.rounds.clone(), self.scope.course.clone());
        let answers = schema.execute_stream(self.request.data(self.scope));
        let deadline = limits.deadline(false);
        let running = Running::new(answers, rounds, course, deadline, self.request_id);
        let subscription = Subscription::begin(me, running).await;
        if subscription.is_valid() {
            documents.keep(&self.found);
        }
        subscription
    }

    async fn run(self, executor: GuardedExecutor, measure: &Measure) -> Outcome {
        let is_mutation = self.kind == OperationType::Mutation;
        let deadline = executor.0.limits.deadline(is_mutation);
        let request_id = self.request_id.clone();
        let rounds = self.scope.rounds.clone();
        let request = self.request.data(self.scope);
        let place = self.place;
        let schema = executor.schema_for(&self.found).clone();
        let execution = async move {
            let _place = place;
            let running = async {
                crash::point("operation");
                rounds.drive(schema.execute(request)).await
            };
            AssertUnwindSafe(running).catch_unwind().await.ok()
        };
        let done = if is_mutation {
            // In a task of its own: a client that goes away does not cut a commit.
            let tally = measure.tally.clone();
            let execution = async move { tally.over(execution).await };
            let task = tokio::spawn(execution.in_current_span());
            tokio::time::timeout(deadline, task)
                .await
                .map(|joined| joined.ok().flatten())
        } else {
            tokio::time::timeout(deadline, execution).await
        };
        match done {
            Ok(Some(response)) => {
                let outcome = finish(response, is_mutation, &request_id);
                if matches!(outcome, Outcome::Executed(_)) {
                    executor.0.documents.keep(&self.found);
                }
                outcome
            }
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

/// Codes and masks the errors of a response, and tells a request that failed validation, and one
/// that could read nothing at all just now, from one that ran.
fn finish(mut response: Response, is_mutation: bool, request_id: &str) -> Outcome {
    let is_request_error = mask_all(&mut response, request_id);
    let is_unavailable = !is_mutation && has_nothing(&response);
    if !is_request_error && !is_unavailable {
        return Outcome::Executed(response);
    }
    let code = match is_unavailable {
        true => ErrorCode::Unavailable,
        false => ErrorCode::ValidationFailed,
    };
    let refused = Refused {
        code,
        errors: response.errors,
        retry_after_seconds: None,
    };
    Outcome::Refused(match is_unavailable {
        true => refused.after(1),
        false => refused,
    })
}

/// Whether every field of a query failed because something is not available.
fn has_nothing(response: &Response) -> bool {
    let code = Value::from(ErrorCode::Unavailable.text());
    let is_unavailable = |error: &ServerError| {
        let extensions = error.extensions.as_ref();
        extensions.and_then(|values| values.get("code")) == Some(&code)
    };
    let is_empty = match &response.data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|field| *field == Value::Null),
        _ => false,
    };
    is_empty && !response.errors.is_empty() && response.errors.iter().all(is_unavailable)
}
