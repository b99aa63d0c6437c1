//! Tables of privacy.

pub mod data_export {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{DataExportId, PersonId},
    };

    /// How far a copy has come. That it has expired is told by the time.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum Stage {
        #[sea_orm(string_value = "QUEUED")]
        Queued,
        #[sea_orm(string_value = "RUNNING")]
        Running,
        #[sea_orm(string_value = "READY")]
        Ready,
        #[sea_orm(string_value = "FAILED")]
        Failed,
    }

    /// A copy of what is held about somebody, which they asked for.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "data_export")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DataExportId,
        pub person_id: PersonId,
        #[sea_orm(column_name = "status")]
        pub stage: Stage,
        /// What its object in the store is named by: random.
        pub object_name: String,
        /// How often somebody has begun to write it.
        pub attempts: i32,
        /// When a worker looks at it next: to write it, or to remove its object; `None` where
        /// nothing is left to do.
        pub due_at: Option<Timestamp>,
        pub created_at: Timestamp,
        /// Until when it can be fetched; `None` before it is ready.
        pub expires_at: Option<Timestamp>,
        pub idempotency_key: Option<String>,
        pub request_hash: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
