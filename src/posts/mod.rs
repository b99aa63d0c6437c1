//! Posts: what people say to an audience.
//!
//! Owns `post`, `post_edit`, `hashtag`, `post_hashtag`, `post_mention`, `bookmark`, `poll`,
//! `poll_option`, `poll_vote`, `pinned_post`, `draft` and
//! `thread_mute`. A post is seen by the people its level
//! names and by nobody else, on every path ([`queries::visible_to`]). A deleted post is gone for
//! everybody, its text erased at once.
//!
//! A plain repost is a post without a text that points at its original. What is aimed at it acts
//! on the original ([`aim`]).
//!
//! A poll is seen with its post ([`polls`]). A draft is its author's alone ([`drafts`]) and leaves
//! no facts in the log; what is published from it, by its author or when its time comes, is
//! published as every other post.

pub mod aim;
pub mod commands;
pub mod drafts;
pub mod entity;
pub mod events;
pub mod graphql;
pub mod index;
pub mod lists;
pub mod loaders;
pub mod marks;
pub mod parent;
pub mod personal;
pub mod policy;
pub mod polls;
pub mod queries;
pub mod recount;
mod relations;
pub mod subject;
pub mod towards;

pub use self::entity::{
    draft::PublishFailure,
    post::{ReplyPolicy, Visibility},
};
