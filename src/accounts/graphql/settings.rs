//! Settings in the schema.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::Viewer;
use crate::{
    accounts::{
        MessagePolicy,
        commands::{self, SettingsChanges},
        entity::account,
    },
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
    },
};

/// What the viewer has decided about their account. Nobody else reads it.
#[derive(SimpleObject)]
pub struct Settings {
    /// Whose new conversations reach the viewer. EVERYONE in a new account.
    allow_messages_from: MessagePolicy,
    /// Whether other members see how far the viewer has read. True in a new account.
    share_read_receipts: bool,
}

impl From<&account::Model> for Settings {
    fn from(account: &account::Model) -> Self {
        Self {
            allow_messages_from: account.allow_messages_from,
            share_read_receipts: account.share_read_receipts,
        }
    }
}

/// Changes to the viewer's settings. What is absent or null stays as it is.
#[derive(InputObject)]
pub struct UpdateSettingsInput {
    /// Whose new conversations reach the viewer. Those that are there already stay as they are.
    allow_messages_from: Option<MessagePolicy>,
    /// Whether other members see how far the viewer has read, before as from now on.
    share_read_receipts: Option<bool>,
}

payload! {
    /// What `updateSettings` answers.
    UpdateSettingsPayload {
        /// The viewer, with the new settings.
        viewer: Viewer,
    }
}

#[derive(Default)]
pub struct SettingsMutation;

#[Object]
impl SettingsMutation {
    /// Changes the viewer's settings. Needs a session.
    async fn update_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateSettingsInput,
    ) -> Nullable<UpdateSettingsPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let changes = SettingsChanges {
                allow_messages_from: input.allow_messages_from,
                share_read_receipts: input.share_read_receipts,
            };
            let done = commands::update_settings(ctx.platform()?, me, changes).await;
            ctx.answer(done, |()| UpdateSettingsPayload {
                viewer: Some(Viewer(*me)),
                ..Default::default()
            })
        })
        .await
    }
}
