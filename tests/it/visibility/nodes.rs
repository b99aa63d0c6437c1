//! `node` and `nodes` for every type, and for ids that name nothing.

use rookery::ids::{NodeId, NodeKind};
use serde_json::{Value, json};

use super::media::uploaded;
use crate::{
    messaging::stage::Talk,
    support::{Caller, TestApp, fields, missing, missing_within, node},
};

/// The ids of something of ada's of each type; in the conversation is bob too, and the picture
/// hangs on nothing.
async fn one_of_each(ada: &Caller, bob: &Caller) -> Value {
    let post = ada.post("one #tag").await;
    let edit = json!({ "postId": post, "body": "two #tag" });
    assert_eq!(crate::support::attempt(ada, "editPost", edit).await, "done");
    let comment = ada.comment(&post, "a comment").await;
    ada.react(&post, "👍").await;
    let parts = "hashtags { id } edits { nodes { id } } reactions { nodes { id } }";
    let parts = fields(ada, &post, parts).await;
    let talk = Talk::group(&[ada, bob]).await;
    let message = talk.say(ada, "hello").await;
    let member = fields(ada, &talk.id, "members { nodes { id } }").await;
    let viewer = ada.query("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    json!([
        ada.id,
        viewer,
        post,
        parts["edits"]["nodes"][0]["id"],
        comment,
        parts["hashtags"][0]["id"],
        parts["reactions"]["nodes"][0]["id"],
        talk.id,
        member["members"]["nodes"][0]["id"],
        message,
        uploaded(ada).await
    ])
}

#[tokio::test]
async fn every_type_is_found_by_its_id_and_a_viewer_by_its_owner_alone() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let ids = one_of_each(&ada, &bob).await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    for (caller, is_owner, is_member) in [
        (&ada, true, true),
        (&bob, false, true),
        (&app.guest(), false, false),
    ] {
        let kinds = [
            "User",
            "Viewer",
            "Post",
            "PostEdit",
            "Comment",
            "Hashtag",
            "Reaction",
            "Conversation",
            "ConversationMember",
            "Message",
            "Media",
        ];
        let found = kinds.iter().zip(ids.as_array().unwrap());
        let found = found.map(|(kind, id)| match *kind {
            "Viewer" | "Media" if !is_owner => Value::Null,
            "Conversation" | "ConversationMember" | "Message" if !is_member => Value::Null,
            kind => json!({ "__typename": kind, "id": id }),
        });
        let expected = json!({ "nodes": found.collect::<Vec<_>>() });
        assert_eq!(caller.query(query, json!({ "ids": ids })).await, expected);
        for (id, expected) in ids
            .as_array()
            .unwrap()
            .iter()
            .zip(expected["nodes"].as_array().unwrap())
        {
            assert_eq!(node(caller, id.as_str().unwrap(), "id").await, *expected);
        }
    }
}

#[tokio::test]
async fn nodes_keeps_length_and_order_with_repeats_and_nulls() {
    let app = TestApp::start().await;
    let [ada, bob] = app.users(["ada", "bob"]).await;
    let (post, hidden) = (
        ada.post("seen").await,
        ada.post_to("hidden", "MENTIONED").await,
    );
    let ids = json!([
        hidden,
        post,
        "nonsense",
        missing(NodeKind::Post),
        post,
        bob.id,
        ""
    ]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let data = bob.query(query, json!({ "ids": ids })).await;
    let one = json!({ "id": post });
    assert_eq!(
        data["nodes"],
        json!([null, one, null, null, one, { "id": bob.id }, null])
    );
    assert_eq!(
        bob.query(query, json!({ "ids": [] })).await,
        json!({ "nodes": [] })
    );
}

#[tokio::test]
async fn an_id_that_this_server_never_gave_is_null() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let post = ada.post("a post").await;
    let comment = ada.comment(&post, "a comment").await;
    let mut wrong: Vec<String> = [
        "",
        "_",
        "x",
        "Post",
        "Post_",
        "post_AAAA",
        "Nope_AAAAAAAAAAAAAAAAAAAAAA",
        "Post_!!!!",
    ]
    .map(str::to_owned)
    .to_vec();
    wrong.push(post.replace("Post", "Comment"));
    wrong.push(comment.replace("Comment", "Post"));
    wrong.push(post.replace("Post", "User"));
    wrong.push(post.to_lowercase());
    wrong.push(format!("{post}A"));
    wrong.push(format!("{post}="));
    wrong.push(post[..post.len() - 1].to_owned());
    wrong.push("Post_".to_owned() + &"A".repeat(5_000));
    for kind in [
        NodeKind::User,
        NodeKind::Viewer,
        NodeKind::Post,
        NodeKind::Hashtag,
        NodeKind::Media,
        NodeKind::Session,
        NodeKind::DataExport,
    ] {
        wrong.push(missing(kind));
    }
    for kind in [NodeKind::Comment, NodeKind::PostEdit, NodeKind::Reaction] {
        wrong.push(missing_within(kind, &post));
    }
    for id in wrong {
        assert_eq!(node(&ada, &id, "id").await, Value::Null, "{id}");
    }
}

#[tokio::test]
async fn an_id_with_another_home_is_null() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    let (post, other) = (ada.post("one").await, ada.post("two").await);
    let comment = ada.comment(&post, "a comment").await;
    ada.react(&post, "👍").await;
    let edit = json!({ "postId": post, "body": "changed" });
    assert_eq!(
        crate::support::attempt(&ada, "editPost", edit).await,
        "done"
    );
    let parts = fields(
        &ada,
        &post,
        "edits { nodes { id } } reactions { nodes { id } }",
    )
    .await;
    let word = |value: &Value| value["nodes"][0]["id"].as_str().unwrap().to_owned();
    for id in [comment, word(&parts["edits"]), word(&parts["reactions"])] {
        let real = NodeId::parse(&id).unwrap();
        assert!(node(&ada, &id, "id").await.is_object());
        for home in [
            NodeId::parse(&other).unwrap().id,
            real.id,
            uuid::Uuid::nil(),
        ] {
            let forged = NodeId::within(real.kind, home, real.id).to_string();
            assert_eq!(node(&ada, &forged, "id").await, Value::Null, "{forged}");
        }
    }
}
