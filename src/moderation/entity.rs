//! Tables of moderation.

pub mod report {
    use schemars::JsonSchema;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    use crate::{
        clock::Timestamp,
        ids::{PersonId, ReportId},
    };

    /// What sort of thing was reported.
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
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "ReportSubjectKind")]
    pub enum SubjectKind {
        #[sea_orm(string_value = "POST")]
        Post,
        #[sea_orm(string_value = "COMMENT")]
        Comment,
        #[sea_orm(string_value = "MESSAGE")]
        Message,
        #[sea_orm(string_value = "PERSON")]
        Person,
        #[sea_orm(string_value = "MEDIA")]
        Media,
    }

    /// What somebody finds wrong.
    #[derive(
        Clone,
        Copy,
        Debug,
        PartialEq,
        Eq,
        EnumIter,
        DeriveActiveEnum,
        async_graphql::Enum,
        Serialize,
        Deserialize,
        JsonSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[graphql(name = "ReportReason")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "ReportReason")]
    pub enum Reason {
        /// Unwanted advertising, or the same again and again.
        #[sea_orm(string_value = "SPAM")]
        Spam,
        /// It is after a person.
        #[sea_orm(string_value = "HARASSMENT")]
        Harassment,
        /// It is against people for what they are.
        #[sea_orm(string_value = "HATE")]
        Hate,
        /// It threatens or praises violence.
        #[sea_orm(string_value = "VIOLENCE")]
        Violence,
        /// It is sexual where that has no place.
        #[sea_orm(string_value = "SEXUAL")]
        Sexual,
        /// Somebody may hurt themselves, or calls on others to.
        #[sea_orm(string_value = "SELF_HARM")]
        SelfHarm,
        /// It is against the law.
        #[sea_orm(string_value = "ILLEGAL")]
        Illegal,
        /// Somebody pretends to be somebody else.
        #[sea_orm(string_value = "IMPERSONATION")]
        Impersonation,
        /// Something else: the comment says what.
        #[sea_orm(string_value = "OTHER")]
        Other,
    }

    /// What came of a report.
    #[derive(
        Clone,
        Copy,
        Debug,
        PartialEq,
        Eq,
        EnumIter,
        DeriveActiveEnum,
        async_graphql::Enum,
        Serialize,
        Deserialize,
        JsonSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[graphql(name = "ReportResolution")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "ReportResolution")]
    pub enum Resolution {
        /// Nothing was wrong.
        #[sea_orm(string_value = "DISMISSED")]
        Dismissed,
        /// What was reported is hidden from all but its author and staff.
        #[sea_orm(string_value = "CONTENT_HIDDEN")]
        ContentHidden,
        /// Whose it is was suspended.
        #[sea_orm(string_value = "USER_SUSPENDED")]
        UserSuspended,
    }

    /// That somebody told staff of something: one row while it is open, for each who tells of it.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "report")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ReportId,
        pub reporter_id: PersonId,
        pub subject_kind: SubjectKind,
        pub subject_id: Uuid,
        /// Whose it is, or who it is.
        pub owner_id: PersonId,
        pub reason: Reason,
        pub comment: Option<String>,
        pub created_at: Timestamp,
        pub resolved_at: Option<Timestamp>,
        pub resolution: Option<Resolution>,
        pub idempotency_key: Option<String>,
        pub request_hash: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod audit_entry {
    use sea_orm::entity::prelude::*;

    use super::report;
    use crate::{
        clock::Timestamp,
        ids::{AuditEntryId, PersonId},
    };

    /// What staff did.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum Action {
        #[sea_orm(string_value = "CONTENT_HIDDEN")]
        ContentHidden,
        #[sea_orm(string_value = "CONTENT_RESTORED")]
        ContentRestored,
        #[sea_orm(string_value = "REPORT_RESOLVED")]
        ReportResolved,
        /// They read what was reported, or whose it is.
        #[sea_orm(string_value = "REPORT_SEEN")]
        ReportSeen,
        #[sea_orm(string_value = "USER_SUSPENDED")]
        UserSuspended,
        #[sea_orm(string_value = "USER_UNSUSPENDED")]
        UserUnsuspended,
        #[sea_orm(string_value = "ROLE_CHANGED")]
        RoleChanged,
    }

    /// What sort of thing it was done to.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum SubjectKind {
        #[sea_orm(string_value = "POST")]
        Post,
        #[sea_orm(string_value = "COMMENT")]
        Comment,
        #[sea_orm(string_value = "MESSAGE")]
        Message,
        #[sea_orm(string_value = "PERSON")]
        Person,
        #[sea_orm(string_value = "MEDIA")]
        Media,
        #[sea_orm(string_value = "REPORT")]
        Report,
    }

    impl From<report::SubjectKind> for SubjectKind {
        fn from(kind: report::SubjectKind) -> Self {
            match kind {
                report::SubjectKind::Post => Self::Post,
                report::SubjectKind::Comment => Self::Comment,
                report::SubjectKind::Message => Self::Message,
                report::SubjectKind::Person => Self::Person,
                report::SubjectKind::Media => Self::Media,
            }
        }
    }

    /// One act of staff. Never changed or deleted; of who is erased, nothing names them any more.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AuditEntryId,
        pub action: Action,
        /// Who did it; nobody where it was the operator, by the command line.
        pub actor_id: Option<PersonId>,
        pub subject_kind: Option<SubjectKind>,
        pub subject_home_id: Option<Uuid>,
        pub subject_id: Option<Uuid>,
        /// Whose it was done to.
        pub owner_id: Option<PersonId>,
        pub reason: Option<String>,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
