//! Tables of posts.

pub mod post {
    use schemars::JsonSchema;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    use crate::{
        clock::Timestamp,
        ids::{PersonId, PostId},
    };

    /// Who may see a post, besides its author.
    #[derive(
        Clone,
        Copy,
        Debug,
        PartialEq,
        Eq,
        Hash,
        EnumIter,
        DeriveActiveEnum,
        async_graphql::Enum,
        Serialize,
        Deserialize,
        JsonSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[graphql(name = "PostVisibility")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "PostVisibility")]
    pub enum Visibility {
        /// Everybody, guests included; shown in `explore` and under hashtags.
        #[sea_orm(string_value = "PUBLIC")]
        Public,
        /// Everybody who has the link or opens the author's profile; never in `explore` or under
        /// hashtags.
        #[sea_orm(string_value = "UNLISTED")]
        Unlisted,
        /// The author's followers and the people mentioned in it.
        #[sea_orm(string_value = "FOLLOWERS")]
        Followers,
        /// The people mentioned in it, nobody else.
        #[sea_orm(string_value = "MENTIONED")]
        Mentioned,
    }

    /// Who may comment on a post, among those who see it. Its author always may.
    #[derive(
        Clone,
        Copy,
        Debug,
        PartialEq,
        Eq,
        Hash,
        EnumIter,
        DeriveActiveEnum,
        async_graphql::Enum,
        Serialize,
        Deserialize,
        JsonSchema,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum ReplyPolicy {
        /// Everybody with a session.
        #[sea_orm(string_value = "EVERYONE")]
        Everyone,
        /// The author's followers and the people mentioned in it.
        #[sea_orm(string_value = "FOLLOWERS")]
        Followers,
        /// The people mentioned in it.
        #[sea_orm(string_value = "MENTIONED")]
        Mentioned,
        /// Nobody but the author.
        #[sea_orm(string_value = "NOBODY")]
        Nobody,
    }

    /// How a post reaches the home feeds of its author's followers; decided when it is published.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum FanOut {
        /// It is put into them.
        #[sea_orm(string_value = "PUSH")]
        Push,
        /// It is looked for when they are read: there are too many.
        #[sea_orm(string_value = "PULL")]
        Pull,
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "post")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PostId,
        pub author_id: PersonId,
        pub body: String,
        pub visibility: Visibility,
        pub created_at: Timestamp,
        pub edited_at: Option<Timestamp>,
        pub deleted_at: Option<Timestamp>,
        /// The mutation that made it: idempotency keys are per person and mutation.
        pub created_by: String,
        pub idempotency_key: Option<String>,
        pub request_hash: Option<String>,
        pub reply_policy: ReplyPolicy,
        /// Nobody comments any more, the author included.
        pub is_locked: bool,
        /// Hidden by staff (R32).
        pub hidden_at: Option<Timestamp>,
        /// The post that this one quotes.
        pub quote_of_id: Option<PostId>,
        /// The post that this one repeats: a plain repost, whose body is empty.
        pub repost_of_id: Option<PostId>,
        /// What readers are warned of before they read on.
        pub content_warning: Option<String>,
        /// A canonical BCP 47 tag.
        pub language: Option<String>,
        pub fan_out: FanOut,
        /// The feeds of followers know of it. Of a deleted post: some may still do.
        pub is_fanned_out: bool,
        /// It stands in public numbers: not while staff hides it, or its author does not stand.
        pub is_counted: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod post_edit {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{PostEditId, PostId},
    };

    /// A text that an edit replaced, with its warning.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "post_edit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PostEditId,
        pub post_id: PostId,
        pub body: String,
        pub edited_at: Timestamp,
        /// The warning that stood before the text.
        pub content_warning: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod hashtag {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::HashtagId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "hashtag")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: HashtagId,
        /// Folded, without `#`.
        pub name: String,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod post_hashtag {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{HashtagId, PostId},
    };

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "post_hashtag")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub post_id: PostId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub hashtag_id: HashtagId,
        /// Order of appearance in the text.
        pub position: i32,
        /// When the post was made: the hashtag's list is in this order.
        pub created_at: Timestamp,
        /// Copied from the post, whose level never changes.
        pub is_public: bool,
        /// The row is counted in the hashtag's number of posts: the post is PUBLIC, and its author's
        /// account is public, or was a moment ago.
        pub is_counted: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod post_mention {
    use sea_orm::entity::prelude::*;

    use super::post::Visibility;
    use crate::{
        clock::Timestamp,
        ids::{PersonId, PostId},
    };

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "post_mention")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub post_id: PostId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        /// Order of appearance in the text.
        pub position: i32,
        pub created_at: Timestamp,
        /// Copied from the post, which never changes it.
        pub author_id: PersonId,
        /// Copied from the post, which never changes it.
        pub visibility: Visibility,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod bookmark {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{PersonId, PostId},
    };

    /// A post that a person keeps; only they know.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bookmark")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub post_id: PostId,
        pub id: Uuid,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod poll {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PostId};

    /// What a post asks. It has no id of its own: a post asks once at most.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "poll")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub post_id: PostId,
        pub is_multiple_choice: bool,
        /// Nobody sees the numbers before it closes.
        pub hides_totals: bool,
        pub closes_at: Timestamp,
        /// When the log was told that it closed; also set where there is nothing to tell.
        pub closed_recorded_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod poll_option {
    use sea_orm::entity::prelude::*;

    use crate::ids::PostId;

    /// Something to choose.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "poll_option")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub post_id: PostId,
        /// Its place, from 0 on; also its bit in `poll_vote.choices`.
        pub position: i32,
        pub body: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod poll_vote {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{PersonId, PostId},
    };

    /// What somebody chose: one row for one person, however much they chose.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "poll_vote")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub post_id: PostId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        /// A bit for each option that was chosen.
        pub choices: i64,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod pinned_post {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{PersonId, PostId},
    };

    /// The post of their own that a person shows first.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "pinned_post")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        pub post_id: PostId,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod draft {
    use sea_orm::entity::prelude::*;

    use super::post::{ReplyPolicy, Visibility};
    use crate::{
        clock::Timestamp,
        ids::{DraftId, PersonId},
    };

    /// Why a draft could not be published when its time came.
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, async_graphql::Enum,
    )]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum PublishFailure {
        /// Its author might not write at that moment: they were suspended.
        #[sea_orm(string_value = "NOT_ALLOWED")]
        NotAllowed,
        /// Something attached to it failed, or is not uploaded.
        #[sea_orm(string_value = "MEDIA")]
        Media,
        /// It would not make a post as it stands: it is empty, for example.
        #[sea_orm(string_value = "INVALID")]
        Invalid,
    }

    /// What may become a post. Once it has, or was deleted, only its key is left.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "draft")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: DraftId,
        pub author_id: PersonId,
        pub body: String,
        pub visibility: Visibility,
        pub reply_policy: ReplyPolicy,
        pub content_warning: Option<String>,
        pub language: Option<String>,
        /// When it is to be published by itself.
        pub publish_at: Option<Timestamp>,
        pub publish_failure: Option<PublishFailure>,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub deleted_at: Option<Timestamp>,
        pub idempotency_key: Option<String>,
        pub request_hash: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod thread_mute {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{PersonId, PostId},
    };

    /// A post of whose thread a person does not want to be told; only they know.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "thread_mute")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub post_id: PostId,
        pub id: Uuid,
        /// What happened before is told still.
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
