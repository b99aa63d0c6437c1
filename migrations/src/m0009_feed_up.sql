ALTER TABLE post ADD COLUMN fan_out {text} NOT NULL DEFAULT 'PUSH' CHECK (fan_out IN ('PUSH', 'PULL'));
ALTER TABLE post ADD COLUMN is_fanned_out boolean NOT NULL DEFAULT FALSE;
UPDATE post SET is_fanned_out = TRUE WHERE deleted_at IS NULL;
CREATE INDEX post_not_fanned_out ON post (created_at, id) WHERE NOT is_fanned_out AND deleted_at IS NULL;
CREATE INDEX post_by_author_for_many ON post (author_id, created_at, id) WHERE visibility <> 'MENTIONED' AND deleted_at IS NULL;
CREATE INDEX post_for_many ON post (created_at, id) WHERE visibility <> 'MENTIONED' AND deleted_at IS NULL;

ALTER TABLE following ADD COLUMN is_pulled boolean NOT NULL DEFAULT TRUE;
CREATE INDEX following_pulled ON following (person_id, followed_id) WHERE is_pulled;

CREATE TABLE feed_reader (
  person_id {uuid} NOT NULL PRIMARY KEY,
  floor_at bigint NOT NULL
);

CREATE TABLE feed_entry (
  reader_id {uuid} NOT NULL,
  created_at bigint NOT NULL,
  post_id {uuid} NOT NULL,
  PRIMARY KEY (reader_id, created_at, post_id)
);

CREATE TABLE feed_fan_out (
  post_id {uuid} NOT NULL PRIMARY KEY,
  reached_id {uuid} NOT NULL
);

CREATE TABLE feed_author (
  author_id {uuid} NOT NULL PRIMARY KEY,
  reached_id {uuid} NOT NULL,
  is_marked boolean NOT NULL DEFAULT FALSE
);
