//! What mutations about people answer: the person as the viewer sees them afterwards.

use async_graphql::{Context, ID};

use super::types::User;
use crate::{
    error::Result,
    graphql::{context::Ask, errors::Payload, node::input_id},
    ids::{NodeKind, PersonId},
    people::loaders::NamedById,
};

/// The person of an input.
///
/// # Errors
/// BAD_USER_INPUT at `userId`.
pub(super) fn person(id: &ID) -> Result<PersonId> {
    input_id(id, "userId", NodeKind::User).map(|node| PersonId(node.id))
}

/// The payload of what was done about `person`, read by the viewer's own door: reduced where the
/// viewer blocks them, `None` where they are not there for the viewer any more.
pub(super) async fn answer<P: Payload>(
    ctx: &Context<'_>,
    done: Result<PersonId>,
    payload: impl FnOnce(Option<User>) -> P,
) -> Result<Option<P>> {
    match ctx.settle(ctx.scope()?.me, done)? {
        Err(errors) => Ok(Some(P::refused(errors))),
        Ok(person) => {
            let seen = ctx.loaders()?.one::<NamedById>(person).await?;
            Ok(Some(payload(seen.map(User::from))))
        }
    }
}
