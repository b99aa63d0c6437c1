//! Lines of the log for whoever looks into an attack: who came in, and who was turned away. They
//! hold ids, an address and codes, and nothing that somebody has written.

use std::net::IpAddr;

use super::context::Scope;
use crate::{
    accounts::Me,
    error::{Code, Error},
};

/// Mutations about accounts, and those of staff, which are told of however they end.
const ABOUT_ACCOUNTS: [&str; 27] = [
    "deleteAccount",
    "cancelAccountDeletion",
    "signUp",
    "signIn",
    "refreshSession",
    "signOut",
    "revokeSession",
    "changeHandle",
    "verifyEmail",
    "changeEmail",
    "requestPasswordReset",
    "resetPassword",
    "changePassword",
    "enableTotp",
    "confirmTotp",
    "disableTotp",
    "beginOidcSignIn",
    "completeOidcSignIn",
    "linkOidcIdentity",
    "unlinkOidcIdentity",
    "requestDataExport",
    "resolveReport",
    "hideContent",
    "restoreContent",
    "suspendUser",
    "unsuspendUser",
    "setUserRole",
];

/// Refusals that are told of whatever was called.
fn is_denial(code: Code) -> bool {
    matches!(
        code,
        Code::Forbidden
            | Code::InvalidCredentials
            | Code::TotpRequired
            | Code::TokenInvalid
            | Code::Suspended
            | Code::Unauthenticated
            | Code::RateLimited
    )
}

/// A mutation has been answered.
pub(super) fn mutation(scope: &Scope, action: &str, me: Option<Me>, refused: Option<&Error>) {
    let outcome = match refused {
        None if ABOUT_ACCOUNTS.contains(&action) => "done".to_owned(),
        Some(Error::Refused(refusal)) if is_denial(refusal.code) => format!("{:?}", refusal.code),
        _ => return,
    };
    let (person, session) = me.map(|me| (me.id().0, me.session().0)).unzip();
    tracing::info!(
        action,
        outcome,
        person.id = person.map(tracing::field::display),
        session.id = session.map(tracing::field::display),
        address = %scope.address,
        request.id = scope.request_id,
        "A mutation was answered."
    );
}

/// A token did not prove anybody.
pub(crate) fn no_proof(address: IpAddr, request_id: &str) {
    tracing::info!(
        action = "authenticate",
        outcome = "Unauthenticated",
        %address,
        request.id = request_id,
        "An access token was refused."
    );
}
