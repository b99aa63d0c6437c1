//! What can be listened to.

use uuid::Uuid;

use crate::ids::{ConversationId, PersonId, PostId};

macro_rules! topics {
    ($($(#[$doc:meta])* $name:ident($id:ident),)*) => {
        /// Something that changes, by the id of what it belongs to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Topic {
            $($(#[$doc])* $name($id),)*
        }

        /// What a topic is about, whichever thing it belongs to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum Subject {
            $($name,)*
        }

        impl Topic {
            pub(super) fn subject(self) -> Subject {
                match self {
                    $(Self::$name(_) => Subject::$name,)*
                }
            }

            pub(super) fn id(self) -> Uuid {
                match self {
                    $(Self::$name(id) => id.0,)*
                }
            }
        }
    };
}

topics! {
    /// New messages; a hint names the message.
    Messages(ConversationId),
    /// Messages that are not what they were; a hint names the message.
    ChangedMessages(ConversationId),
    /// Who types; a hint names the person. Ephemeral.
    Typing(ConversationId),
    /// Somebody's conversations that are new or not what they were; a hint names the conversation,
    /// or the membership of who has read in it.
    Conversations(PersonId),
    /// Conversations that somebody no longer has; a hint names the conversation.
    LeftConversations(PersonId),
    /// Somebody's own numbers; a hint names the person.
    Viewer(PersonId),
    /// Somebody's notifications that are new or have grown; a hint names the notification.
    Notifications(PersonId),
    /// New posts in somebody's home feed; a hint names the post.
    Feed(PersonId),
    /// New comments under a post; a hint names the comment.
    Comments(PostId),
    /// Somebody's sessions, one of which may have ended; a hint names the person.
    Session(PersonId),
}
