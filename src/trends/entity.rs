//! Tables of trends.

use sea_orm::{DeriveActiveEnum, EnumIter};

/// What a score or a place is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    #[sea_orm(string_value = "POST")]
    Post,
    #[sea_orm(string_value = "HASHTAG")]
    Hashtag,
}

pub mod trend_score {
    use sea_orm::entity::prelude::*;

    use super::Kind;

    /// How much something is talked about.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "trend_score")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject_id: Uuid,
        pub kind: Kind,
        pub score: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod trend_list {
    use sea_orm::entity::prelude::*;

    use super::Kind;
    use crate::clock::Timestamp;

    /// A list of what was best at a moment.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "trend_list")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: Kind,
        #[sea_orm(primary_key, auto_increment = false)]
        pub as_of: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod trend_place {
    use sea_orm::entity::prelude::*;

    use super::Kind;

    /// Where something stands in a list.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "trend_place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: Kind,
        /// The second of the list times 1000, and the higher above that, the better.
        #[sea_orm(primary_key, auto_increment = false)]
        pub place: i64,
        pub subject_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
