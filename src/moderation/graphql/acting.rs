//! What staff does, of its own accord.

use async_graphql::{Context, ID, InputObject, Object};

use super::subject::{ReportSubject, shown_to_staff};
use crate::{
    accounts::{Me, Role, commands::claim_staff},
    error::Result,
    graphql::{
        context::Ask,
        errors::{Nullable, Payload, nullable, payload},
        node::{any_input_id, input_id},
        scalars::DateTime,
    },
    ids::{NodeId, NodeKind, PersonId},
    moderation::{commands, subject::Subject},
    people::{graphql::User, loaders::PeopleForStaff},
};

/// What to hide.
#[derive(InputObject)]
pub struct HideContentInput {
    /// A post, a comment, a message or an upload; of a plain repost its original is meant.
    subject_id: ID,
    /// Why, for the audit log, as plain text of 1 to 1,000 characters.
    reason: String,
}

payload! {
    /// What `hideContent` answers.
    HideContentPayload {
        /// What is hidden.
        subject: ReportSubject,
    }
}

/// What to show again.
#[derive(InputObject)]
pub struct RestoreContentInput {
    /// A post, a comment, a message or an upload; of a plain repost its original is meant.
    subject_id: ID,
    /// Why, for the audit log, as plain text of 1 to 1,000 characters.
    reason: String,
}

payload! {
    /// What `restoreContent` answers.
    RestoreContentPayload {
        /// What is shown again.
        subject: ReportSubject,
    }
}

/// Whom to suspend, and until when.
#[derive(InputObject)]
pub struct SuspendUserInput {
    /// The person.
    user_id: ID,
    /// When it ends by itself, in the future. Absent or null: it lasts until further notice.
    until: Option<DateTime>,
    /// Why, for the audit log, as plain text of 1 to 1,000 characters.
    reason: String,
}

payload! {
    /// What `suspendUser` answers.
    SuspendUserPayload {
        /// The person.
        user: User,
    }
}

/// Whose suspension to end.
#[derive(InputObject)]
pub struct UnsuspendUserInput {
    /// The person.
    user_id: ID,
    /// Why, for the audit log, as plain text of 1 to 1,000 characters.
    reason: String,
}

payload! {
    /// What `unsuspendUser` answers.
    UnsuspendUserPayload {
        /// The person.
        user: User,
    }
}

/// Whom to give which role.
#[derive(InputObject)]
pub struct SetUserRoleInput {
    /// The person, somebody else.
    user_id: ID,
    /// The role from now on.
    role: Role,
}

payload! {
    /// What `setUserRole` answers.
    SetUserRolePayload {
        /// The person.
        user: User,
    }
}

/// What `input` says, for staff alone: others are turned away before it is judged.
pub(super) fn after_staff<T>(me: &Me, input: impl FnOnce() -> Result<T>) -> Result<T> {
    claim_staff(me)?;
    input()
}

/// The payload of what was done to a thing.
async fn answer_subject<P: Payload>(
    ctx: &Context<'_>,
    done: Result<Subject>,
    payload: impl FnOnce(Option<ReportSubject>) -> P,
) -> Result<Option<P>> {
    match ctx.settle(ctx.scope()?.me, done)? {
        Err(errors) => Ok(Some(P::refused(errors))),
        Ok(subject) => {
            let seen = shown_to_staff(ctx, (subject.kind, subject.id)).await?;
            Ok(Some(payload(seen)))
        }
    }
}

/// The payload of what was done to a person.
async fn answer_person<P: Payload>(
    ctx: &Context<'_>,
    done: Result<PersonId>,
    payload: impl FnOnce(Option<User>) -> P,
) -> Result<Option<P>> {
    match ctx.settle(ctx.scope()?.me, done)? {
        Err(errors) => Ok(Some(P::refused(errors))),
        Ok(person) => {
            let seen = ctx.loaders()?.one::<PeopleForStaff>(person).await?;
            Ok(Some(payload(seen.map(User::from))))
        }
    }
}

fn thing(me: &Me, id: &ID) -> Result<NodeId> {
    after_staff(me, || any_input_id(id, "subjectId"))
}

fn person(me: &Me, id: &ID) -> Result<PersonId> {
    after_staff(me, || input_id(id, "userId", NodeKind::User)).map(|node| PersonId(node.id))
}

#[derive(Default)]
pub struct ActingMutation;

#[Object]
impl ActingMutation {
    /// Hides something from all but its author and staff, wherever it stands. Doing it twice changes
    /// nothing. For staff.
    async fn hide_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to hide, and why.")] input: HideContentInput,
    ) -> Nullable<HideContentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match thing(me, &input.subject_id) {
                Ok(id) => commands::hide_content(ctx.platform()?, me, id, &input.reason).await,
                Err(error) => Err(error),
            };
            answer_subject(ctx, done, |subject| HideContentPayload {
                subject,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Shows something again that staff has hidden. Without effect on what is not hidden. For staff.
    async fn restore_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to show again, and why.")] input: RestoreContentInput,
    ) -> Nullable<RestoreContentPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match thing(me, &input.subject_id) {
                Ok(id) => commands::restore_content(ctx.platform()?, me, id, &input.reason).await,
                Err(error) => Err(error),
            };
            answer_subject(ctx, done, |subject| RestoreContentPayload {
                subject,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Suspends somebody: they cannot act, their sessions end, and what they wrote behaves as deleted
    /// for all but staff. Of who is suspended, it is the new end. Nobody suspends an admin or
    /// themselves; only an admin suspends a moderator. For staff.
    async fn suspend_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, until when, and why.")] input: SuspendUserInput,
    ) -> Nullable<SuspendUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let until = input.until.map(|until| until.0);
            let done = match person(me, &input.user_id) {
                Ok(id) => {
                    let p = ctx.platform()?;
                    commands::suspend_user(p, me, id, until, &input.reason)
                        .await
                        .map(|()| id)
                }
                Err(error) => Err(error),
            };
            answer_person(ctx, done, |user| SuspendUserPayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Ends a suspension before its time. Without effect where there is none. For staff, as far as
    /// they may suspend that person.
    async fn unsuspend_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose suspension, and why.")] input: UnsuspendUserInput,
    ) -> Nullable<UnsuspendUserPayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(me, &input.user_id) {
                Ok(id) => {
                    let p = ctx.platform()?;
                    commands::unsuspend_user(p, me, id, &input.reason)
                        .await
                        .map(|()| id)
                }
                Err(error) => Err(error),
            };
            answer_person(ctx, done, |user| UnsuspendUserPayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }

    /// Gives somebody else a role. What they have open is closed, and counts anew. For admins.
    async fn set_user_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and which role.")] input: SetUserRoleInput,
    ) -> Nullable<SetUserRolePayload> {
        nullable(async move {
            let me = ctx.me()?;
            let done = match person(me, &input.user_id) {
                Ok(id) => commands::set_user_role(ctx.platform()?, me, id, input.role)
                    .await
                    .map(|()| id),
                Err(error) => Err(error),
            };
            answer_person(ctx, done, |user| SetUserRolePayload {
                user,
                ..Default::default()
            })
            .await
        })
        .await
    }
}
