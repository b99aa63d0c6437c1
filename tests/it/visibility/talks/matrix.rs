//! The rows of the leak matrix about conversations.

use serde_json::{Value, json};

use crate::visibility::{
    acts::Act,
    answers::Thing,
    graph::{Graph, Subject},
    matrix_rows::{Look, PAGE, Read, Write, looks, read},
    scene::{MEMBER, SUBJECTS, Scene},
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

/// What `me` does in each of a subject's conversations, and to the first message there.
pub fn writes(scene: &Scene, me: usize, subject: usize) -> Vec<Write> {
    let mut all = vec![start(scene, me, subject)];
    for talk in scene.talks[subject] {
        let place = Place::of(scene, me, talk);
        all.extend(place.own_writes());
        all.extend(place.group_writes());
        all.extend(place.message_writes());
    }
    all
}

fn start(scene: &Scene, me: usize, subject: usize) -> Write {
    let graph = &scene.graph;
    let is_there = graph.lists_person(Some(me), subject) && !graph.is_suspended(subject);
    Write {
        mutation: "startConversation",
        fields: vec![("conversationEdge", None), ("conversation", None)],
        input: json!({ "kind": "DIRECT", "memberIds": [graph.user_id(subject)] }),
        is_allowed: is_there && me != subject,
        act: None,
    }
}

/// A conversation and its first message, towards one who does something there.
struct Place<'a> {
    graph: &'a Graph,
    me: usize,
    talk: usize,
    message: usize,
    is_in: bool,
    is_owner: bool,
    /// Between two with a block between them (R28).
    is_cut: bool,
}

impl<'a> Place<'a> {
    fn of(scene: &'a Scene, me: usize, talk: usize) -> Self {
        let graph = &scene.graph;
        let own = graph.membership(Some(me), talk);
        let mut others = graph.talks[talk].members.iter();
        let is_cut = others.any(|other| graph.is_severed(Some(me), other.person));
        Self {
            graph,
            me,
            talk,
            message: graph.talks[talk].messages[0],
            is_in: own.is_some(),
            is_owner: own.is_some_and(|own| own.role == "OWNER"),
            is_cut: !graph.talks[talk].is_group && is_cut,
        }
    }

    /// Something that is done to the conversation.
    fn write(&self, mutation: &'static str, mut input: Value, is_allowed: bool) -> Write {
        input["conversationId"] = json!(self.graph.talk_id(self.talk));
        Write {
            mutation,
            fields: vec![("conversation", Some(Thing::Talk(self.talk)))],
            input,
            is_allowed,
            act: None,
        }
    }

    fn own_writes(&self) -> Vec<Write> {
        let first = json!({ "upToMessageId": self.graph.message_id(self.message) });
        let this = Some(Thing::Talk(self.talk));
        vec![
            self.write("markConversationRead", first, self.is_in),
            self.write("muteConversation", json!({ "isMuted": true }), self.is_in),
            Write {
                fields: vec![("conversationEdge", this)],
                ..self.write("acceptConversation", json!({}), self.is_in)
            },
            Write {
                fields: vec![("messageEdge", None), ("conversation", this)],
                ..self.write(
                    "sendMessage",
                    json!({ "body": "more" }),
                    self.is_in && !self.is_cut,
                )
            },
        ]
    }

    /// What the owner of a group may do, towards the member there.
    fn group_writes(&self) -> Vec<Write> {
        let member = self.graph.user_id(MEMBER);
        let seat = self.graph.talks[self.talk]
            .members
            .iter()
            .position(|m| m.person == MEMBER);
        let given = json!({ "userId": member, "role": "ADMIN" });
        vec![
            self.write(
                "updateConversation",
                json!({ "title": "more" }),
                self.is_owner,
            ),
            self.write(
                "addConversationMembers",
                json!({ "userIds": [member] }),
                self.is_owner,
            ),
            Write {
                fields: vec![("member", seat.map(|seat| Thing::Member(self.talk, seat)))],
                ..self.write("changeMemberRole", given, self.is_owner)
            },
            self.write(
                "removeConversationMember",
                json!({ "userId": member }),
                self.is_owner,
            ),
        ]
    }

    fn message_writes(&self) -> Vec<Write> {
        let (graph, me, message) = (self.graph, self.me, self.message);
        let this = Some(Thing::Message(message));
        let id = graph.message_id(message);
        let on = |mutation, field, input, is_allowed, act| Write {
            mutation,
            fields: vec![(field, this)],
            input,
            is_allowed,
            act,
        };
        let like = Act::React(me, Subject::Message(message), "👍");
        let emoji = json!({ "subjectId": id, "emoji": "👍" });
        let may = graph.may_react_to_message(me, message);
        let sees = graph.is_whole_message(Some(me), message);
        let is_own = sees && graph.messages[message].sender == me;
        let text = json!({ "messageId": id, "body": "changed" });
        let gone = Act::DeleteMessage(message);
        vec![
            on("addReaction", "subject", emoji.clone(), may, Some(like)),
            on("removeReaction", "subject", emoji, sees, None),
            on("editMessage", "message", text, is_own && !self.is_cut, None),
            on(
                "deleteMessage",
                "message",
                json!({ "messageId": id }),
                is_own,
                Some(gone),
            ),
        ]
    }
}
