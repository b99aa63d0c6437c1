//! Tables of accounts.

pub mod account {
    use schemars::JsonSchema;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    use crate::{clock::Timestamp, ids::PersonId};

    /// What a person may do beyond writing.
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
    #[graphql(name = "UserRole")]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE", rename = "UserRole")]
    pub enum Role {
        /// Reads and writes like everybody.
        #[sea_orm(string_value = "MEMBER")]
        Member,
        /// Handles reports and hides what breaks the rules.
        #[sea_orm(string_value = "MODERATOR")]
        Moderator,
        /// A moderator who also gives roles to others.
        #[sea_orm(string_value = "ADMIN")]
        Admin,
    }

    /// Whose conversations reach a person.
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
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum MessagePolicy {
        /// Everybody's, at once.
        #[sea_orm(string_value = "EVERYONE")]
        Everyone,
        /// Those of people whom this person follows, at once; others' as requests to accept.
        #[sea_orm(string_value = "FOLLOWING")]
        Following,
        /// No new ones; what is there already stays usable.
        #[sea_orm(string_value = "NOBODY")]
        Nobody,
    }

    /// What becomes of what somebody wrote when their account is erased.
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
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum AccountContent {
        /// Posts that everybody could see, comments and messages stay, and nobody can tell any more
        /// whose they were. All else goes.
        #[sea_orm(string_value = "KEEP_ANONYMISED")]
        KeepAnonymised,
        /// All of it goes, media included.
        #[sea_orm(string_value = "ERASE")]
        Erase,
    }

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        /// As it was typed.
        pub email: String,
        /// Folded, to find it by.
        pub email_key: String,
        pub email_verified_at: Option<Timestamp>,
        /// The address that takes its place once it is verified.
        pub new_email: Option<String>,
        pub new_email_key: Option<String>,
        /// Empty where nobody can sign in by password.
        pub password_hash: String,
        pub role: Role,
        pub allow_messages_from: MessagePolicy,
        /// Whether others see how far this person has read in conversations.
        pub share_read_receipts: bool,
        /// When it is erased, by its person's wish; until then they may take that back.
        pub erases_at: Option<Timestamp>,
        /// What becomes of what they wrote then.
        pub erased_content: Option<AccountContent>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod session {
    use sea_orm::entity::prelude::*;

    use crate::{
        clock::Timestamp,
        ids::{PersonId, SessionId},
    };

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: SessionId,
        pub person_id: PersonId,
        pub user_agent: Option<String>,
        pub created_at: Timestamp,
        pub last_used_at: Timestamp,
        pub revoked_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod refresh_token {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::SessionId};

    /// One refresh token of a session's family. The token itself is never stored.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_token")]
    pub struct Model {
        /// SHA-256 of the token, in hex.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub session_id: SessionId,
        pub created_at: Timestamp,
        pub expires_at: Timestamp,
        /// When it was exchanged. A second use means that it was stolen.
        pub used_at: Option<Timestamp>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod notification_off {
    use sea_orm::entity::prelude::*;

    pub use crate::accounts::notification_kind::Kind;
    use crate::{clock::Timestamp, ids::PersonId};

    /// A kind of which a person does not want to be told. Without a row they do.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notification_off")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: Kind,
        /// What happened before is told still.
        pub since: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod email_address {
    use sea_orm::entity::prelude::*;

    use crate::ids::PersonId;

    /// A verified address, and whose it is: nobody else's.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "email_address")]
    pub struct Model {
        /// The address, folded.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub person_id: PersonId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod mailed_token {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// What a mailed token proves and allows.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum Purpose {
        /// That the address is its account's.
        #[sea_orm(string_value = "VERIFY_EMAIL")]
        VerifyEmail,
        /// That its reader may choose a new password.
        #[sea_orm(string_value = "RESET_PASSWORD")]
        ResetPassword,
    }

    /// A token that was mailed. The token itself is never stored.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mailed_token")]
    pub struct Model {
        /// SHA-256 of the token, in hex.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub person_id: PersonId,
        pub purpose: Purpose,
        /// The address it was mailed to, folded.
        pub email_key: String,
        pub expires_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod letter {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// What a letter says.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text")]
    pub enum Kind {
        /// Brings the token that verifies an address.
        #[sea_orm(string_value = "VERIFY_EMAIL")]
        VerifyEmail,
        /// Brings the token that resets a password.
        #[sea_orm(string_value = "RESET_PASSWORD")]
        ResetPassword,
        /// Somebody wants to give the account another address.
        #[sea_orm(string_value = "EMAIL_CHANGE_ASKED")]
        EmailChangeAsked,
        /// The account has another address now.
        #[sea_orm(string_value = "EMAIL_CHANGED")]
        EmailChanged,
        /// The account has another password now.
        #[sea_orm(string_value = "PASSWORD_CHANGED")]
        PasswordChanged,
        /// Signing in takes a code from now on.
        #[sea_orm(string_value = "SECOND_FACTOR_ENABLED")]
        SecondFactorEnabled,
        /// Signing in takes no code any more.
        #[sea_orm(string_value = "SECOND_FACTOR_DISABLED")]
        SecondFactorDisabled,
        /// The account is going to be erased.
        #[sea_orm(string_value = "DELETION_ASKED")]
        DeletionAsked,
        /// The account stays after all.
        #[sea_orm(string_value = "DELETION_CANCELLED")]
        DeletionCancelled,
        /// Staff suspended the account.
        #[sea_orm(string_value = "SUSPENDED")]
        Suspended,
        /// What the person asked for lies ready.
        #[sea_orm(string_value = "EXPORT_READY")]
        ExportReady,
    }

    /// A letter that waits to be mailed. What it says, secrets included, is made when it leaves.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "letter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: Kind,
        /// Whose account it is about; `None` where the address has to tell.
        pub person_id: Option<PersonId>,
        pub address: String,
        pub created_at: Timestamp,
        /// How often it was tried.
        pub attempts: i32,
        /// When it is tried next.
        pub due_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod totp {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// The authenticator of a person.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "totp")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        /// The shared secret, sealed for this person, in base64.
        pub secret: String,
        /// The key that it is sealed with.
        pub key_id: String,
        /// Since when a code is asked for; before that the secret is only a proposal.
        pub confirmed_at: Option<Timestamp>,
        /// The latest step whose code was used. Neither it nor an earlier one is good again.
        pub last_step: i64,
        /// Wrong codes since the last right one.
        pub failed_count: i64,
        /// Until when no code is looked at.
        pub blocked_until: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod recovery_code {
    use sea_orm::entity::prelude::*;

    use crate::ids::PersonId;

    /// A code that stands in for the authenticator, once: its row goes with its use.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recovery_code")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
        /// SHA-256 of the code, in hex.
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod identity {
    use sea_orm::entity::prelude::*;

    use crate::{clock::Timestamp, ids::PersonId};

    /// Who a person is at a provider.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub issuer: String,
        /// What the issuer calls them, for good.
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: String,
        pub person_id: PersonId,
        pub linked_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::account::Entity",
            from = "Column::PersonId",
            to = "super::account::Column::PersonId"
        )]
        Account,
    }

    impl Related<super::account::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Account.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod oidc_sign_in {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;

    /// A way to the provider on which somebody is to come back.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "oidc_sign_in")]
    pub struct Model {
        /// SHA-256 of the state, in hex.
        #[sea_orm(primary_key, auto_increment = false)]
        pub state_hash: String,
        /// SHA-256 of the secret that stays with the client, in hex.
        pub secret_hash: String,
        pub redirect_uri: String,
        pub nonce: String,
        pub verifier: String,
        pub expires_at: Timestamp,
        /// SHA-256 of the code that came back, in hex: the provider is asked only once.
        pub code_hash: Option<String>,
        /// Whom the provider said that they are, in JSON.
        pub identity: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
