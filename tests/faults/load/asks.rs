//! What clients ask: mostly to read what is new, and now and then to write.

use serde_json::{Value, json};

use super::town::Town;

/// The fields of a post that a feed shows.
macro_rules! post {
    ($connection:literal) => {
        concat!(
            $connection,
            " { nodes { id body createdAt commentCount reactionGroups { emoji count } ",
            "author { id handle displayName } } pageInfo { hasNextPage endCursor } }"
        )
    };
}

const EXPLORE: &str = concat!("{ ", post!("explore(first: 20)"), " }");
const HOME: &str = concat!("{ viewer { ", post!("homeFeed(first: 20)"), " } }");
const PROFILE: &str = concat!(
    "query($id: ID!) { node(id: $id) { ... on User { handle followerCount postCount ",
    post!("posts(first: 10)"),
    " } } }"
);
const THREAD: &str = "query($id: ID!) { node(id: $id) { ... on Post { body \
    comments(first: 20) { nodes { id body author { handle } } } } } }";
const TALK: &str = "query($id: ID!) { node(id: $id) { ... on Conversation { unreadCount \
    messages(last: 20) { nodes { sequence body sender { handle } } } } } }";
const REACT: &str = "mutation($input: AddReactionInput!) { addReaction(input: $input) { \
    subject { reactionCount } userErrors { code message } } }";
const COMMENT: &str = "mutation($input: CreateCommentInput!) { createComment(input: $input) { \
    commentEdge { node { id } } userErrors { code message } } }";
pub const POST: &str = "mutation($input: CreatePostInput!) { createPost(input: $input) { \
    postEdge { node { id body } } userErrors { code message } } }";
pub const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { \
    messageEdge { cursor node { id sequence body } } userErrors { code message } } }";

/// One operation of one person.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Who asks; nobody: a guest.
    pub person: Option<usize>,
    pub document: &'static str,
    pub variables: Value,
    /// The text that it writes, which is its idempotency key too, where it can be looked for later.
    pub writes: Option<String>,
}

/// Somebody's next operation; `percent` of all are writes.
pub fn next(town: &Town, percent: u32, number: u64) -> Ask {
    let person = fastrand::usize(..town.people.len());
    let read = |document, variables| Ask {
        person: Some(person),
        document,
        variables,
        writes: None,
    };
    if fastrand::u32(0..100) < percent {
        return write(town, person, number);
    }
    match fastrand::u32(0..10) {
        0..3 => Ask {
            person: None,
            ..read(EXPLORE, json!({}))
        },
        3..6 => read(HOME, json!({})),
        6 => read(
            PROFILE,
            json!({ "id": town.people[fastrand::usize(..town.people.len())].id }),
        ),
        7 => read(THREAD, json!({ "id": town.some_post() })),
        _ => read(TALK, json!({ "id": town.rooms[town.room_of(person)].id })),
    }
}

fn write(town: &Town, person: usize, number: u64) -> Ask {
    let text = format!("the boats are in, {} {number}", town.name);
    let ask = |document, input: Value| Ask {
        person: Some(person),
        document,
        variables: json!({ "input": input }),
        writes: None,
    };
    match fastrand::u32(0..10) {
        0..5 => {
            let id = &town.rooms[town.room_of(person)].id;
            let input = json!({ "conversationId": id, "body": text, "idempotencyKey": text });
            Ask {
                writes: Some(text),
                ..ask(SEND, input)
            }
        }
        5..7 => {
            let input = json!({ "body": text, "idempotencyKey": text });
            Ask {
                writes: Some(text),
                ..ask(POST, input)
            }
        }
        7..9 => ask(
            COMMENT,
            json!({ "postId": town.some_post(), "body": text, "idempotencyKey": text }),
        ),
        _ => {
            let emoji = ["👍", "❤️", "🎉", "🐦"][fastrand::usize(..4)];
            ask(
                REACT,
                json!({ "subjectId": town.some_post(), "emoji": emoji }),
            )
        }
    }
}
