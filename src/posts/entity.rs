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

    /// A text that an edit replaced.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "post_edit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PostEditId,
        pub post_id: PostId,
        pub body: String,
        pub edited_at: Timestamp,
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
