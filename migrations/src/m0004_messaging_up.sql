ALTER TABLE account ADD COLUMN allow_messages_from {text} NOT NULL DEFAULT 'EVERYONE' CHECK (allow_messages_from IN ('EVERYONE', 'FOLLOWING', 'NOBODY'));
ALTER TABLE account ADD COLUMN share_read_receipts boolean NOT NULL DEFAULT TRUE;

CREATE TABLE conversation (
  id {uuid} NOT NULL PRIMARY KEY,
  kind {text} NOT NULL CHECK (kind IN ('DIRECT', 'GROUP')),
  title {text},
  pair {text} UNIQUE CHECK ((pair IS NULL) = (kind = 'GROUP')),
  creator_id {uuid} NOT NULL REFERENCES person(id),
  outside_id {uuid} NOT NULL UNIQUE,
  last_sequence bigint NOT NULL DEFAULT 0,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  idempotency_key {text},
  request_hash {text}
);
CREATE UNIQUE INDEX conversation_idempotency ON conversation (creator_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE conversation_member (
  conversation_id {uuid} NOT NULL REFERENCES conversation(id),
  person_id {uuid} NOT NULL REFERENCES person(id),
  id {uuid} NOT NULL,
  role {text} NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'MEMBER')),
  standing {text} NOT NULL CHECK (standing IN ('ACTIVE', 'REQUEST', 'DECLINED')),
  joined_at bigint NOT NULL,
  reads_after bigint NOT NULL,
  read_up_to bigint NOT NULL,
  is_muted boolean NOT NULL DEFAULT FALSE,
  muted_until bigint,
  PRIMARY KEY (conversation_id, person_id)
);
CREATE UNIQUE INDEX conversation_member_once ON conversation_member (id);
CREATE UNIQUE INDEX conversation_member_owner ON conversation_member (conversation_id) WHERE role = 'OWNER';
CREATE INDEX conversation_member_page ON conversation_member (conversation_id, joined_at, id);
CREATE INDEX conversation_member_of ON conversation_member (person_id, standing, conversation_id);

CREATE TABLE message (
  id {uuid} NOT NULL PRIMARY KEY,
  conversation_id {uuid} NOT NULL REFERENCES conversation(id),
  sequence bigint NOT NULL,
  sender_id {uuid} NOT NULL REFERENCES person(id),
  body {text} NOT NULL,
  reply_to_id {uuid} REFERENCES message(id),
  shared_post_id {uuid} REFERENCES post(id),
  created_at bigint NOT NULL,
  edited_at bigint,
  deleted_at bigint,
  hidden_at bigint,
  idempotency_key {text},
  request_hash {text}
);
CREATE UNIQUE INDEX message_sequence ON message (conversation_id, sequence);
CREATE UNIQUE INDEX message_idempotency ON message (conversation_id, sender_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE reaction_of_more (
  id {uuid} NOT NULL PRIMARY KEY,
  home_id {uuid} NOT NULL,
  subject_kind {text} NOT NULL CHECK (subject_kind IN ('POST', 'COMMENT', 'MESSAGE')),
  subject_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL REFERENCES person(id),
  emoji {text} NOT NULL,
  created_at bigint NOT NULL
);
INSERT INTO reaction_of_more (id, home_id, subject_kind, subject_id, person_id, emoji, created_at) SELECT id, home_id, subject_kind, subject_id, person_id, emoji, created_at FROM reaction;
DROP TABLE reaction;
ALTER TABLE reaction_of_more RENAME TO reaction;
CREATE UNIQUE INDEX reaction_once ON reaction (subject_id, person_id, emoji);
CREATE INDEX reaction_page ON reaction (subject_id, created_at, id);
CREATE INDEX reaction_of_person ON reaction (person_id);
CREATE INDEX reaction_by_emoji ON reaction (subject_id, emoji, created_at);
