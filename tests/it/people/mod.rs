//! Profiles, handles, and what people do towards each other.

mod blocked;
mod blocks;
mod follows;
mod handles;
mod mutes;
mod private;
mod profile;
mod removals;
mod requests;

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, missing, outcome};

/// Everything that `viewerRelationship` tells.
const RELATIONSHIP: &str =
    "viewerRelationship { following requested followedBy blocking muting mutedUntil }";

/// Every mutation towards a person that takes nothing but whom.
const TOWARDS: [&str; 9] = [
    "followUser",
    "unfollowUser",
    "acceptFollowRequest",
    "rejectFollowRequest",
    "removeFollower",
    "blockUser",
    "unblockUser",
    "muteUser",
    "unmuteUser",
];

/// Calls a mutation towards a person for its outcome.
async fn act(caller: &Caller, field: &str, other: &Caller) -> String {
    attempt(caller, field, json!({ "userId": other.id })).await
}

/// Calls a mutation that is done, and returns its `user` with `selection`.
async fn acted(caller: &Caller, field: &str, other: &Caller, selection: &str) -> Value {
    let input = json!({ "userId": other.id });
    let payload = format!("user {{ {selection} }}");
    let done = caller.mutate(field, input, &payload).await;
    assert_eq!(outcome(&done), "done", "{field}");
    done["user"].clone()
}

/// What `viewer` is told of how they stand to `other`: the facts that hold.
async fn standing(viewer: &Caller, other: &Caller) -> Vec<String> {
    let query = format!("query($handle: String!) {{ user(handle: $handle) {{ {RELATIONSHIP} }} }}");
    let data = viewer
        .query(&query, json!({ "handle": other.handle }))
        .await;
    facts(&data["user"])
}

/// The facts that hold in a user's `viewerRelationship`.
fn facts(user: &Value) -> Vec<String> {
    let facts = user["viewerRelationship"]
        .as_object()
        .expect("a relationship");
    let holding = facts.iter().filter(|(_, value)| **value == json!(true));
    holding.map(|(name, _)| name.clone()).collect()
}

/// The handles in one of the viewer's own lists of people, which must be as many as it counts.
async fn own(viewer: &Caller, list: &str) -> Vec<String> {
    let query = format!("{{ viewer {{ {list} {{ totalCount nodes {{ handle }} }} }} }}");
    let data = viewer.query(&query, json!({})).await;
    handles(&data["viewer"][list])
}

/// The handles of a whole list of people, which must be as many as it counts.
fn handles(list: &Value) -> Vec<String> {
    let nodes = list["nodes"].as_array().expect("nodes");
    assert_eq!(list["totalCount"], nodes.len());
    let handle = |node: &Value| node["handle"].as_str().expect("a handle").to_owned();
    nodes.iter().map(handle).collect()
}

/// How many follow a person, and how many they follow, as a guest is told.
async fn numbers(app: &TestApp, person: &Caller) -> [Value; 2] {
    let query =
        "query($handle: String!) { user(handle: $handle) { followerCount followingCount } }";
    let data = app
        .guest()
        .query(query, json!({ "handle": person.handle }))
        .await;
    ["followerCount", "followingCount"].map(|count| data["user"][count].clone())
}

async fn be_private(person: &Caller, is_private: bool) {
    let input = json!({ "isPrivate": is_private });
    let done = person
        .mutate("updateProfile", input, "user { isPrivate }")
        .await;
    assert_eq!(done["user"]["isPrivate"], is_private);
}

/// Asserts that `person` is told of `hidden` in `field` exactly what they are told of nobody.
async fn is_nobody(person: &Caller, field: &str, hidden: &Caller) {
    let call = async |id: &str| {
        let payload = "user { id handle }";
        person.mutate(field, json!({ "userId": id }), payload).await
    };
    let nobody = call(&missing(rookery::ids::NodeKind::User)).await;
    assert_eq!(outcome(&nobody), "NOT_FOUND at userId", "{field}");
    assert_eq!(call(&hidden.id).await, nobody, "{field}");
}
