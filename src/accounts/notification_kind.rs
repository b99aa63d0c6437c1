//! The kinds of notifications, which settings name and everything above tells by.

use schemars::JsonSchema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a notification tells.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    async_graphql::Enum,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[graphql(name = "NotificationKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "NotificationKind")]
pub enum Kind {
    /// Somebody follows the recipient.
    #[sea_orm(string_value = "FOLLOWED")]
    Followed,
    /// Somebody asks to follow the recipient, whose account is private.
    #[sea_orm(string_value = "FOLLOW_REQUESTED")]
    FollowRequested,
    /// Somebody lets the recipient follow who had asked to.
    #[sea_orm(string_value = "FOLLOW_ACCEPTED")]
    FollowAccepted,
    /// Somebody names the recipient in a post or a comment, and nothing else tells them of it.
    #[sea_orm(string_value = "MENTIONED")]
    Mentioned,
    /// Somebody comments under a post of the recipient, other than in reply to them.
    #[sea_orm(string_value = "COMMENTED")]
    Commented,
    /// Somebody replies to a comment of the recipient.
    #[sea_orm(string_value = "REPLIED")]
    Replied,
    /// Somebody reacts to a post, comment or message of the recipient.
    #[sea_orm(string_value = "REACTED")]
    Reacted,
    /// Somebody reposts a post of the recipient.
    #[sea_orm(string_value = "REPOSTED")]
    Reposted,
    /// Somebody quotes a post of the recipient.
    #[sea_orm(string_value = "QUOTED")]
    Quoted,
    /// Somebody puts the recipient into a conversation that they may accept or decline.
    #[sea_orm(string_value = "MESSAGE_REQUESTED")]
    MessageRequested,
    /// Somebody puts the recipient into a group.
    #[sea_orm(string_value = "ADDED_TO_CONVERSATION")]
    AddedToConversation,
    /// A poll has closed in which the recipient voted.
    #[sea_orm(string_value = "POLL_CLOSED")]
    PollClosed,
    /// Staff hid something of the recipient, or suspended them.
    #[sea_orm(string_value = "MODERATION")]
    Moderation,
}
