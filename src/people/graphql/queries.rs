//! Where people are found.

use async_graphql::{Context, Object};

use super::types::User;
use crate::{
    graphql::{
        context::Ask,
        errors::{Nullable, nullable},
    },
    people::loaders::NamedByHandle,
    text,
};

#[derive(Default)]
pub struct PeopleQuery;

#[Object]
impl PeopleQuery {
    /// The person who has this handle now; null where there is none. Upper case and full-width
    /// letters are folded; a leading `@` is not part of a handle.
    async fn user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The handle, without `@`.")] handle: String,
    ) -> Nullable<User> {
        nullable(async move {
            let Some(key) = text::handle(&handle) else {
                return Ok(None);
            };
            Ok(ctx
                .loaders()?
                .one::<NamedByHandle>(key)
                .await?
                .map(User::from))
        })
        .await
    }
}
