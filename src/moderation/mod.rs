//! Moderation: what people report, what staff does about it, and the log of that.
//!
//! Owns `report` and `audit_entry`. Who reports is never told to anybody but staff; to everybody but
//! staff and who made it, a report is not there (R34). What staff sees through blocks, privacy and
//! membership, it sees in the fields of reports alone (R24), and that it looked is an entry of the
//! audit log itself.
//!
//! Whatever staff does is one transaction with its entry in the audit log, which only grows: the
//! database refuses every change of it but that somebody who is erased is not named any more. What
//! is done to posts, comments, messages, media and people, their own domains do.

pub mod commands;
pub mod entity;
pub mod events;
pub mod graphql;
pub mod lists;
pub mod live;
pub mod loaders;
pub mod personal;
pub mod policy;
pub mod queries;
pub mod subject;

pub use self::entity::{
    audit_entry::Action,
    report::{Reason, Resolution, SubjectKind},
};
