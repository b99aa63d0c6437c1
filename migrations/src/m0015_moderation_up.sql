INSERT INTO person (id, handle, display_name, created_at) VALUES ({nil}, '', '', 0);

ALTER TABLE person ADD COLUMN is_suspended boolean NOT NULL DEFAULT FALSE;
UPDATE person SET is_suspended = TRUE WHERE suspended_until > 0;
CREATE INDEX person_suspended ON person (suspended_until) WHERE is_suspended;

ALTER TABLE account ADD COLUMN erases_at bigint;
ALTER TABLE account ADD COLUMN erased_content {text} CHECK (erased_content IN ('KEEP_ANONYMISED', 'ERASE'));
CREATE INDEX account_to_erase ON account (erases_at) WHERE erases_at IS NOT NULL;

ALTER TABLE post ADD COLUMN is_counted boolean NOT NULL DEFAULT TRUE;
ALTER TABLE comment ADD COLUMN is_counted boolean NOT NULL DEFAULT TRUE;
ALTER TABLE reaction ADD COLUMN is_counted boolean NOT NULL DEFAULT TRUE;
ALTER TABLE following ADD COLUMN is_counted boolean NOT NULL DEFAULT TRUE;
UPDATE post SET is_counted = FALSE WHERE hidden_at IS NOT NULL;
UPDATE comment SET is_counted = FALSE WHERE hidden_at IS NOT NULL;
UPDATE activity_consumer SET name = 'marks' WHERE name = 'hashtag_privacy';
UPDATE activity_worker SET name = 'marks' WHERE name = 'hashtag_privacy';
UPDATE activity_parked SET consumer = 'marks' WHERE consumer = 'hashtag_privacy';

ALTER TABLE media ADD COLUMN hidden_at bigint;

CREATE TABLE report (
  id {uuid} NOT NULL PRIMARY KEY,
  reporter_id {uuid} NOT NULL REFERENCES person(id),
  subject_kind {text} NOT NULL CHECK (subject_kind IN ('POST', 'COMMENT', 'MESSAGE', 'PERSON', 'MEDIA')),
  subject_id {uuid} NOT NULL,
  owner_id {uuid} NOT NULL REFERENCES person(id),
  reason {text} NOT NULL CHECK (reason IN ('SPAM', 'HARASSMENT', 'HATE', 'VIOLENCE', 'SEXUAL', 'SELF_HARM', 'ILLEGAL', 'IMPERSONATION', 'OTHER')),
  comment {text},
  created_at bigint NOT NULL,
  resolved_at bigint,
  resolution {text} CHECK (resolution IN ('DISMISSED', 'CONTENT_HIDDEN', 'USER_SUSPENDED')),
  idempotency_key {text},
  request_hash {text},
  CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
CREATE INDEX report_open ON report (created_at, id) WHERE resolved_at IS NULL;
CREATE INDEX report_resolved ON report (created_at, id) WHERE resolved_at IS NOT NULL;
CREATE INDEX report_of_reporter ON report (reporter_id, created_at, id);
CREATE INDEX report_of_owner ON report (owner_id);
CREATE UNIQUE INDEX report_once ON report (subject_id, reporter_id) WHERE resolved_at IS NULL;
CREATE UNIQUE INDEX report_idempotency ON report (reporter_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE audit_entry (
  id {uuid} NOT NULL PRIMARY KEY,
  action {text} NOT NULL,
  actor_id {uuid} REFERENCES person(id),
  subject_kind {text} CHECK (subject_kind IN ('POST', 'COMMENT', 'MESSAGE', 'PERSON', 'MEDIA', 'REPORT')),
  subject_home_id {uuid},
  subject_id {uuid},
  owner_id {uuid} REFERENCES person(id),
  reason {text},
  created_at bigint NOT NULL
);
CREATE INDEX audit_entry_page ON audit_entry (created_at, id);
CREATE INDEX audit_entry_of_owner ON audit_entry (owner_id, created_at, id);
CREATE INDEX audit_entry_of_subject ON audit_entry (subject_id, created_at, id);
CREATE INDEX audit_entry_of_actor ON audit_entry (actor_id);

CREATE TABLE data_export (
  id {uuid} NOT NULL PRIMARY KEY,
  person_id {uuid} NOT NULL REFERENCES person(id),
  status {text} NOT NULL CHECK (status IN ('QUEUED', 'RUNNING', 'READY', 'FAILED')),
  object_name {text} NOT NULL UNIQUE,
  attempts integer NOT NULL DEFAULT 0,
  due_at bigint,
  created_at bigint NOT NULL,
  expires_at bigint,
  idempotency_key {text},
  request_hash {text}
);
CREATE INDEX data_export_page ON data_export (person_id, created_at, id);
CREATE INDEX data_export_due ON data_export (due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX data_export_idempotency ON data_export (person_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE letter_of_more (
  id {uuid} NOT NULL PRIMARY KEY,
  kind {text} NOT NULL CHECK (kind IN ('VERIFY_EMAIL', 'RESET_PASSWORD', 'EMAIL_CHANGE_ASKED', 'EMAIL_CHANGED', 'PASSWORD_CHANGED', 'SECOND_FACTOR_ENABLED', 'SECOND_FACTOR_DISABLED', 'DELETION_ASKED', 'DELETION_CANCELLED', 'SUSPENDED', 'EXPORT_READY')),
  person_id {uuid} REFERENCES person(id),
  address {text} NOT NULL,
  created_at bigint NOT NULL,
  attempts integer NOT NULL,
  due_at bigint NOT NULL
);
INSERT INTO letter_of_more (id, kind, person_id, address, created_at, attempts, due_at) SELECT id, kind, person_id, address, created_at, attempts, due_at FROM letter;
DROP TABLE letter;
ALTER TABLE letter_of_more RENAME TO letter;
CREATE INDEX letter_due ON letter (due_at, id);

CREATE INDEX post_deleted_of_author ON post (author_id) WHERE deleted_at IS NOT NULL;
CREATE INDEX comment_deleted_of_author ON comment (author_id) WHERE deleted_at IS NOT NULL;
CREATE INDEX message_of_sender ON message (sender_id, id);
CREATE INDEX conversation_of_creator ON conversation (creator_id);
CREATE INDEX conversation_member_added_by ON conversation_member (added_by_id);
CREATE INDEX follow_request_of_requester ON follow_request (requester_id);
CREATE INDEX mute_of_muted ON mute (muted_id);
CREATE INDEX post_mention_of_author ON post_mention (author_id);
