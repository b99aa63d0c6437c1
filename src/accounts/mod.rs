//! Accounts: e-mail, password, role and sessions of a person. No reader's door leads here.
//!
//! Owns `account`, `email_address`, `identity`, `letter`, `mailed_token`, `notification_off`,
//! `oidc_sign_in`, `recovery_code`, `refresh_token`, `session` and `totp`. [`Me`] is the proof of a
//! live session that commands demand; only [`sessions`] makes
//! one. [`Staff`] is the proof of a role.

pub mod commands;
pub mod entity;
pub mod events;
pub mod graphql;
pub mod letters;
pub mod lists;
pub mod live;
pub mod loaders;
mod notification_kind;
pub mod personal;
pub mod policy;
pub mod queries;
pub mod sessions;
pub mod totp;

pub use commands::Staff;
pub use entity::{
    account::{AccountContent, MessagePolicy, Role},
    notification_off::Kind as NotificationKind,
};
pub use sessions::{Me, SessionTokens};
