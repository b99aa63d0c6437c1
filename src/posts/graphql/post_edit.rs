//! Earlier texts in the schema.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::{
    graphql::{connection::Listed, level::Level, scalars::DateTime},
    ids::{NodeId, NodeKind},
    posts::{entity::post_edit, lists::EditsOfPost},
};

impl Level for PostEdit {}

impl Listed for EditsOfPost {
    type Node = PostEdit;
}

/// A text that an edit replaced.
#[derive(Clone)]
pub struct PostEdit(pub Arc<post_edit::Model>);

impl From<Arc<post_edit::Model>> for PostEdit {
    fn from(row: Arc<post_edit::Model>) -> Self {
        Self(row)
    }
}

/// A text of a post, with the warning before it, that an edit replaced. Seen by whoever sees the
/// post.
#[Object]
impl PostEdit {
    /// The global id.
    pub async fn id(&self) -> ID {
        NodeId::within(NodeKind::PostEdit, self.0.post_id.0, self.0.id.0).into()
    }

    /// The text as it stood until this edit.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// The warning that stood before it until this edit; null where there was none.
    async fn content_warning(&self) -> Option<&str> {
        self.0.content_warning.as_deref()
    }

    /// When it was replaced.
    async fn edited_at(&self) -> DateTime {
        DateTime(self.0.edited_at)
    }
}
