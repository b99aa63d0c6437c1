//! Tables of the home feed that lists name. `feed_fan_out` says how far a post has come that is on
//! its way to many, `feed_author` whose followers are all marked to pull, or are being marked.

pub mod feed_reader {
    use sea_orm::entity::prelude::*;

    use crate::ids::PersonId;

    /// Somebody whose feed lies ready.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "feed_reader")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        /// Entries are complete for posts after this time.
        pub floor_at: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod feed_entry {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{PersonId, PostId},
    };

    /// A hint that a post may stand in somebody's feed.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "feed_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub reader_id: PersonId,
        /// Of the post.
        #[sea_orm(primary_key, auto_increment = false)]
        pub created_at: Timestamp,
        #[sea_orm(primary_key, auto_increment = false)]
        pub post_id: PostId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
