//! Ids: one text for each, and whatever else is sent finds nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use rookery::ids::NodeId;
use serde_json::{Value, json};

use super::{
    Tally, campaign,
    choices::{changed_text, changes, text},
    stage::{Stage, check},
};

const KINDS: [&str; 18] = [
    "User",
    "Viewer",
    "Post",
    "PostEdit",
    "Poll",
    "PollOption",
    "Draft",
    "Comment",
    "Hashtag",
    "Reaction",
    "Session",
    "Conversation",
    "ConversationMember",
    "Message",
    "Media",
    "Notification",
    "user",
    "Query",
];

/// Ids that are well formed, or nearly.
fn ids() -> impl Strategy<Value = String> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 16),
        prop::collection::vec(any::<u8>(), 32),
        prop::collection::vec(any::<u8>(), 0..50),
    ];
    let well_formed = (prop::sample::select(&KINDS[..]), bytes)
        .prop_map(|(kind, bytes)| format!("{kind}_{}", URL_SAFE_NO_PAD.encode(bytes)));
    prop_oneof![8 => well_formed, 1 => text()]
}

#[test]
fn an_id_has_one_text_and_is_read_back_from_it() {
    let cases = (ids(), changes(3));
    campaign("ids", 3_000, &cases, |(id, changes)| {
        for text in [changed_text(&id, &changes), id] {
            if let Some(read) = NodeId::parse(&text) {
                prop_assert_eq!(read.to_string(), text);
            }
        }
        Ok(())
    });
}

#[test]
fn whatever_is_sent_as_an_id_finds_what_it_names_or_nothing() {
    let (stage, tally) = (Stage::begin(), Tally::default());
    let real = prop::sample::select(stage.ids.clone());
    let changed = (prop_oneof![real, ids()], changes(2), any::<bool>());
    let changed = changed.prop_map(|(id, changes, is_changed)| match is_changed {
        true => changed_text(&id, &changes),
        false => id,
    });
    let query = "query($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }";
    let follow = "mutation($id: ID!) { followUser(input: {userId: $id}) { userErrors { code } } \
                  addReaction(input: {subjectId: $id, emoji: \"👍\"}) { userErrors { code } } \
                  deleteComment(input: {commentId: $id}) { userErrors { code } } }";
    campaign("ids of nodes", 60, &changed, |id| {
        let variables = json!({ "id": id, "ids": [id, id] });
        let answer = stage.ask(None, query, &variables);
        check(&answer)?;
        if variables.to_string().len() > 32 * 1024 {
            prop_assert_eq!(answer.status, 413);
            return Ok(());
        }
        prop_assert!(answer.body.get("errors").is_none(), "{answer:?}");
        let found = &answer.body["data"];
        for node in [&found["node"], &found["nodes"][0], &found["nodes"][1]] {
            tally.add(if node.is_null() { "nothing" } else { "a node" });
            prop_assert!(node.is_null() || node["id"] == json!(id), "{answer:?}");
        }
        let answer = stage.ask(None, follow, &json!({ "id": id }));
        check(&answer)?;
        prop_assert_ne!(&answer.body["data"], &Value::Null, "{:?}", answer);
        Ok(())
    });
    tally.has(&["nothing", "a node"]);
}
