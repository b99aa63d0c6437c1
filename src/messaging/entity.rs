//! Tables of conversations.

pub mod conversation {
    use schemars::JsonSchema;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    use crate::{
        clock::Timestamp,
        ids::{ConversationId, PersonId},
    };

    /// Between two people, or among many.
    #[derive(
        Clone,
        Copy,
        Debug,
        PartialEq,
        Eq,
        Hash,
        EnumIter,
        DeriveActiveEnum,
        async_graphql::Enum,
        Serialize,
        Deserialize,
        JsonSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[graphql(name = "ConversationKind")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "ConversationKind")]
    pub enum Kind {
        /// Between two people: one for each pair, without a title; nobody joins or leaves.
        #[sea_orm(string_value = "DIRECT")]
        Direct,
        /// Among up to 256 people, with an owner.
        #[sea_orm(string_value = "GROUP")]
        Group,
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conversation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ConversationId,
        pub kind: Kind,
        pub title: Option<String>,
        /// The two of a direct conversation: both ids, the lower one first, with a colon between.
        pub pair: Option<String>,
        pub creator_id: PersonId,
        /// What stands for it in events: random, so that nobody outside can tell which it is.
        pub outside_id: Uuid,
        /// The sequence of the newest message; zero without any.
        pub last_sequence: i64,
        pub created_at: Timestamp,
        /// When the last message was sent, or the conversation made.
        pub updated_at: Timestamp,
        pub idempotency_key: Option<String>,
        pub request_hash: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod conversation_member {
    use schemars::JsonSchema;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    use crate::{
        clock::Timestamp,
        ids::{ConversationId, MemberId, PersonId},
    };

    /// What a member may do.
    #[derive(
        Clone,
        Copy,
        Debug,
        PartialEq,
        Eq,
        PartialOrd,
        Ord,
        EnumIter,
        DeriveActiveEnum,
        async_graphql::Enum,
        Serialize,
        Deserialize,
        JsonSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[graphql(name = "MemberRole")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "MemberRole")]
    pub enum Role {
        /// Reads and writes. Both people of a direct conversation are members.
        #[sea_orm(string_value = "MEMBER")]
        Member,
        /// Also changes the title, adds people, and removes members.
        #[sea_orm(string_value = "ADMIN")]
        Admin,
        /// Also removes admins and gives roles. There is one, who hands over before they leave.
        #[sea_orm(string_value = "OWNER")]
        Owner,
    }

    /// How a member stands to a conversation that others put them into.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum Standing {
        /// Theirs.
        #[sea_orm(string_value = "ACTIVE")]
        Active,
        /// They have not accepted it yet, and may.
        #[sea_orm(string_value = "REQUEST")]
        Request,
        /// They want none of it. Others are not told: to them they are a member still.
        #[sea_orm(string_value = "DECLINED")]
        Declined,
    }

    /// Somebody in a conversation. Whoever leaves, or is removed, has no row.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conversation_member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub conversation_id: ConversationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        pub id: MemberId,
        pub role: Role,
        pub standing: Standing,
        pub joined_at: Timestamp,
        /// They see messages of a higher sequence only: zero for those named at the start (R27).
        pub reads_after: i64,
        /// The sequence up to which they have read (R30).
        pub read_up_to: i64,
        pub is_muted: bool,
        /// When the mute ends by itself; for ever where there is none.
        pub muted_until: Option<Timestamp>,
        /// Who put them there; themselves, of who made it.
        pub added_by_id: PersonId,
        /// It came to them as a request.
        pub was_asked: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod message {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{ConversationId, MessageId, PersonId, PostId},
    };

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MessageId,
        pub conversation_id: ConversationId,
        /// From 1 on, dense within the conversation: the order for everybody.
        pub sequence: i64,
        pub sender_id: PersonId,
        /// Empty on a tombstone, and where only a post is shared.
        pub body: String,
        pub reply_to_id: Option<MessageId>,
        pub shared_post_id: Option<PostId>,
        pub created_at: Timestamp,
        pub edited_at: Option<Timestamp>,
        /// Set on a tombstone.
        pub deleted_at: Option<Timestamp>,
        /// Hidden by staff (R32).
        pub hidden_at: Option<Timestamp>,
        pub idempotency_key: Option<String>,
        pub request_hash: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
