ALTER TABLE following ADD COLUMN was_requested boolean NOT NULL DEFAULT FALSE;
ALTER TABLE follower ADD COLUMN was_requested boolean NOT NULL DEFAULT FALSE;

ALTER TABLE conversation_member ADD COLUMN added_by_id {uuid} NOT NULL DEFAULT {nil};
ALTER TABLE conversation_member ADD COLUMN was_asked boolean NOT NULL DEFAULT FALSE;
UPDATE conversation_member SET was_asked = (standing <> 'ACTIVE'), added_by_id = (SELECT creator_id FROM conversation WHERE conversation.id = conversation_member.conversation_id);

CREATE TABLE notification_off (
  person_id {uuid} NOT NULL REFERENCES person(id),
  kind {text} NOT NULL CHECK (kind IN ('FOLLOWED', 'FOLLOW_REQUESTED', 'FOLLOW_ACCEPTED', 'MENTIONED', 'COMMENTED', 'REPLIED', 'REACTED', 'REPOSTED', 'QUOTED', 'MESSAGE_REQUESTED', 'ADDED_TO_CONVERSATION', 'POLL_CLOSED', 'MODERATION')),
  since bigint NOT NULL,
  PRIMARY KEY (person_id, kind)
);

CREATE TABLE thread_mute (
  person_id {uuid} NOT NULL,
  post_id {uuid} NOT NULL REFERENCES post(id),
  id {uuid} NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (person_id, post_id)
);

CREATE TABLE notification (
  id {uuid} NOT NULL PRIMARY KEY,
  recipient_id {uuid} NOT NULL REFERENCES person(id),
  kind {text} NOT NULL CHECK (kind IN ('FOLLOWED', 'FOLLOW_REQUESTED', 'FOLLOW_ACCEPTED', 'MENTIONED', 'COMMENTED', 'REPLIED', 'REACTED', 'REPOSTED', 'QUOTED', 'MESSAGE_REQUESTED', 'ADDED_TO_CONVERSATION', 'POLL_CLOSED', 'MODERATION')),
  subject_kind {text} NOT NULL CHECK (subject_kind IN ('PERSON', 'POST', 'COMMENT', 'MESSAGE', 'CONVERSATION')),
  subject_id {uuid} NOT NULL,
  latest_at bigint NOT NULL,
  latest_actor_id {uuid} NOT NULL,
  told_at bigint NOT NULL
);
CREATE UNIQUE INDEX notification_once ON notification (recipient_id, kind, subject_id);
CREATE INDEX notification_page ON notification (recipient_id, latest_at, id);
CREATE INDEX notification_told ON notification (recipient_id, told_at);
CREATE INDEX notification_of_subject ON notification (subject_id);
CREATE INDEX notification_by_actor ON notification (latest_actor_id, id);

CREATE TABLE notification_marker (
  person_id {uuid} NOT NULL PRIMARY KEY REFERENCES person(id),
  up_to bigint NOT NULL,
  up_to_id {uuid} NOT NULL,
  marked_at bigint NOT NULL
);

CREATE INDEX comment_under_post ON comment (post_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX comment_by_author ON comment (author_id, post_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX post_reposts_page ON post (repost_of_id, created_at, id) WHERE repost_of_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX post_quotes_by_author ON post (quote_of_id, author_id, created_at, id) WHERE quote_of_id IS NOT NULL AND deleted_at IS NULL;
