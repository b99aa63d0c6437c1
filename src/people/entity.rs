//! Tables of people.

pub mod person {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PersonId,
        pub handle: String,
        /// Empty where the handle stands in.
        pub display_name: String,
        pub bio: String,
        pub created_at: Timestamp,
        pub deleted_at: Option<Timestamp>,
        /// Followers are let in one by one, and only they read the posts (R11).
        pub is_private: bool,
        /// Suspended while this lies in the future; zero if never (R33).
        pub suspended_until: Timestamp,
        /// The log has told of a suspension and not yet of its end: public numbers follow this.
        pub is_suspended: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod handle {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// Who a handle belongs to.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "handle")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub person_id: PersonId,
        /// When its owner gave it up; free for others thirty days later.
        pub released_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
