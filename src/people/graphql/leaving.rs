//! Having one's account erased, in the schema.

use async_graphql::{Context, InputObject, Object};

use crate::{
    accounts::{AccountContent, graphql::Viewer},
    graphql::{
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
        scalars::DateTime,
    },
    people::commands,
    text,
};

/// What is to become of an account.
#[derive(InputObject)]
pub struct DeleteAccountInput {
    /// The account's password. Who signs in by a provider alone chooses one first, by
    /// `requestPasswordReset`.
    #[graphql(secret)]
    password: String,
    /// What becomes of what the viewer wrote.
    content: AccountContent,
}

payload! {
    /// What `deleteAccount` answers.
    DeleteAccountPayload {
        /// When the account is erased; until then `cancelAccountDeletion` keeps it.
        erases_at: DateTime,
    }
}

/// That an account is to stay.
#[derive(InputObject)]
pub struct CancelAccountDeletionInput {
    /// Why, in the viewer's own words. It is not kept.
    reason: Option<String>,
}

payload! {
    /// What `cancelAccountDeletion` answers.
    CancelAccountDeletionPayload {
        /// The viewer, as before.
        viewer: Viewer,
    }
}

#[derive(Default)]
pub struct LeavingMutation;

#[Object]
impl LeavingMutation {
    /// Has the viewer's account erased in 14 days, for ever. From now on nobody sees the viewer or
    /// what they wrote, their other sessions end, and they can do nothing but read, ask for their
    /// data, and take this back. Needs a session and the password.
    async fn delete_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to become of it.")] input: DeleteAccountInput,
    ) -> Nullable<DeleteAccountPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let done = commands::delete_account(p, me, &input.password, input.content).await;
            ctx.answer(done, |at| DeleteAccountPayload {
                erases_at: Some(DateTime(at)),
                user_errors: Vec::new(),
            })
        })
        .await
    }

    /// Keeps the viewer's account after all, before its time has come: all is as it was. Needs a
    /// session; whoever has none signs in as usual.
    async fn cancel_account_deletion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "That it is to stay.")] input: CancelAccountDeletionInput,
    ) -> Nullable<CancelAccountDeletionPayload> {
        nullable(async move {
            let (p, me) = (ctx.platform()?, ctx.me()?);
            let done = match input.reason.as_deref() {
                None => Ok(String::new()),
                Some(reason) => text::check("reason", reason, 0, 1_000),
            };
            let done = match done {
                Ok(_) => commands::cancel_account_deletion(p, me).await,
                Err(refused) => Err(refused),
            };
            let done = ctx.settle(Some(me.staying()), done)?;
            Ok(Some(done.map_or_else(
                CancelAccountDeletionPayload::refused,
                |()| CancelAccountDeletionPayload {
                    viewer: Some(Viewer(me.staying())),
                    user_errors: Vec::new(),
                },
            )))
        })
        .await
    }
}
