//! Tables of notifications.

pub mod notification {
    use schemars::JsonSchema;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    use crate::{
        accounts::NotificationKind,
        clock::Timestamp,
        ids::{NotificationId, PersonId},
    };

    /// What a notification is about.
    #[derive(
        Clone,
        Copy,
        Debug,
        PartialEq,
        Eq,
        PartialOrd,
        Ord,
        Hash,
        EnumIter,
        DeriveActiveEnum,
        Serialize,
        Deserialize,
        JsonSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[serde(
        rename_all = "SCREAMING_SNAKE_CASE",
        rename = "NotificationSubjectKind"
    )]
    pub enum SubjectKind {
        /// The recipient: somebody follows them.
        #[sea_orm(string_value = "PERSON")]
        Person,
        #[sea_orm(string_value = "POST")]
        Post,
        #[sea_orm(string_value = "COMMENT")]
        Comment,
        #[sea_orm(string_value = "MESSAGE")]
        Message,
        #[sea_orm(string_value = "CONVERSATION")]
        Conversation,
    }

    /// All that was done of one kind to one thing, for one person.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notification")]
    pub struct Model {
        /// Made of recipient, kind and subject: a group that comes again is the same one.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: NotificationId,
        pub recipient_id: PersonId,
        pub kind: NotificationKind,
        pub subject_kind: SubjectKind,
        pub subject_id: Uuid,
        /// When it was done last.
        pub latest_at: Timestamp,
        /// Who did it last.
        pub latest_actor_id: PersonId,
        /// When the recipient could read of that.
        pub told_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod notification_marker {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// How far a person has read: everything up to a place in the list that could be read by then.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notification_marker")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        /// The place: a `latest_at`, and the notification that had it.
        pub up_to: Timestamp,
        pub up_to_id: Uuid,
        /// What was told later is unread, wherever it stands.
        pub marked_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
