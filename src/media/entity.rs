//! Tables of media.

pub mod media {
    use schemars::JsonSchema;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    pub use crate::media::picture::Format;
    use crate::{
        clock::Timestamp,
        ids::{MediaId, PersonId},
        media::picture::Failure,
    };

    /// What something is uploaded for: it hangs on such things only.
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
    #[graphql(name = "UploadPurpose")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "UploadPurpose")]
    pub enum Purpose {
        /// To hang on posts, up to 10 on each: a picture or a film.
        #[sea_orm(string_value = "POST")]
        Post,
        /// To be sent in messages, up to 10 in each: a picture or a film.
        #[sea_orm(string_value = "MESSAGE")]
        Message,
        /// To show beside a person's name: a picture, public.
        #[sea_orm(string_value = "AVATAR")]
        Avatar,
        /// To show above a person's profile: a picture, public.
        #[sea_orm(string_value = "BANNER")]
        Banner,
    }

    /// How far an upload has come.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, async_graphql::Enum,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[graphql(name = "MediaStatus")]
    pub enum Status {
        /// Announced by `createUpload`; its bytes are awaited. Nothing can carry it yet.
        #[sea_orm(string_value = "PENDING")]
        Pending,
        /// Complete, and being made ready. Posts, messages and profiles can carry it already.
        #[sea_orm(string_value = "PROCESSING")]
        Processing,
        /// There to be looked at.
        #[sea_orm(string_value = "READY")]
        Ready,
        /// Not what it was announced as, or broken: `failureReason` says which. Upload again.
        #[sea_orm(string_value = "FAILED")]
        Failed,
    }

    /// Why an upload came to nothing.
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
    #[graphql(name = "MediaFailureReason")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "MediaFailureReason")]
    pub enum FailureReason {
        /// It was called complete before anything had been uploaded.
        #[sea_orm(string_value = "MISSING")]
        Missing,
        /// It has another number of bytes than was announced.
        #[sea_orm(string_value = "WRONG_SIZE")]
        WrongSize,
        /// It is of another type than was announced, whatever its name says.
        #[sea_orm(string_value = "WRONG_TYPE")]
        WrongType,
        /// It is broken: cut off, or not to be read as what it claims to be.
        #[sea_orm(string_value = "UNREADABLE")]
        Unreadable,
        /// It has more than 50 million pixels, or more frames than can be made ready.
        #[sea_orm(string_value = "TOO_LARGE")]
        TooLarge,
        /// Its uploader has no room left.
        #[sea_orm(string_value = "QUOTA_EXCEEDED")]
        QuotaExceeded,
    }

    impl From<Failure> for FailureReason {
        fn from(failure: Failure) -> Self {
            match failure {
                Failure::Unreadable => Self::Unreadable,
                Failure::TooLarge => Self::TooLarge,
                Failure::WrongType => Self::WrongType,
            }
        }
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: MediaId,
        pub uploader_id: PersonId,
        pub purpose: Purpose,
        pub status: Status,
        pub failure_reason: Option<FailureReason>,
        /// What its objects in the store are named by, as it came, and for those who may see it:
        /// random, so that who knows one finds none of the others.
        pub raw_name: String,
        pub private_name: String,
        /// The same, for everybody; `None` where it is never for everybody, or the store had no
        /// public address when it was announced.
        pub public_name: Option<String>,
        pub format: Format,
        /// As announced; once it is READY, of the file that is served.
        pub byte_size: i64,
        pub width: Option<i64>,
        pub height: Option<i64>,
        pub duration_ms: Option<i64>,
        /// Smaller copies are there.
        pub has_variants: bool,
        pub blurhash: Option<String>,
        pub alt_text: Option<String>,
        /// How often somebody has begun to make it ready.
        pub attempts: i64,
        pub created_at: Timestamp,
        /// When the address for its upload ends.
        pub upload_until: Timestamp,
        /// Since when it hangs on nothing; `None` while it hangs on something.
        pub loose_since: Option<Timestamp>,
        pub deleted_at: Option<Timestamp>,
        /// When the sweeper looks at it next; `None` where nothing is left to do.
        pub sweep_at: Option<Timestamp>,
        pub idempotency_key: Option<String>,
        pub request_hash: Option<String>,
        /// Hidden by staff: for nobody but its uploader and staff (R32).
        pub hidden_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod media_attachment {
    use sea_orm::entity::prelude::*;

    use crate::ids::MediaId;

    /// What kind of thing something hangs on.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum ParentKind {
        #[sea_orm(string_value = "POST")]
        Post,
        /// What may become a post, and is its author's alone until then.
        #[sea_orm(string_value = "DRAFT")]
        Draft,
        #[sea_orm(string_value = "MESSAGE")]
        Message,
        /// A person, beside whose name it is shown.
        #[sea_orm(string_value = "AVATAR")]
        Avatar,
        /// A person, above whose profile it is shown.
        #[sea_orm(string_value = "BANNER")]
        Banner,
    }

    /// Something hangs on a thing.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_attachment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub parent_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub parent_kind: ParentKind,
        #[sea_orm(primary_key, auto_increment = false)]
        pub media_id: MediaId,
        /// Its place among what hangs there, from 0 on.
        pub position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
