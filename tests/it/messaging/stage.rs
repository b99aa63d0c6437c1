//! Conversations set in the tables: how they come about is tested elsewhere.

use rookery::{
    clock::Timestamp,
    ids::{ConversationId, MemberId, MessageId, NodeId, NodeKind, PersonId},
    messaging::entity::{
        conversation::{self, Kind},
        conversation_member::{self, Role, Standing},
        message,
    },
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr,
};

use crate::support::{Caller, TestApp};

/// A conversation of the test.
#[derive(Clone)]
pub struct Talk {
    app: TestApp,
    key: ConversationId,
    /// Its global id.
    pub id: String,
}

/// Who a caller is in the tables.
pub fn person(caller: &Caller) -> PersonId {
    PersonId(NodeId::parse(&caller.id).expect("a person").id)
}

/// The row that a global id names.
pub fn key(id: &str) -> uuid::Uuid {
    NodeId::parse(id).expect("an id").id
}

impl Talk {
    /// Between two people.
    pub async fn direct(one: &Caller, other: &Caller) -> Self {
        let talk = Self::begin(one, Kind::Direct, &[one, other]).await;
        talk.join(one, Role::Member).await;
        talk.join(other, Role::Member).await;
        talk
    }

    /// Among many: the first is its owner.
    pub async fn group(members: &[&Caller]) -> Self {
        let talk = Self::begin(members[0], Kind::Group, members).await;
        talk.join(members[0], Role::Owner).await;
        for member in &members[1..] {
            talk.join(member, Role::Member).await;
        }
        talk
    }

    async fn begin(creator: &Caller, kind: Kind, members: &[&Caller]) -> Self {
        let p = creator.app.platform();
        let now = p.now();
        let key = ConversationId(p.new_id(now));
        let mut pair: Vec<_> = members.iter().map(|member| person(member)).collect();
        pair.sort();
        let is_direct = kind == Kind::Direct;
        let row = conversation::Model {
            id: key,
            kind,
            title: (!is_direct).then(|| "A group".to_owned()),
            pair: is_direct.then(|| format!("{}:{}", pair[0], pair[1])),
            creator_id: person(creator),
            outside_id: p.new_id(now),
            last_sequence: 0,
            created_at: now,
            updated_at: now,
            idempotency_key: None,
            request_hash: None,
        };
        let db = p.db.background();
        row.into_active_model().insert(db).await.unwrap();
        Self {
            app: creator.app.clone(),
            key,
            id: NodeId::new(NodeKind::Conversation, key.0).to_string(),
        }
    }

    async fn row(&self) -> conversation::Model {
        let db = self.app.platform().db.background();
        let row = conversation::Entity::find_by_id(self.key).one(db).await;
        row.unwrap().expect("a conversation")
    }

    /// Somebody joins, and reads from now on. Their membership's global id.
    pub async fn join(&self, member: &Caller, role: Role) -> String {
        let p = self.app.platform();
        let now = p.now();
        let last = self.row().await.last_sequence;
        let row = conversation_member::Model {
            conversation_id: self.key,
            person_id: person(member),
            id: MemberId(p.new_id(now)),
            role,
            standing: Standing::Active,
            joined_at: now,
            reads_after: last,
            read_up_to: last,
            is_muted: false,
            muted_until: None,
            added_by_id: self.row().await.creator_id,
            was_asked: false,
        };
        let id = row.id;
        let db = p.db.background();
        row.into_active_model().insert(db).await.unwrap();
        NodeId::within(NodeKind::ConversationMember, self.key.0, id.0).to_string()
    }

    async fn set(&self, member: &Caller, column: conversation_member::Column, value: Expr) {
        let done = conversation_member::Entity::update_many()
            .col_expr(column, value)
            .filter(conversation_member::Column::ConversationId.eq(self.key))
            .filter(conversation_member::Column::PersonId.eq(person(member)))
            .exec(self.app.platform().db.background())
            .await
            .unwrap();
        assert_eq!(done.rows_affected, 1, "{} is no member", member.handle);
    }

    /// How it stands to somebody.
    pub async fn stands(&self, member: &Caller, standing: Standing) {
        let column = conversation_member::Column::Standing;
        self.set(member, column, Expr::value(standing)).await;
    }

    /// Somebody has read up to a sequence.
    pub async fn reads(&self, member: &Caller, up_to: i64) {
        let column = conversation_member::Column::ReadUpTo;
        self.set(member, column, Expr::value(up_to)).await;
    }

    /// Somebody mutes it, for ever or up to a moment.
    pub async fn mutes(&self, member: &Caller, until: Option<Timestamp>) {
        use conversation_member::Column::{IsMuted, MutedUntil};
        self.set(member, IsMuted, Expr::value(true)).await;
        self.set(member, MutedUntil, Expr::value(until)).await;
    }

    /// Somebody leaves.
    pub async fn leaves(&self, member: &Caller) {
        let db = self.app.platform().db.background();
        let row = conversation_member::Entity::delete_by_id((self.key, person(member)));
        assert_eq!(row.exec(db).await.unwrap().rows_affected, 1);
    }

    /// Writes a message, and returns its global id.
    pub async fn say(&self, sender: &Caller, body: &str) -> String {
        self.say_with(sender, body, |_| ()).await
    }

    /// Writes a message with more to it.
    pub async fn say_with(
        &self,
        sender: &Caller,
        body: &str,
        more: impl FnOnce(&mut message::Model),
    ) -> String {
        let p = self.app.platform();
        let now = p.now();
        let sequence = self.row().await.last_sequence + 1;
        let mut row = message::Model {
            id: MessageId(p.new_id(now)),
            conversation_id: self.key,
            sequence,
            sender_id: person(sender),
            body: body.to_owned(),
            reply_to_id: None,
            shared_post_id: None,
            created_at: now,
            edited_at: None,
            deleted_at: None,
            hidden_at: None,
            idempotency_key: None,
            request_hash: None,
        };
        more(&mut row);
        let id = row.id;
        let db = p.db.background();
        row.into_active_model().insert(db).await.unwrap();
        conversation::Entity::update_many()
            .col_expr(conversation::Column::LastSequence, Expr::value(sequence))
            .col_expr(conversation::Column::UpdatedAt, Expr::value(now))
            .filter(conversation::Column::Id.eq(self.key))
            .exec(db)
            .await
            .unwrap();
        NodeId::within(NodeKind::Message, self.key.0, id.0).to_string()
    }

    /// A message is deleted, as far as its row goes.
    pub async fn deletes(&self, message: &str) {
        self.change(message, message::Column::DeletedAt).await;
    }

    /// Staff hides a message.
    pub async fn hides(&self, message: &str) {
        self.change(message, message::Column::HiddenAt).await;
    }

    async fn change(&self, id: &str, column: message::Column) {
        let p = self.app.platform();
        let done = message::Entity::update_many()
            .col_expr(column, Expr::value(p.now()))
            .filter(message::Column::Id.eq(MessageId(key(id))))
            .exec(p.db.background())
            .await
            .unwrap();
        assert_eq!(done.rows_affected, 1);
    }
}
