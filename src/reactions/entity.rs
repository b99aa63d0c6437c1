//! Tables of reactions.

pub mod reaction {
    use schemars::JsonSchema;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    use crate::{
        clock::Timestamp,
        ids::{PersonId, ReactionId},
    };

    /// What was reacted to.
    #[derive(
        Clone,
        Copy,
        Debug,
        PartialEq,
        Eq,
        Hash,
        EnumIter,
        DeriveActiveEnum,
        Serialize,
        Deserialize,
        JsonSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum SubjectKind {
        #[sea_orm(string_value = "POST")]
        Post,
        #[sea_orm(string_value = "COMMENT")]
        Comment,
        #[sea_orm(string_value = "MESSAGE")]
        Message,
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reaction")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReactionId,
        /// The post that the subject is or hangs below, or the conversation of a message.
        pub home_id: Uuid,
        pub subject_kind: SubjectKind,
        pub subject_id: Uuid,
        pub person_id: PersonId,
        pub emoji: String,
        pub created_at: Timestamp,
        /// It stands in public numbers: not while its person does not stand.
        pub is_counted: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod reaction_group {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;

    /// How often one emoji stands on one subject. Kept beside the reactions, because counting
    /// them at each read was half of the database's work for a page of posts.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reaction_group")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub emoji: String,
        pub count: i64,
        /// When the emoji was first used here: groups stand in this order.
        pub first_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
