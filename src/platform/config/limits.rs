//! Sizes, depths, deadlines and budgets of requests.

use std::time::Duration;

use clap::Args;

/// What one request may cost.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct LimitsConfig {
    /// Largest GraphQL request body, in bytes.
    #[arg(long, env = "ROOKERY_MAX_BODY_BYTES", default_value_t = 64 * 1024, value_name = "BYTES")]
    pub max_body_bytes: usize,

    /// Longest query text, in bytes.
    #[arg(long, env = "ROOKERY_MAX_QUERY_BYTES", default_value_t = 16 * 1024, value_name = "BYTES")]
    pub max_query_bytes: usize,

    /// Largest variables, in bytes of JSON.
    #[arg(long, env = "ROOKERY_MAX_VARIABLES_BYTES", default_value_t = 32 * 1024, value_name = "BYTES")]
    pub max_variables_bytes: usize,

    /// Longest URL, in bytes.
    #[arg(long, env = "ROOKERY_MAX_URL_BYTES", default_value_t = 16 * 1024, value_name = "BYTES")]
    pub max_url_bytes: usize,

    /// Most tokens in a document.
    #[arg(
        long,
        env = "ROOKERY_MAX_TOKENS",
        default_value_t = 2_000,
        value_name = "N"
    )]
    pub max_tokens: usize,

    /// Deepest selection.
    #[arg(
        long,
        env = "ROOKERY_MAX_DEPTH",
        default_value_t = 15,
        value_name = "N"
    )]
    pub max_depth: usize,

    /// Most aliases in a document.
    #[arg(
        long,
        env = "ROOKERY_MAX_ALIASES",
        default_value_t = 30,
        value_name = "N"
    )]
    pub max_aliases: usize,

    /// Most directives in a document.
    #[arg(
        long,
        env = "ROOKERY_MAX_DIRECTIVES",
        default_value_t = 50,
        value_name = "N"
    )]
    pub max_directives: usize,

    /// Most selections of a document once its fragments are expanded.
    #[arg(
        long,
        env = "ROOKERY_MAX_SELECTIONS",
        default_value_t = 5_000,
        value_name = "N"
    )]
    pub max_selections: usize,

    /// Most root fields of a query.
    #[arg(
        long,
        env = "ROOKERY_MAX_ROOT_FIELDS",
        default_value_t = 20,
        value_name = "N"
    )]
    pub max_root_fields: usize,

    /// Most root fields of a mutation.
    #[arg(
        long,
        env = "ROOKERY_MAX_MUTATION_ROOT_FIELDS",
        default_value_t = 5,
        value_name = "N"
    )]
    pub max_mutation_root_fields: usize,

    /// Most operations in a document.
    #[arg(
        long,
        env = "ROOKERY_MAX_OPERATIONS",
        default_value_t = 5,
        value_name = "N"
    )]
    pub max_operations: usize,

    /// Most fragments in a document.
    #[arg(
        long,
        env = "ROOKERY_MAX_FRAGMENTS",
        default_value_t = 50,
        value_name = "N"
    )]
    pub max_fragments: usize,

    /// Most items of a list argument.
    #[arg(
        long,
        env = "ROOKERY_MAX_LIST_ITEMS",
        default_value_t = 100,
        value_name = "N"
    )]
    pub max_list_items: usize,

    /// Dearest operation, in cost points.
    #[arg(
        long,
        env = "ROOKERY_MAX_COST",
        default_value_t = 5_000,
        value_name = "POINTS"
    )]
    pub max_cost: u32,

    /// Cost points a minute for a signed-in person.
    #[arg(
        long,
        env = "ROOKERY_MEMBER_BUDGET",
        default_value_t = 120_000,
        value_name = "POINTS"
    )]
    pub member_budget: u32,

    /// Cost points a minute for all guests of one address (IPv6: of one /64).
    #[arg(
        long,
        env = "ROOKERY_GUEST_BUDGET",
        default_value_t = 120_000,
        value_name = "POINTS"
    )]
    pub guest_budget: u32,

    /// Attempts to sign in to one account, a minute.
    #[arg(
        long,
        env = "ROOKERY_SIGN_INS_PER_ACCOUNT",
        default_value_t = 10,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub sign_ins_per_account: u32,

    /// Attempts to sign in from one address (IPv6: from one /64), a minute.
    #[arg(
        long,
        env = "ROOKERY_SIGN_INS_PER_ADDRESS",
        default_value_t = 60,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub sign_ins_per_address: u32,

    /// Accounts made from one address, an hour.
    #[arg(
        long,
        env = "ROOKERY_SIGN_UPS_PER_ADDRESS",
        default_value_t = 20,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub sign_ups_per_address: u32,

    /// Letters that somebody asks for to one e-mail address, or to verify those of one account, an
    /// hour.
    #[arg(
        long,
        env = "ROOKERY_LETTERS_PER_ADDRESS",
        default_value_t = 3,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub letters_per_address: u32,

    /// How many people somebody may follow or ask to, a minute, on one server.
    #[arg(
        long,
        env = "ROOKERY_FOLLOWS_PER_MINUTE",
        default_value_t = 60,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub follows_per_minute: u32,

    /// How many people somebody may ask whether they take messages, an hour, on one server.
    #[arg(
        long,
        env = "ROOKERY_MESSAGE_REQUESTS_PER_HOUR",
        default_value_t = 10,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub message_requests_per_hour: u32,

    /// Searches by one person, or by all guests of one address, a minute, on one server.
    #[arg(
        long,
        env = "ROOKERY_SEARCHES_PER_MINUTE",
        default_value_t = 60,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub searches_per_minute: u32,

    /// Uploads that somebody may begin, an hour, on one server.
    #[arg(
        long,
        env = "ROOKERY_UPLOADS_PER_HOUR",
        default_value_t = 60,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub uploads_per_hour: u32,

    /// Things that somebody may report to staff, an hour, on one server.
    #[arg(
        long,
        env = "ROOKERY_REPORTS_PER_HOUR",
        default_value_t = 30,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub reports_per_hour: u32,

    /// Deadline of a query, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_QUERY_DEADLINE_MS",
        default_value_t = 10_000,
        value_name = "MS"
    )]
    pub query_deadline_ms: u64,

    /// Deadline of a mutation, in milliseconds. The work goes on; only the answer is given up.
    #[arg(
        long,
        env = "ROOKERY_MUTATION_DEADLINE_MS",
        default_value_t = 15_000,
        value_name = "MS"
    )]
    pub mutation_deadline_ms: u64,

    /// At SIGTERM: how long requests are still taken while /readyz says that the server stops, in
    /// milliseconds: longer than a load balancer takes to notice. Ctrl-C does not wait.
    #[arg(
        long,
        env = "ROOKERY_SHUTDOWN_NOTICE_MS",
        default_value_t = 5_000,
        value_name = "MS"
    )]
    pub shutdown_notice_ms: u64,

    /// At SIGTERM: WebSockets and event streams are closed one after the other in this time, in
    /// milliseconds, so that they do not all come back elsewhere at once. A part of the drain.
    #[arg(
        long,
        env = "ROOKERY_CLOSE_SPREAD_MS",
        default_value_t = 8_000,
        value_name = "MS"
    )]
    pub close_spread_ms: u64,

    /// When the process ends whatever is still open, in milliseconds after the signal. A second
    /// signal ends it at once.
    #[arg(
        long,
        env = "ROOKERY_STOP_MS",
        default_value_t = 40_000,
        value_name = "MS"
    )]
    pub stop_ms: u64,

    /// At shutdown: how long open requests may finish, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_DRAIN_MS",
        default_value_t = 25_000,
        value_name = "MS"
    )]
    pub drain_ms: u64,

    /// How long a WebSocket may take to send `connection_init`, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_SOCKET_INIT_MS",
        default_value_t = 5_000,
        value_name = "MS"
    )]
    pub socket_init_ms: u64,

    /// How often a WebSocket is pinged, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_SOCKET_PING_MS",
        default_value_t = 25_000,
        value_name = "MS"
    )]
    pub socket_ping_ms: u64,

    /// How long a WebSocket may stay silent, in milliseconds. Answers to pings count.
    #[arg(
        long,
        env = "ROOKERY_SOCKET_IDLE_MS",
        default_value_t = 60_000,
        value_name = "MS"
    )]
    pub socket_idle_ms: u64,

    /// How long one frame to a WebSocket may take, in milliseconds: a slower reader is cut.
    #[arg(
        long,
        env = "ROOKERY_SOCKET_WRITE_MS",
        default_value_t = 10_000,
        value_name = "MS"
    )]
    pub socket_write_ms: u64,

    /// Largest message from a WebSocket, in bytes.
    #[arg(long, env = "ROOKERY_MAX_SOCKET_MESSAGE_BYTES", default_value_t = 64 * 1024, value_name = "BYTES")]
    pub max_socket_message_bytes: usize,

    /// Most frames that wait to be written to one WebSocket.
    #[arg(
        long,
        env = "ROOKERY_MAX_SOCKET_QUEUE",
        default_value_t = 64,
        value_name = "N",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..)
    )]
    pub max_socket_queue: usize,

    /// Most operations under way on one WebSocket.
    #[arg(
        long,
        env = "ROOKERY_MAX_SOCKET_OPERATIONS",
        default_value_t = 20,
        value_name = "N"
    )]
    pub max_socket_operations: usize,

    /// Most WebSockets and event streams of one person.
    #[arg(
        long,
        env = "ROOKERY_MAX_SOCKETS_PER_PERSON",
        default_value_t = 100,
        value_name = "N"
    )]
    pub max_sockets_per_person: usize,

    /// Most WebSockets and event streams from one address (IPv6: from one /64).
    #[arg(
        long,
        env = "ROOKERY_MAX_SOCKETS_PER_ADDRESS",
        default_value_t = 1_000,
        value_name = "N"
    )]
    pub max_sockets_per_address: usize,

    /// How often an event stream that has nothing to tell sends a comment, in milliseconds.
    #[arg(
        long,
        env = "ROOKERY_SSE_KEEP_ALIVE_MS",
        default_value_t = 12_000,
        value_name = "MS",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub sse_keep_alive_ms: u64,
}

impl LimitsConfig {
    /// The deadline of a query or, with `is_mutation`, of a mutation.
    pub fn deadline(&self, is_mutation: bool) -> Duration {
        Duration::from_millis(if is_mutation {
            self.mutation_deadline_ms
        } else {
            self.query_deadline_ms
        })
    }
}
