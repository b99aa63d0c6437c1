//! Settings in the schema.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};
use sea_orm::Iterable;

use super::Viewer;
use crate::{
    accounts::{
        MessagePolicy, NotificationKind,
        commands::{self, SettingsChanges},
        entity::account,
        loaders::UnwantedBy,
    },
    graphql::{
        context::Ask,
        errors::{Nullable, nullable, payload},
    },
};

/// What the viewer has decided about their account. Nobody else reads it.
#[derive(SimpleObject)]
#[graphql(complex)]
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

/// What the viewer has decided about their account. Nobody else reads it.
#[ComplexObject]
impl Settings {
    /// Of which kinds of things the viewer is told, every kind once. All are enabled in a new
    /// account.
    async fn notification_preferences(
        &self,
        ctx: &Context<'_>,
    ) -> Nullable<Vec<NotificationPreference>> {
        nullable(async move {
            let me = ctx.me()?.id();
            let off = ctx.loaders()?.one::<UnwantedBy>(me).await?;
            Ok(off.map(|off| {
                let preference = |kind| NotificationPreference {
                    kind,
                    is_enabled: !off.contains(&kind),
                };
                NotificationKind::iter().map(preference).collect()
            }))
        })
        .await
    }
}

/// Whether the viewer is told of one kind of things.
#[derive(SimpleObject)]
pub struct NotificationPreference {
    /// What would be told.
    kind: NotificationKind,
    /// Whether it is told. Where it is not, what happens meanwhile makes no notification; those
    /// made before stay.
    is_enabled: bool,
}

/// Whether to be told of one kind of things.
#[derive(InputObject)]
pub struct NotificationPreferenceInput {
    /// What would be told.
    kind: NotificationKind,
    /// Whether to tell it from now on.
    is_enabled: bool,
}

/// Changes to the viewer's settings. What is absent or null stays as it is.
#[derive(InputObject)]
pub struct UpdateSettingsInput {
    /// Whose new conversations reach the viewer. Those that are there already stay as they are.
    allow_messages_from: Option<MessagePolicy>,
    /// Whether other members see how far the viewer has read, before as from now on.
    share_read_receipts: Option<bool>,
    /// Of which kinds of things to be told, each at most once. Kinds that are not named stay as
    /// they are.
    notification_preferences: Option<Vec<NotificationPreferenceInput>>,
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
            let preferences = input.notification_preferences.into_iter().flatten();
            let changes = SettingsChanges {
                allow_messages_from: input.allow_messages_from,
                share_read_receipts: input.share_read_receipts,
                notifications: preferences.map(|one| (one.kind, one.is_enabled)).collect(),
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
