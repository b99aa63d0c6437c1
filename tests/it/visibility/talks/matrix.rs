//! The rows of the leak matrix about conversations.

use serde_json::json;

use crate::visibility::{
    acts::Act,
    answers::Thing,
    graph::Subject,
    matrix_rows::{Look, PAGE, Read, Write, looks, read},
    scene::{SUBJECTS, Scene},
};

/// The fields of conversations, their members and messages.
pub fn reads(scene: &Scene) -> Vec<Read> {
    let mut all = talk_reads(scene);
    all.extend(message_reads(scene));
    all
}

/// From each of the subjects' messages what `of` names.
fn from_messages(scene: &Scene, of: impl Fn(usize, usize) -> Thing) -> Vec<Look> {
    let look = |(subject, n)| Look {
        subject,
        from: Some(Thing::Message(n)),
        target: of(subject, n),
    };
    scene.subject_messages().into_iter().map(look).collect()
}

/// From each of the subjects' conversations what `of` names.
fn from_talks(found: Vec<(usize, Thing)>, of: impl Fn(Thing) -> usize) -> Vec<Look> {
    let look = |(subject, target)| Look {
        subject,
        from: Some(Thing::Talk(of(target))),
        target,
    };
    found.into_iter().map(look).collect()
}

pub fn messages(scene: &Scene) -> Vec<(usize, Thing)> {
    let messages = scene.subject_messages().into_iter();
    messages
        .map(|(subject, n)| (subject, Thing::Message(n)))
        .collect()
}

fn talk_reads(scene: &Scene) -> Vec<Read> {
    let graph = &scene.graph;
    let last = SUBJECTS.into_iter().flat_map(|subject| {
        let last = |talk: usize| *graph.talks[talk].messages.last().expect("a message");
        scene.talks[subject].map(|talk| (subject, Thing::Message(last(talk))))
    });
    let talk = |thing| match thing {
        Thing::Message(n) => graph.messages[n].talk,
        Thing::Member(talk, _) => talk,
        _ => unreachable!("of a conversation"),
    };
    let members = || scene.subject_members();
    let of_member = |of: &dyn Fn(usize, usize) -> Thing| {
        let look = |(subject, member): (usize, Thing)| Look {
            subject,
            from: Some(member),
            target: of(subject, talk(member)),
        };
        members().into_iter().map(look).collect::<Vec<_>>()
    };
    let first = |_: usize, talk: usize| Thing::Message(graph.talks[talk].messages[0]);
    vec![
        read(
            "Conversation.messages",
            PAGE,
            from_talks(messages(scene), talk),
        ),
        read(
            "Conversation.lastMessage",
            "",
            from_talks(last.collect(), talk),
        ),
        read("Conversation.members", PAGE, from_talks(members(), talk)),
        read(
            "ConversationMember.conversation",
            "",
            of_member(&|_, talk| Thing::Talk(talk)),
        ),
        read(
            "ConversationMember.user",
            "",
            of_member(&|subject, _| Thing::User(subject)),
        ),
        read("ConversationMember.lastReadMessage", "", of_member(&first)),
    ]
}

fn message_reads(scene: &Scene) -> Vec<Read> {
    let graph = &scene.graph;
    let answer = |n: usize| Some(Thing::Message(scene.answers[n]));
    let first = |n: usize| Thing::Message(graph.talks[scene.talks[n][0]].messages[0]);
    let shares = |look: &Look| match look.from {
        Some(Thing::Message(n)) => graph.messages[n].shared.is_some(),
        _ => false,
    };
    let shared = from_messages(scene, |subject, _| Thing::Post(scene.posts[subject][1]));
    vec![
        read(
            "Message.conversation",
            "",
            from_messages(scene, |_, n| Thing::Talk(graph.messages[n].talk)),
        ),
        read(
            "Message.sender",
            "",
            from_messages(scene, |subject, _| Thing::User(subject)),
        ),
        read(
            "Message.sharedPost",
            "",
            shared.into_iter().filter(shares).collect(),
        ),
        read("Message.replyTo", "", looks(scene.each(first), answer)),
    ]
}

/// What `me` does to the first message of each of a subject's conversations.
pub fn writes(scene: &Scene, me: usize, subject: usize) -> Vec<Write> {
    let first = |talk: usize| scene.graph.talks[talk].messages[0];
    let all = scene.talks[subject].into_iter();
    all.flat_map(|talk| message_writes(scene, me, first(talk)))
        .collect()
}

fn message_writes(scene: &Scene, me: usize, message: usize) -> Vec<Write> {
    let graph = &scene.graph;
    let react = |mutation, is_allowed, act| Write {
        mutation,
        fields: vec![("subject", Some(Thing::Message(message)))],
        input: json!({ "subjectId": graph.message_id(message), "emoji": "👍" }),
        is_allowed,
        act,
    };
    let like = Act::React(me, Subject::Message(message), "👍");
    let (may, sees) = (
        graph.may_react_to_message(me, message),
        graph.is_whole_message(Some(me), message),
    );
    vec![
        react("addReaction", may, Some(like)),
        react("removeReaction", sees, None),
    ]
}
