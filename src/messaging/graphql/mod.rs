//! Conversations in the schema.

pub mod conversation;
pub mod member;
pub mod message;
pub mod mutations;
pub mod of_viewer;
pub mod subscriptions;

pub use self::{
    conversation::Conversation, member::ConversationMember, message::Message,
    mutations::MessagingMutation, subscriptions::MessagingSubscription,
};
