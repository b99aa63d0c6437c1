ALTER TABLE person ADD COLUMN is_private boolean NOT NULL DEFAULT FALSE;
ALTER TABLE person ADD COLUMN suspended_until bigint NOT NULL DEFAULT 0;

CREATE TABLE follow_request (
  person_id {uuid} NOT NULL,
  requester_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (person_id, requester_id)
);
CREATE INDEX follow_request_page ON follow_request (person_id, created_at, id);

CREATE TABLE blocking (
  person_id {uuid} NOT NULL,
  blocked_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (person_id, blocked_id)
);
CREATE INDEX blocking_page ON blocking (person_id, created_at, id);

CREATE TABLE blocked_by (
  person_id {uuid} NOT NULL,
  blocker_id {uuid} NOT NULL,
  PRIMARY KEY (person_id, blocker_id)
);

CREATE TABLE mute (
  person_id {uuid} NOT NULL,
  muted_id {uuid} NOT NULL,
  id {uuid} NOT NULL,
  created_at bigint NOT NULL,
  until bigint,
  PRIMARY KEY (person_id, muted_id)
);
CREATE INDEX mute_page ON mute (person_id, created_at, id);

ALTER TABLE post ADD COLUMN reply_policy {text} NOT NULL DEFAULT 'EVERYONE' CHECK (reply_policy IN ('EVERYONE', 'FOLLOWERS', 'MENTIONED', 'NOBODY'));
ALTER TABLE post ADD COLUMN is_locked boolean NOT NULL DEFAULT FALSE;
ALTER TABLE post ADD COLUMN hidden_at bigint;
ALTER TABLE post ADD COLUMN quote_of_id {uuid} REFERENCES post(id);
ALTER TABLE post ADD COLUMN repost_of_id {uuid} REFERENCES post(id);
DROP INDEX post_public;
CREATE INDEX post_public ON post (created_at, id) WHERE visibility = 'PUBLIC' AND deleted_at IS NULL AND hidden_at IS NULL AND repost_of_id IS NULL;
CREATE INDEX post_by_author_open ON post (author_id, created_at, id) WHERE visibility IN ('PUBLIC', 'UNLISTED') AND deleted_at IS NULL;
CREATE INDEX post_by_author_followers ON post (author_id, created_at, id) WHERE visibility = 'FOLLOWERS' AND deleted_at IS NULL;
CREATE INDEX post_quotes ON post (quote_of_id, created_at, id) WHERE quote_of_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX post_reposts ON post (repost_of_id) WHERE repost_of_id IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX post_repost_once ON post (author_id, repost_of_id) WHERE repost_of_id IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE bookmark (
  person_id {uuid} NOT NULL,
  post_id {uuid} NOT NULL REFERENCES post(id),
  id {uuid} NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (person_id, post_id)
);
CREATE INDEX bookmark_page ON bookmark (person_id, created_at, id);

ALTER TABLE post_hashtag ADD COLUMN is_public boolean NOT NULL DEFAULT FALSE;
UPDATE post_hashtag SET is_public = (SELECT visibility = 'PUBLIC' FROM post WHERE post.id = post_hashtag.post_id);
CREATE INDEX post_hashtag_public ON post_hashtag (hashtag_id, created_at, post_id) WHERE is_public;

ALTER TABLE post_mention ADD COLUMN author_id {uuid} NOT NULL DEFAULT {nil};
ALTER TABLE post_mention ADD COLUMN visibility {text} NOT NULL DEFAULT 'MENTIONED';
UPDATE post_mention SET author_id = (SELECT author_id FROM post WHERE post.id = post_mention.post_id), visibility = (SELECT visibility FROM post WHERE post.id = post_mention.post_id);
CREATE INDEX post_mention_by_author ON post_mention (person_id, author_id, visibility, created_at, post_id);

ALTER TABLE comment ADD COLUMN hidden_at bigint;
ALTER TABLE comment ADD COLUMN hidden_by_author_at bigint;
