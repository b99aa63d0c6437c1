//! Media: pictures and films that people upload, and what they hang on.
//!
//! Owns `media` and `media_attachment`. The bytes never pass the API: a browser sends them straight
//! to the store, by an address that is signed for exactly that many bytes of exactly that type.
//! What arrives there lies apart and is served to nobody. Once its uploader says that it is
//! complete, the `media` consumer of the log makes of it what is served: the file written anew,
//! without anything that the camera noted in it, and smaller copies ([`picture`]).
//!
//! What can carry media is a [`Parent`]; the domains above implement it, so that media know nothing
//! of posts, messages or people. Who sees a parent sees what hangs on it; what hangs on nothing is
//! for its uploader alone ([`queries::visible_to`]). What has hung on nothing for a day is deleted,
//! and [`sweep`] leaves no object of it behind.

pub mod commands;
pub mod consumers;
pub mod entity;
pub mod events;
pub mod graphql;
pub mod loaders;
pub(crate) mod making;
pub mod objects;
pub mod personal;
pub mod picture;
pub mod policy;
pub mod queries;
pub mod sweep;

use sea_orm::sea_query::{ColumnRef, Expr};
use uuid::Uuid;

pub use self::entity::{
    media::{FailureReason, Format, Purpose, Status},
    media_attachment::ParentKind,
};
use crate::platform::db::Viewer;

/// A kind of thing that media hang on.
pub trait Parent: Sync {
    /// Its name in the table.
    fn kind(&self) -> ParentKind;

    /// `viewer` sees the thing of this kind whose id is in `column`, and so what hangs on it.
    fn shows(&self, viewer: Viewer, column: ColumnRef) -> Expr;
}

/// A thing that media hang on.
pub type ParentRef = (ParentKind, Uuid);

/// Every kind of thing that media hang on.
pub type Parents = &'static [&'static dyn Parent];
