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
        /// What the followed one posts is looked for when the home feed is read, at first and
        /// until it lies ready there.
        pub is_pulled: bool,
        /// It began with a request that was accepted.
        pub was_requested: bool,
        /// It stands in public numbers: not while one of the two is about to be erased.
        pub is_counted: bool,
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
        /// It began with a request that was accepted.
        pub was_requested: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod follow_request {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// `requester_id` asks to follow the private `person_id`; lives with the one who is asked.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "follow_request")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub requester_id: PersonId,
        pub id: Uuid,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod blocking {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// `person_id` blocks `blocked_id`; lives with the one who blocks.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "blocking")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub blocked_id: PersonId,
        pub id: Uuid,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod blocked_by {
    use sea_orm::entity::prelude::*;

    use crate::ids::PersonId;

    /// `person_id` is blocked by `blocker_id`; lives with the one who is blocked.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "blocked_by")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub blocker_id: PersonId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod mute {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// `person_id` does not want to read `muted_id` for a while; only they know.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mute")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub muted_id: PersonId,
        pub id: Uuid,
        pub created_at: Timestamp,
        /// Over from here on; `None`: until it is taken back.
        pub until: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
