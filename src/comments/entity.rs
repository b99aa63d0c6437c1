//! Tables of comments.

pub mod comment {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{CommentId, PersonId, PostId},
    };

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CommentId,
        pub post_id: PostId,
        pub parent_id: Option<CommentId>,
        pub author_id: PersonId,
        /// 0 at the top level.
        pub depth: i32,
        pub body: String,
        /// What `TOP` sorts by: the number of reactions.
        pub score: i64,
        pub created_at: Timestamp,
        pub edited_at: Option<Timestamp>,
        /// Set on a tombstone.
        pub deleted_at: Option<Timestamp>,
        /// Deleted, and nothing hangs below it any more.
        pub is_gone: bool,
        pub idempotency_key: Option<String>,
        pub request_hash: Option<String>,
        /// Hidden by staff (R32).
        pub hidden_at: Option<Timestamp>,
        /// Hidden by the author of the post.
        pub hidden_by_author_at: Option<Timestamp>,
        /// It stands in public numbers: not while staff hides it, or its author does not stand.
        pub is_counted: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod comment_edit {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::CommentId};

    /// A text that an edit replaced.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment_edit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub comment_id: CommentId,
        pub body: String,
        pub edited_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod comment_mention {
    use sea_orm::entity::prelude::*;

    use crate::ids::{CommentId, PersonId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment_mention")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub comment_id: CommentId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        /// Order of appearance in the text.
        pub position: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
