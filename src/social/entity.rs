//! Tables of relations between people.

pub mod following {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// `person_id` follows `followed_id`; lives with the one who follows.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "following")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub followed_id: PersonId,
        /// The relation's own id, the same in both tables.
        pub id: Uuid,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod follower {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// `follower_id` follows `person_id`; lives with the one who is followed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "follower")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub follower_id: PersonId,
        /// The relation's own id, the same in both tables.
        pub id: Uuid,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
