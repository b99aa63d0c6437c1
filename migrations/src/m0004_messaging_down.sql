DELETE FROM reaction_group WHERE subject_id IN (SELECT id FROM message);
DELETE FROM counter WHERE subject_id IN (SELECT id FROM message);
CREATE TABLE reaction_of_more (
  id {uuid} NOT NULL PRIMARY KEY,
  home_id {uuid} NOT NULL,
  subject_kind {text} NOT NULL CHECK (subject_kind IN ('POST', 'COMMENT')),
  subject_id {uuid} NOT NULL,
  person_id {uuid} NOT NULL REFERENCES person(id),
  emoji {text} NOT NULL,
  created_at bigint NOT NULL
);
INSERT INTO reaction_of_more (id, home_id, subject_kind, subject_id, person_id, emoji, created_at) SELECT id, home_id, subject_kind, subject_id, person_id, emoji, created_at FROM reaction WHERE subject_kind <> 'MESSAGE';
DROP TABLE reaction;
ALTER TABLE reaction_of_more RENAME TO reaction;
CREATE UNIQUE INDEX reaction_once ON reaction (subject_id, person_id, emoji);
CREATE INDEX reaction_page ON reaction (subject_id, created_at, id);
CREATE INDEX reaction_of_person ON reaction (person_id);
CREATE INDEX reaction_by_emoji ON reaction (subject_id, emoji, created_at);
DROP TABLE message;
DROP TABLE conversation_member;
DROP TABLE conversation;
ALTER TABLE account DROP COLUMN share_read_receipts;
ALTER TABLE account DROP COLUMN allow_messages_from;
