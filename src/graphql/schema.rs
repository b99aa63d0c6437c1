//! The schema: the roots of every domain put together. No extension runs in it: any one would make
//! every field slow; masking, measuring and limits are the executor's.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, ValidationMode};

use super::{errors::UserErrorCode, roots::NodeQuery};
use crate::{
    accounts::graphql::{AccountsMutation, AccountsQuery},
    comments::graphql::{CommentsMutation, CommentsSubscription},
    feed::graphql::FeedSubscription,
    media::graphql::MediaMutation,
    messaging::graphql::{MessagingMutation, MessagingSubscription},
    moderation::graphql::{ModerationMutation, ModerationQuery},
    notifications::graphql::{NotificationsMutation, NotificationsSubscription},
    people::graphql::{PeopleMutation, PeopleQuery},
    platform::config::Switch,
    posts::graphql::{PostsMutation, PostsQuery},
    privacy::graphql::PrivacyMutation,
    reactions::graphql::ReactionsMutation,
    search::graphql::SearchQuery,
    trends::graphql::TrendsQuery,
};

/// Where every read begins.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    AccountsQuery,
    PeopleQuery,
    PostsQuery,
    TrendsQuery,
    SearchQuery,
    ModerationQuery,
);

/// Everything that changes something. Each takes one `input` and answers a payload whose results
/// are null, and whose `userErrors` say why, when it was refused.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccountsMutation,
    PeopleMutation,
    PostsMutation,
    CommentsMutation,
    ReactionsMutation,
    MessagingMutation,
    MediaMutation,
    NotificationsMutation,
    PrivacyMutation,
    ModerationMutation,
);

/// What is told as it happens. Whoever subscribes is told of what happens from then on and may be
/// seen at that moment. A subscription ends with RESUME_EXPIRED where it has missed something.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    FeedSubscription,
    CommentsSubscription,
    MessagingSubscription,
    NotificationsSubscription,
);

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema.
pub fn build(introspection: Switch) -> Schema {
    build_with(introspection, ValidationMode::Strict)
}

/// The same for documents that have passed its validation: they are not validated again.
pub(super) fn build_for_valid(introspection: Switch) -> Schema {
    build_with(introspection, ValidationMode::Fast)
}

fn build_with(introspection: Switch, validation: ValidationMode) -> Schema {
    let (query, mutation) = (Query::default(), Mutation::default());
    let builder = Schema::build(query, mutation, Subscription::default())
        .register_output_type::<UserErrorCode>()
        // The guard has bounded the document before; these count differently and answer later.
        .limit_recursive_depth(64)
        .validation_mode(validation)
        .disable_suggestions();
    match introspection {
        Switch::On => builder.finish(),
        Switch::Off => builder.disable_introspection().finish(),
    }
}

/// The schema as text, as `schema.graphql` holds it.
pub fn sdl(schema: &Schema) -> String {
    let sdl = schema.sdl_with_options(SDLExportOptions::new());
    let lines: Vec<_> = sdl.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim())
}
